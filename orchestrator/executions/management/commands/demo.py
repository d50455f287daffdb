"""``manage.py demo``: people, workflows and runs for a first look."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from orchestrator.core.errors import DomainError
from orchestrator.executions.demo.loading import load_demo


class Command(BaseCommand):
    help = "Create the demo's people and workflows and start some runs; only on loopback. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_demo()
        except DomainError as error:
            raise CommandError(str(error)) from error
        if loaded.workflows:
            self.stdout.write(f"{loaded.workflows} workflows made, {loaded.runs} runs started.")
        else:
            self.stdout.write("The demo is there already.")
        for part in settings.DEMO_PARTS:
            if said := import_string(part)(loaded.owner):
                self.stdout.write(said)
