from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "orchestrator.workspaces"
    label = "workspaces"
    verbose_name = "Pattern workspaces"
