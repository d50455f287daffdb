"""Addresses of the pages of trading."""

from django.urls import path

from orchestrator.trading.web import alerts, comparing, panel, runs, strategies, strategy

app_name = "trading"

_STRATEGY = "strategies/<uuid:pk>/"
_RUN = "runs/<uuid:pk>/"

urlpatterns = [
    path("", strategies.listing, name="strategies"),
    path("begin/<uuid:template_id>/", strategies.begin, name="begin"),
    path(_STRATEGY, strategy.page, name="strategy"),
    path(f"{_STRATEGY}backtest/", strategy.backtest, name="start-backtest"),
    path(f"{_STRATEGY}paper/", strategy.paper, name="start-paper"),
    path(f"{_STRATEGY}compare/", comparing.compare, name="compare"),
    path(f"{_STRATEGY}compare/run/", comparing.run_both, name="run-both"),
    path(_RUN, runs.run, name="run"),
    path(f"{_RUN}orders/", runs.orders, name="orders-of-run"),
    path("runs/<uuid:before_id>/with/<uuid:after_id>/", comparing.compare_runs, name="compare-runs"),
    path("executions/<uuid:execution_id>/", panel.panel, name="run-panel"),
    path("alerts/", alerts.listing, name="alerts"),
]
