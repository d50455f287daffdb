"""The product's Celery application with the node types of the scenario.

``CHAOS_TWICE`` makes every hint arrive twice.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from celery.signals import worker_init

from orchestrator.celery import app


@worker_init.connect
def register_effects(**_: Any) -> None:
    import_module("tests.chaos.effects")


if os.environ.get("CHAOS_TWICE"):
    once = app.send_task

    def twice(*args: Any, **kwargs: Any) -> Any:
        once(*args, **kwargs)
        return once(*args, **kwargs)

    app.send_task = twice  # type: ignore[method-assign]

__all__ = ["app"]
