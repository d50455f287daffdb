from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "orchestrator.ai"
    label = "ai"
    verbose_name = "AI"
