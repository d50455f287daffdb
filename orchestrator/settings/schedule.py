"""What Celery's beat has done at set times, or again and again. All of it may be done twice."""

from typing import Any

from celery.schedules import crontab


def _every(task: str, schedule: float | crontab, *, expires: int) -> dict[str, Any]:
    """``schedule``: seconds, or by the clock in UTC. What is not begun in ``expires`` seconds is dropped."""
    return {"task": task, "schedule": schedule, "options": {"expires": expires, "queue": "celery"}}


CELERY_BEAT_SCHEDULE = {
    "sweep": _every("executions.sweep", 1.0, expires=5),
    "fire-triggers": _every("executions.fire_triggers", 1.0, expires=5),
    "send-notifications": _every("executions.send_notifications", 5.0, expires=15),
    "follow-runs": _every("analytics.follow_runs", 5.0, expires=10),
    "sweep-bulk-jobs": _every("workflows.sweep_bulk_jobs", 10.0, expires=10),
    "sweep-transcriptions": _every("process.sweep_transcriptions", 10.0, expires=10),
    "sweep-deployments": _every("workspaces.sweep_deployments", 5.0, expires=5),
    "stop-everything": _every("trading.stop_everything", 5.0, expires=5),
    "sweep-live-orders": _every("trading.sweep_live", 2.0, expires=5),
    "compare-live-accounts": _every("trading.compare_accounts", 60.0, expires=60),
    "tend-approvals": _every("executions.tend_approvals", 30.0, expires=60),
    "sum-days": _every("analytics.sum_days", 120.0, expires=120),
    "settle-abandoned-calls": _every("executions.settle_abandoned_calls", 60.0, expires=60),
    "delete-old-calls": _every("executions.delete_old_calls", crontab(hour=3, minute=11), expires=3600),
    "clean-executions": _every("executions.clean_executions", crontab(minute=37), expires=1800),
    "trim-histories": _every("executions.trim_histories", crontab(minute=23), expires=1800),
    "record-missing-runs": _every("analytics.record_missing_runs", crontab(minute=41), expires=3600),
    "make-event-partitions": _every(
        "executions.make_event_partitions", crontab(hour=2, minute=17), expires=3600
    ),
    "drop-old-events": _every("executions.drop_old_events", crontab(hour=2, minute=47), expires=3600),
    "meet-markets": _every("trading.meet_markets", 5.0, expires=5),
    "settle-trading": _every("trading.settle", 30.0, expires=30),
    "close-strategy-sessions": _every("strategy.close_sessions", 30.0, expires=30),
    "refresh-markets": _every("trading.refresh_markets", 60.0, expires=60),
    "sweep-characters": _every("strategy.sweep_characters", 300.0, expires=300),
    "forget-old-notifications": _every(
        "executions.forget_old_notifications", crontab(hour=3, minute=41), expires=3600
    ),
}
