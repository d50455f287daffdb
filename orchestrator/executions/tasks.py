"""What the broker carries: hints, the sweep, and the upkeep. Tasks take no data; rows say what is due."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup, worker_shutdown

from orchestrator.core.clock import utc_now
from orchestrator.executions.runtime import sweeping
from orchestrator.executions.runtime.hints import TASK
from orchestrator.executions.runtime.worker import start_worker, stop_worker, wake_worker
from orchestrator.executions.services.ai_calls import delete_old_calls, settle_abandoned_calls
from orchestrator.executions.services.approving import settle_approvals
from orchestrator.executions.services.cleaning import clean_executions
from orchestrator.executions.services.firing import fire_due_triggers
from orchestrator.executions.services.notifications.delivering import deliver_due
from orchestrator.executions.services.notifications.expanding import expand_due
from orchestrator.executions.services.notifications.forgetting import forget_old_notifications
from orchestrator.executions.services.notifications.reminding import remind_due
from orchestrator.executions.services.partitions import make_event_partitions
from orchestrator.executions.services.retention import drop_old_events
from orchestrator.executions.services.trimming import trim_histories

ENGINE_QUEUE = "engine"
RUNS_PER_TASK = 20_000
CALLS_PER_TASK = 200_000


@shared_task(name=TASK, ignore_result=True)
def wake_engine() -> bool:
    """Safe to deliver any number of times: it only makes the engine look."""
    return wake_worker()


@shared_task(name="executions.sweep", ignore_result=True)
def sweep() -> None:
    sweeping.sweep()


@shared_task(name="executions.fire_triggers", ignore_result=True)
def fire_triggers() -> None:
    fire_due_triggers()


@shared_task(name="executions.make_event_partitions", ignore_result=True)
def make_partitions() -> None:
    make_event_partitions(now=utc_now())


@shared_task(name="executions.drop_old_events", ignore_result=True)
def drop_events() -> None:
    drop_old_events(now=utc_now())


@shared_task(name="executions.clean_executions", ignore_result=True)
def clean() -> None:
    """A part of what is due: the rest waits for the next hour, so that no task lasts long."""
    clean_executions(now=utc_now(), limit=RUNS_PER_TASK)


@shared_task(name="executions.trim_histories", ignore_result=True)
def trim_long_histories() -> None:
    """Safe to deliver any number of times, and to kill."""
    trim_histories(now=utc_now())


@shared_task(name="executions.settle_abandoned_calls", ignore_result=True)
def settle_calls() -> None:
    settle_abandoned_calls(now=utc_now())


@shared_task(name="executions.delete_old_calls", ignore_result=True)
def delete_calls() -> None:
    """A part of what is due: the rest waits for the next night."""
    delete_old_calls(now=utc_now(), limit=CALLS_PER_TASK)


@shared_task(name="executions.send_notifications", ignore_result=True)
def send_notifications() -> None:
    """Work out who is to be told of what has happened, and tell those who are due."""
    expand_due(now=utc_now())
    deliver_due()


@shared_task(name="executions.forget_old_notifications", ignore_result=True)
def forget_notifications() -> None:
    forget_old_notifications(now=utc_now())


@shared_task(name="executions.tend_approvals", ignore_result=True)
def tend_approvals() -> None:
    """Remind people, and decide what only waits for people who have gone."""
    now = utc_now()
    remind_due(now=now)
    settle_approvals(now=now)


@celeryd_after_setup.connect
def start_engine(instance: Any, **_: object) -> None:
    """A worker that serves the engine's queue gets an engine, also while the broker cannot be reached."""
    if ENGINE_QUEUE in instance.app.amqp.queues.consume_from:
        if instance.pool_cls.__module__ != "celery.concurrency.solo":
            raise SystemExit(f"Workers of the queue {ENGINE_QUEUE} run with --pool solo.")
        start_worker()


@worker_shutdown.connect
def stop_engine(**_: object) -> None:
    stop_worker()
