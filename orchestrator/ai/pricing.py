"""The price of a call: the provider's own figure first, then the price list, then our fallback table."""

from __future__ import annotations

import importlib
from decimal import Decimal
from typing import Any

from orchestrator.ai.domain.calls import ModelRequest, Tokens
from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.ai.domain.prices import FALLBACK, UNMETERED, most_input_tokens, rounded
from orchestrator.core import json


def cost_of(provider: str, model: str, tokens: Tokens, *, stated: Decimal | None = None) -> Decimal | None:
    """US dollars; None if nobody knows the price. ``stated`` is the provider's own figure."""
    if provider == OFFLINE:
        return Decimal(0)
    if stated is not None:
        return rounded(stated)
    listed = _listed(provider, model, tokens)
    if listed is not None:
        return rounded(listed)
    price = FALLBACK.get((provider, model))
    return price.cost(tokens) if price is not None else None


def most(provider: str, request: ModelRequest) -> Decimal | None:
    """The most that a call can cost; None if nobody knows the price."""
    schema = len(json.dumps(request.schema)) if request.schema else 0
    tokens = Tokens(input=most_input_tokens(request, schema_bytes=2 * schema), output=request.max_tokens)
    cost = cost_of(provider, request.model, tokens)
    return None if cost is None else cost + UNMETERED.get((provider, request.model), Decimal(0))


def _listed(provider: str, model: str, tokens: Tokens) -> Decimal | None:
    """From the price list that comes with genai-prices. Loaded at the first call: it takes 0.2 s."""
    prices: Any = importlib.import_module("genai_prices")
    usage = prices.Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cached_input,
        cache_write_tokens=tokens.written_input,
    )
    try:
        found = prices.calc_price(usage, model, provider_id=PROVIDERS[provider].prices)
    except LookupError:
        return None
    total: Decimal = found.total_price
    return total
