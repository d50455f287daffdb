from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "orchestrator.trading"
    label = "trading"
    verbose_name = "Trading"
