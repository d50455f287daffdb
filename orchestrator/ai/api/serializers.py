"""AI providers, keys and budgets as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.ai.queries import ProviderSpending, ProviderState, Spending


class SetKeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField(write_only=True, help_text="The provider's key. It is never shown again.")


class CredentialSerializer(serializers.Serializer[Any]):
    """A provider, and whose key a run of yours would use: ``source``."""

    provider = serializers.CharField()
    title = serializers.CharField()
    models = serializers.ListField(child=serializers.CharField(), help_text="Suggestions; others may exist")
    default_model = serializers.CharField()
    last_four = serializers.CharField(allow_null=True, help_text="Of your own key")
    updated_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True, help_text="When your key was last tried")
    fault = serializers.CharField(allow_null=True, help_text="What the provider said then; empty: it worked")

    def get_fields(self) -> dict[str, Any]:
        """``source`` means something else to serializers, so this field is made by hand."""
        choices = ["own", "server", "missing", "not_needed"]
        return {**super().get_fields(), "source": serializers.ChoiceField(choices)}


def credential(state: ProviderState) -> dict[str, Any]:
    """The fields of CredentialSerializer."""
    own = state.own
    return {
        "provider": state.info.name,
        "title": state.info.title,
        "models": list(state.info.models),
        "default_model": state.info.default_model,
        "source": state.source,
        "last_four": own.last_four if own else None,
        "updated_at": own.updated_at if own else None,
        "checked_at": own.checked_at if own else None,
        "fault": own.fault if own and own.checked_at else None,
    }


class KeyCheckSerializer(serializers.Serializer[Any]):
    works = serializers.BooleanField()
    message = serializers.CharField()


class ProviderSpendingSerializer(serializers.Serializer[ProviderSpending]):
    provider = serializers.CharField()
    calls = serializers.IntegerField()
    tokens = serializers.IntegerField()
    cost = serializers.DecimalField(12, 6)


class BudgetSerializer(serializers.Serializer[Any]):
    """US dollars, in the present calendar month (UTC)."""

    month = serializers.CharField()
    limit = serializers.DecimalField(12, 6, allow_null=True, help_text="null: none")
    spent = serializers.DecimalField(12, 6)
    reserved = serializers.DecimalField(12, 6, help_text="Set aside for calls under way")
    left = serializers.DecimalField(12, 6, allow_null=True)
    providers = ProviderSpendingSerializer(many=True)


def budget(spending: Spending, providers: Any) -> dict[str, Any]:
    """The fields of BudgetSerializer."""
    return {
        "month": spending.month,
        "limit": spending.limit,
        "spent": spending.spent,
        "reserved": spending.reserved,
        "left": spending.left,
        "providers": providers,
    }
