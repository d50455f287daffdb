"""The Django side of the local set-up: it only adds `manage.py up`."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "orchestrator.embedded"
    label = "embedded"
