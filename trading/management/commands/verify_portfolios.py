"""Reckons portfolios anew from their ledgers and fills, and says every difference."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trading.models import Portfolio
from trading.services.verifying import verify_portfolio


class Command(BaseCommand):
    help = "Reckon portfolios anew from their ledgers and fills; ends with an error if any differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("portfolio", nargs="*", help="ids; without, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Portfolio.objects.order_by("pk")
        if options["portfolio"]:
            rows = rows.filter(pk__in=options["portfolio"])
        looked_at = wrong = 0
        for portfolio in rows.iterator():
            looked_at += 1
            for sentence in verify_portfolio(portfolio):
                wrong += 1
                self.stdout.write(f"{portfolio.pk} {portfolio.name}: {sentence}")
        if wrong:
            raise CommandError(f"{wrong} differences in {looked_at} portfolios.")
        self.stdout.write(f"{looked_at} portfolios are what their ledgers say.")
