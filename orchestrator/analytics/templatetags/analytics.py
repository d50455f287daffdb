"""How the pages of analytics write figures."""

from __future__ import annotations

from decimal import Decimal

from django import template

from orchestrator.analytics.web.charts import money as in_dollars

register = template.Library()


@register.filter
def money(value: Decimal | float | None) -> str:
    """``$12.30``; small sums with four digits; a dash for none."""
    return in_dollars(value)
