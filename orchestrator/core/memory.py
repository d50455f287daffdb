"""How a process that stays treats its memory."""

from __future__ import annotations

import gc
from typing import Final

_COLLECT: Final = (20_000, 20, 50)
"""Objects more than before, then rounds of the younger generation, until one is collected."""


def calm_collector() -> None:
    """To be called once all is loaded: the garbage collector looks no more at what stays.

    It would go through all of that every few hundred requests or thousand messages, and somebody would wait
    for it. Of what comes and goes hardly anything holds itself in a circle, so it looks for that less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
