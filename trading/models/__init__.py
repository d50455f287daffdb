"""Tables of trading: markets, tapes, portfolios with their books, strategies at work, and the locks."""

from trading.models.alerts import Alert, AlertRead, AlertsRead
from trading.models.desks import Desk
from trading.models.live import LiveAccount, LiveOrder
from trading.models.locks import KillSwitch, LiveApproval
from trading.models.markets import Market
from trading.models.portfolios import LedgerEntry, Portfolio, Position, Posting
from trading.models.runs import Fill, Order, StrategyRun
from trading.models.tapes import Tape, TapeChunk

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
