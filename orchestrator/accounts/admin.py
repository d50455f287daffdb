"""Accounts, keys and the audit trail in the Django admin."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey, AuditRecord, User
from orchestrator.accounts.services.administration import (
    change_account,
    create_account,
    password_was_set,
    revoke_key_of_anybody,
)
from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin, ServiceAdmin

admin.site.unregister(Group)  # the role says what a person may do


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ServiceAdmin):  # type: ignore[type-arg]  # of User
    """People. Accounts are closed, not deleted: runs and audit rows name them."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "role", "is_staff", "is_active", "last_login")
    list_filter = ("role", "is_staff", "is_active")
    search_fields = ("username", "email", "first_name", "last_name")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined", "updated_at")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "time_zone", "theme")}),
        ("Rights", {"fields": ("role", "is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined", "updated_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "role", "usable_password", "password1", "password2"),
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
