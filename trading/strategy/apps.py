from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "trading.strategy"
    label = "strategy"
    verbose_name = "Corporation strategy"
