"""``manage.py send_notifications``: once what beat does every few seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator.core.clock import utc_now
from orchestrator.executions.services.approving import settle_approvals
from orchestrator.executions.services.notifications.delivering import deliver_due
from orchestrator.executions.services.notifications.expanding import expand_due
from orchestrator.executions.services.notifications.reminding import remind_due


class Command(BaseCommand):
    help = "Remind people of approvals, work out who is told of what, and send what is due."

    def handle(self, *args: Any, **options: Any) -> None:
        now = utc_now()
        reminded, settled = remind_due(now=now), settle_approvals(now=now)
        made, done = expand_due(now=utc_now()), deliver_due()
        self.stdout.write(
            f"{reminded} reminded, {settled} settled, {made} made, {done.sent} sent, "
            f"{done.again} to be tried again, {done.given_up} given up, {done.skipped} no longer needed"
        )
