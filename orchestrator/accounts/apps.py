from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "orchestrator.accounts"
    label = "accounts"

    def ready(self) -> None:
        from orchestrator.core.postgres.web_role import prepare_web_role

        post_migrate.connect(prepare_web_role, sender=self)

        from orchestrator.accounts.services.two_step import rotate_secrets
        from orchestrator.core.encryption import rotations

        rotations["One-time codes"] = rotate_secrets
