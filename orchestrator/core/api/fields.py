"""JSON fields that tell API clients what kind of JSON they hold; what is in it, services check."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "object", "additionalProperties": True})
class JsonObjectField(serializers.JSONField):
    """An object with whatever keys."""


@extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
class JsonObjectsField(serializers.JSONField):
    """A list of objects, such as the nodes of a graph."""
