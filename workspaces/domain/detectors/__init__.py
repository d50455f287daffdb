"""Detectors of chart patterns, each causal: what it says of a bar, it knew at ``confirmed_at``.

They import nothing of the product: a workspace's repository begins with a copy of this folder, where coding
runs change it. What they have in common stands in ``base.py``.
"""

from .base import Candles, Detection, Detector, Parameters, Pattern
from .fair_value_gaps import FAIR_VALUE_GAPS
from .liquidity import LIQUIDITY
from .order_blocks import ORDER_BLOCKS
from .structure import BOS, CHOCH
from .swings import SWINGS

PATTERNS: dict[str, Pattern] = {
    pattern.key: pattern for pattern in (SWINGS, BOS, CHOCH, ORDER_BLOCKS, FAIR_VALUE_GAPS, LIQUIDITY)
}

__all__ = ["PATTERNS", "Candles", "Detection", "Detector", "Parameters", "Pattern"]
