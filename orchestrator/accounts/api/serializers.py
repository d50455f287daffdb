"""Accounts as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.accounts.models import ApiKey, ApiScope, User


class LoginSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(help_text="User name or e-mail address")
    password = serializers.CharField(trim_whitespace=False)
    code = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=20,
        help_text="For accounts with two-step log-in: the code that the app shows, or a recovery code",
    )


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField()


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Sent as `Authorization: Bearer …`; good for minutes")
    refresh = serializers.CharField(help_text="Good once, for a new pair")


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person as others see them."""

    class Meta:
        model = User
        fields = ["id", "username", "first_name", "last_name"]
        read_only_fields = fields

    def to_representation(self, instance: User) -> dict[str, Any]:
        return shown_person(instance)


def shown_person(user: User) -> dict[str, Any]:
    """By hand, since lists show one in every row."""
    return {
        "id": user.pk,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }


class ProfileSerializer(serializers.ModelSerializer[User]):
    """One's own account."""

    class Meta:
        model = User
        fields = [
            "id", "username", "email", "first_name", "last_name", "role", "is_staff", "last_login", "theme",
            "time_zone", "notify_email", "notify_push", "notify_workflow_updates", "notify_execution_alerts",
        ]  # fmt: skip
        read_only_fields = ["id", "username", "role", "is_staff", "last_login"]


class LogInSerializer(serializers.Serializer[Any]):
    """One place where somebody is logged in."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["session", "tokens"], help_text="A browser, or a program with tokens")
    device = serializers.CharField(help_text="Browser and system, or what a program calls itself")
    ip_address = serializers.IPAddressField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="To within five minutes")
    is_current = serializers.BooleanField(help_text="Whether it is the one that asks")


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its secret."""

    scopes = serializers.ListField(child=serializers.ChoiceField(ApiScope.choices), allow_empty=False)

    class Meta:
        model = ApiKey
        fields = ["id", "name", "prefix", "scopes", "expires_at", "is_active", "last_used_at", "created_at"]
        read_only_fields = ["id", "prefix", "is_active", "last_used_at", "created_at"]


class NewApiKeySerializer(ApiKeySerializer):
    """The answer to making a key: the only time its secret is shown."""

    key = serializers.CharField(read_only=True, help_text="Sent as `Authorization: Api-Key …`")

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]
