"""``manage.py verify_executions``: replay events and compare with what is stored."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from orchestrator.executions.models import Execution
from orchestrator.executions.verification import verify_execution


class Command(BaseCommand):
    help = "Fold the events of executions and compare with the stored state. Fails on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("executions", nargs="*", type=UUID, help="ids; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = (
            options["executions"] or Execution.objects.order_by("id").values_list("id", flat=True).iterator()
        )
        checked = differences = 0
        for execution_id in chosen:
            try:
                found = verify_execution(execution_id)
            except Execution.DoesNotExist as error:
                raise CommandError(f"There is no execution {execution_id}.") from error
            checked += 1
            differences += len(found)
            for each in found:
                self.stdout.write(f"{each.execution}: {each.what}")
        if differences:
            raise CommandError(f"{differences} differences in {checked} executions.")
        self.stdout.write(f"{checked} executions agree with their events.")
