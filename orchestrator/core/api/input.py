"""Reading request data through a serializer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


def valid_data(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """The validated fields. Raises DRF's ValidationError, which becomes a 400 with field errors."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
