"""Deployments and where they go, as the API shows and takes them."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from workspaces.domain.vocabulary import DeployStatus, Target
from workspaces.models import Deployment

STATUSES: Final = [each.value for each in DeployStatus]
TARGETS: Final = [each.value for each in Target]
TO_VERCEL: Final = OpenApiExample(
    "A team's account at Vercel",
    value={"target": "vercel", "token": "vcl_1a2b3c4d5e6f", "team_id": "team_1a2b3c"},
    request_only=True,
)
TO_THIS_SERVER: Final = OpenApiExample("This server", value={"target": "local"}, request_only=True)


class DeploymentListSerializer(serializers.ModelSerializer[Deployment]):
    workspace = serializers.UUIDField(source="workspace_id")
    version = serializers.UUIDField(source="version_id")
    number = serializers.CharField(source="version.number", help_text="Of the version")
    execution = serializers.UUIDField(
        source="execution_id", allow_null=True, help_text="The coding run that made the version"
    )
    retry_of = serializers.UUIDField(source="retry_of_id", allow_null=True)
    triggered_by = serializers.UUIDField(source="triggered_by_id", allow_null=True)
    target = serializers.ChoiceField(TARGETS)
    status = serializers.ChoiceField(STATUSES)

    class Meta:
        model = Deployment
        fields: tuple[str, ...] = (
            "id", "workspace", "version", "number", "execution", "retry_of", "triggered_by", "target",
            "status", "url", "error", "created_at", "completed_at",
        )  # fmt: skip


class DeploymentSerializer(DeploymentListSerializer):
    class Meta(DeploymentListSerializer.Meta):
        fields = (
            *DeploymentListSerializer.Meta.fields,
            "project", "remote_id", "inspector_url", "logs", "is_slow", "begun_at", "cancel_requested_at",
        )  # fmt: skip


class TargetSerializer(serializers.Serializer[Any]):
    """Where versions go. Secrets are never shown: ``last_four`` is what is told of the token."""

    target = serializers.ChoiceField(TARGETS)
    can_use_vercel = serializers.BooleanField(help_text="There is a token, of this workspace or the server")
    last_four = serializers.CharField(allow_blank=True, help_text="Of the workspace's own token")
    team_id = serializers.CharField(allow_blank=True)
    has_webhook = serializers.BooleanField(help_text="Events are signed with a secret of the workspace")


class ChooseTargetSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    target = serializers.ChoiceField(TARGETS)
    token = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=500, write_only=True
    )
    team_id = serializers.CharField(required=False, allow_blank=True, max_length=100)
    webhook_secret = serializers.CharField(required=False, allow_blank=True, max_length=500, write_only=True)
