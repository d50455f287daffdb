"""Addresses of the pages of trading."""

from django.urls import include, path

from trading.web import (
    alerts,
    comparing,
    exchange,
    handing,
    markets,
    orders,
    panel,
    portfolios,
    runs,
    strategies,
    strategy,
    tapes,
)

app_name = "trading"

_STRATEGY = "strategies/<uuid:pk>/"
_RUN = "runs/<uuid:pk>/"
_TAPE = "tapes/<uuid:pk>/"
_PORTFOLIO = "portfolios/<uuid:pk>/"

urlpatterns = [
    path("", include("trading.web.live_urls")),
    path("", strategies.listing, name="strategies"),
    path("begin/<uuid:template_id>/", strategies.begin, name="begin"),
    path(_STRATEGY, strategy.page, name="strategy"),
    path(f"{_STRATEGY}backtest/", strategy.backtest, name="start-backtest"),
    path(f"{_STRATEGY}paper/", strategy.paper, name="start-paper"),
    path(f"{_STRATEGY}live/", strategy.live, name="start-live"),
    path(f"{_STRATEGY}compare/", comparing.compare, name="compare"),
    path(f"{_STRATEGY}compare/run/", comparing.run_both, name="run-both"),
    path(_RUN, runs.run, name="run"),
    path(f"{_RUN}repeat/", runs.repeat, name="repeat"),
    path(f"{_RUN}orders/", runs.orders, name="orders-of-run"),
    path("runs/<uuid:before_id>/with/<uuid:after_id>/", comparing.compare_runs, name="compare-runs"),
    path("executions/<uuid:execution_id>/", panel.panel, name="run-panel"),
    path("alerts/", alerts.listing, name="alerts"),
    path("alerts/read/", alerts.read_all, name="read-alerts"),
    path("alerts/<uuid:pk>/read/", alerts.read, name="read-alert"),
    path("tapes/", tapes.listing, name="tapes"),
    path("tapes/generate/", tapes.generate, name="generate-tape"),
    path("tapes/import/", tapes.import_file, name="import-tape"),
    path("tapes/record/", tapes.record, name="record-tape"),
    path(_TAPE, tapes.detail, name="tape"),
    path(f"{_TAPE}file/", tapes.download, name="tape-file"),
    path(f"{_TAPE}rename/", tapes.rename, name="rename-tape"),
    path(f"{_TAPE}stop/", tapes.stop, name="stop-tape"),
    path(f"{_TAPE}delete/", tapes.delete, name="delete-tape"),
    path("markets/", markets.listing, name="markets"),
    path("markets/exchange/", exchange.exchange, name="exchange"),
    path("markets/add/", exchange.add, name="add-market"),
    path("markets/<uuid:pk>/", markets.detail, name="market"),
    path("markets/<uuid:pk>/use/", handing.use, name="use-market"),
    path("portfolios/", portfolios.listing, name="portfolios"),
    path("portfolios/new/", portfolios.new, name="new-portfolio"),
    path(_PORTFOLIO, portfolios.detail, name="portfolio"),
    path(f"{_PORTFOLIO}orders/", portfolios.orders, name="portfolio-orders"),
    path(f"{_PORTFOLIO}orders/new/", orders.new, name="new-order"),
    path(f"{_PORTFOLIO}fills/", portfolios.fills, name="portfolio-fills"),
    path(f"{_PORTFOLIO}fills/file/", portfolios.fills_file, name="portfolio-fills-file"),
    path(f"{_PORTFOLIO}ledger/", portfolios.ledger, name="portfolio-ledger"),
    path(f"{_PORTFOLIO}ledger/file/", portfolios.ledger_file, name="portfolio-ledger-file"),
    path(f"{_PORTFOLIO}money/<str:direction>/", portfolios.move, name="move-money"),
    path("orders/<uuid:pk>/cancel/", orders.cancel, name="cancel-order"),
]
