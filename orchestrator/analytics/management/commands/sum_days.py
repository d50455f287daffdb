"""``manage.py sum_days``: what beat does every few minutes with the sums of days, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator.analytics.models import DayCut
from orchestrator.analytics.services.days import sum_days
from orchestrator.core.clock import utc_now


class Command(BaseCommand):
    help = "Sum up days for time zones that people have chosen since the last time. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        made = [str(DayCut(cut)) for cut in sum_days(now=utc_now())]
        if made:
            self.stdout.write(f"Days that begin at {', '.join(made)} UTC are summed up.")
        else:
            self.stdout.write("The sums of days are there for everybody's time zone.")
