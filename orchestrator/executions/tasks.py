"""What the broker carries: hints and the sweep. Tasks take no data; rows say what is due."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown

from orchestrator.executions.runtime import sweeping
from orchestrator.executions.runtime.hints import TASK
from orchestrator.executions.runtime.worker import start_worker, stop_worker, wake_worker

ENGINE_QUEUE = "engine"


@shared_task(name=TASK, ignore_result=True)
def wake_engine() -> bool:
    """Safe to deliver any number of times: it only makes the engine look."""
    return wake_worker()


@shared_task(name="executions.sweep", ignore_result=True)
def sweep() -> None:
    sweeping.sweep()


@worker_ready.connect
def start_engine(sender: Any, **_: object) -> None:
    """A worker that serves the engine's queue gets an engine."""
    if ENGINE_QUEUE in sender.app.amqp.queues.consume_from:
        start_worker()


@worker_shutdown.connect
def stop_engine(**_: object) -> None:
    stop_worker()
