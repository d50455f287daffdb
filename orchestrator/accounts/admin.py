"""Accounts, keys and the audit trail in the Django admin."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey, AuditRecord, User
from orchestrator.accounts.services.administration import (
    change_account,
    create_account,
    invite_again,
    log_out_person,
    password_was_set,
    revoke_key_of_anybody,
    take_two_steps_away,
    unlock_account,
)
from orchestrator.accounts.services.logging_in import failures_of
from orchestrator.accounts.services.two_step import has_two_steps
from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin, ServiceAdmin
from orchestrator.core.clock import utc_now

for model in (Group, EmailAddress, Authenticator):  # the role says what a person may do; secrets stay closed
    admin.site.unregister(model)

_ROLES: Final = (
    "Admin: everything, for everybody. User: builds and runs workflows. Viewer: reads what is shared, and "
    "answers approvals. Staff opens this administration. More under Settings, Roles."
)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ServiceAdmin):  # type: ignore[type-arg]  # of User
    """People. Accounts are closed, not deleted: runs and audit rows name them."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "role", "is_staff", "is_active", "last_login")
    actions = ("send_link", "unlock", "log_out", "take_two_steps_away")
    list_filter = ("role", "is_staff", "is_active")
    search_fields = ("username", "email", "first_name", "last_name")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined", "updated_at", "two_steps", "failed_log_ins")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "time_zone", "theme")}),
        ("Rights", {"fields": ("role", "is_active", "is_staff", "is_superuser"), "description": _ROLES}),
        ("Log-in", {"fields": ("two_steps", "failed_log_ins")}),
        ("Dates", {"fields": ("last_login", "date_joined", "updated_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "role", "usable_password", "password1", "password2"),
                "description": "Without a password, a link to choose one is mailed to the address.",
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            change_account(person(request), obj, form.changed_data)
        else:
            create_account(person(request), obj)

    @admin.display(description="Two-step log-in", boolean=True)
    def two_steps(self, account: User) -> bool:
        return has_two_steps(account)

    @admin.display(description="Failed log-ins")
    def failed_log_ins(self, account: User) -> str:
        """How many are counted, and from where it may not be tried again for how long."""
        now = utc_now()
        told = [
            f"{failures} from {address or 'an unknown address'}"
            + (f", locked until {timezone.localtime(until):%H:%M:%S %Z}" if until else "")
            for address, failures, until in failures_of(account, now=now)
        ]
        return "; ".join(told) or "None"

    @admin.action(description="Mail a link to set the password")
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.for_each(
            request, list(queryset), partial(invite_again, person(request)), "links are on their way"
        )

    @admin.action(description="Unlock: forget failed log-ins")
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.for_each(request, list(queryset), partial(unlock_account, person(request)), "accounts unlocked")

    @admin.action(description="Log out everywhere")
    def log_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.for_each(request, list(queryset), partial(log_out_person, person(request)), "people logged out")

    @admin.action(description="Turn two-step log-in off (lost phone)")
    def take_two_steps_away(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        remove = partial(take_two_steps_away, person(request))
        self.for_each(request, list(queryset), remove, "accounts need no code any more")

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """The new password, its audit row and the end of the old log-ins stand or fall together."""
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        if request.resolver_match and request.resolver_match.url_name == "auth_user_password_change":
            password_was_set(person(request), obj)
        return super().log_change(request, obj, message)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys without their secrets, which nobody can find out."""

    list_display = ("name", "prefix", "user", "scopes", "is_active", "expires_at", "last_used_at")
    list_filter = (CreatedFilter, "is_active")
    list_select_related = ("user",)
    exclude = ("secret_hash",)
    id_fields: ClassVar = ["pk", "user"]
    search_help_text = "The whole id of a key or of a person"
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen keys: they stop working at once")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        def revoke(key: ApiKey) -> None:
            revoke_key_of_anybody(person(request), UUID(str(key.pk)))

        self.for_each(request, list(queryset), revoke, "keys revoked")


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who changed what. Rows are only ever added, by the services."""

    list_display = ("at", "actor_name", "action", "object_type", "object_id")
    list_filter = (CreatedFilter,)
    id_fields: ClassVar = ["pk", "actor", "object_id"]
    search_help_text = "The whole id of a record, of the person who acted, or of the object"
