"""What people look for in markets, as the address has it: the same here and at the exchange."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest

from orchestrator.core.params import texts_of
from trading.queries import market_pages as pages

_FILTERS: Final = ("search", "category", "state", "closing", "min_volume", "ordering")
_STATES: Final = {"open": "Open", "closed": "Closed", "generated": "Generated"}
_CLOSING: Final = {"day": "Ends within a day", "soon": "Ends within 7 days", "month": "Ends within 30 days"}
_VOLUMES: Final = {"1000": "≥ 1,000", "10000": "≥ 10,000", "100000": "≥ 100,000", "1000000": "≥ 1 million"}


def chosen_in(request: HttpRequest) -> dict[str, str]:
    return texts_of(request.GET, _FILTERS, most=300)


def filters_of(chosen: dict[str, str], *, ordering: str, here: str) -> dict[str, Any]:
    """The context of the form; ``here`` is known or exchange, where nothing is generated."""
    states = {value: label for value, label in _STATES.items() if here == "known" or value != "generated"}
    return {
        "here_tab": "markets",
        "here": here,
        "chosen": chosen,
        "query": urlencode(chosen),
        "categories": pages.categories(),
        "states": states,
        "closings": _CLOSING,
        "volumes": _VOLUMES,
        "orderings": pages.ORDERINGS if here == "known" else {"": "Traded most today", **pages.ORDERINGS},
        "ordering": ordering,
        "default_ordering": "-volume" if here == "known" else "",
    }
