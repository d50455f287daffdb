from django.urls import path

from trading.api import alerts, backtests, markets, orders, portfolios, tapes

_TAPE = "tapes/<uuid:pk>/"
_MARKET = "markets/<uuid:pk>/"
_PORTFOLIO = "portfolios/<uuid:pk>/"
_ORDER = "orders/<uuid:pk>/"
_BACKTEST = "backtests/<uuid:pk>/"

urlpatterns = [
    path("tapes/", tapes.TapesView.as_view(), name="tapes"),
    path("tapes/generate/", tapes.GenerateTapeView.as_view(), name="generate-tape"),
    path("tapes/import/", tapes.ImportTapeView.as_view(), name="import-tape"),
    path("tapes/record/", tapes.RecordTapeView.as_view(), name="record-tape"),
    path(_TAPE, tapes.TapeView.as_view(), name="tape"),
    path(f"{_TAPE}stop/", tapes.StopTapeView.as_view(), name="stop-tape"),
    path(f"{_TAPE}shape/", tapes.TapeShapeView.as_view(), name="tape-shape"),
    path(f"{_TAPE}file/", tapes.TapeFileView.as_view(), name="tape-file"),
    path("markets/", markets.MarketsView.as_view(), name="markets"),
    path("markets/exchange/", markets.ExchangeView.as_view(), name="market-exchange"),
    path(_MARKET, markets.MarketView.as_view(), name="market"),
    path(f"{_MARKET}books/", markets.BooksView.as_view(), name="market-books"),
    path("portfolios/", portfolios.PortfoliosView.as_view(), name="portfolios"),
    path(_PORTFOLIO, portfolios.PortfolioView.as_view(), name="portfolio"),
    path(f"{_PORTFOLIO}deposit/", portfolios.DepositView.as_view(), name="deposit"),
    path(f"{_PORTFOLIO}withdraw/", portfolios.WithdrawView.as_view(), name="withdraw"),
    path(f"{_PORTFOLIO}positions/", portfolios.PositionsView.as_view(), name="positions"),
    path(f"{_PORTFOLIO}fills/", portfolios.FillsView.as_view(), name="fills"),
    path(f"{_PORTFOLIO}fills/file/", portfolios.FillsFileView.as_view(), name="fills-file"),
    path(f"{_PORTFOLIO}ledger/", portfolios.LedgerView.as_view(), name="ledger"),
    path(f"{_PORTFOLIO}ledger/file/", portfolios.LedgerFileView.as_view(), name="ledger-file"),
    path("orders/", orders.OrdersView.as_view(), name="orders"),
    path("orders/preview/", orders.PreviewView.as_view(), name="preview-order"),
    path(_ORDER, orders.OrderView.as_view(), name="order"),
    path(f"{_ORDER}cancel/", orders.CancelOrderView.as_view(), name="cancel-order"),
    path("backtests/", backtests.BacktestsView.as_view(), name="backtests"),
    path(_BACKTEST, backtests.BacktestView.as_view(), name="backtest"),
    path(f"{_BACKTEST}trades/", backtests.TradesView.as_view(), name="backtest-trades"),
    path(f"{_BACKTEST}curve/", backtests.CurveView.as_view(), name="backtest-curve"),
    path(f"{_BACKTEST}compare/<uuid:other_id>/", backtests.CompareView.as_view(), name="backtest-compare"),
    path("alerts/", alerts.AlertsView.as_view(), name="alerts"),
    path("alerts/read/", alerts.ReadAlertsView.as_view(), name="read-alerts"),
    path("alerts/<uuid:pk>/read/", alerts.ReadAlertView.as_view(), name="read-alert"),
]
