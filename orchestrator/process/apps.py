from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "orchestrator.process"
    label = "process"
    verbose_name = "Guided processes"
