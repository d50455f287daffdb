"""Tables of trading: markets, tapes, portfolios with their books, strategies at work, and the locks."""

from orchestrator.trading.models.alerts import Alert, AlertRead, AlertsRead
from orchestrator.trading.models.desks import Desk
from orchestrator.trading.models.live import LiveAccount, LiveOrder
from orchestrator.trading.models.locks import KillSwitch, LiveApproval
from orchestrator.trading.models.markets import Market
from orchestrator.trading.models.portfolios import LedgerEntry, Portfolio, Position, Posting
from orchestrator.trading.models.runs import Fill, Order, StrategyRun
from orchestrator.trading.models.tapes import Tape, TapeChunk

__all__ = [
    "Alert",
    "AlertRead",
    "AlertsRead",
    "Desk",
    "Fill",
    "KillSwitch",
    "LedgerEntry",
    "LiveAccount",
    "LiveApproval",
    "LiveOrder",
    "Market",
    "Order",
    "Portfolio",
    "Position",
    "Posting",
    "StrategyRun",
    "Tape",
    "TapeChunk",
]
