"""Bulk jobs in words, for pages."""

from __future__ import annotations

from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.bulk import bulk_subjects
from orchestrator.workflows.models import BulkJob


def open_jobs(user: User, subject: str) -> list[dict[str, Any]]:
    """What the person has asked for of one kind and is not over, the latest first."""
    return [shown(job) for job in BulkJob.objects.open().filter(owner=user, subject=subject).order_by("-id")]


def shown(job: BulkJob) -> dict[str, Any]:
    """A job in words, for templates."""
    try:
        subject = bulk_subjects.get(job.subject)
        action = bulk_subjects.action(job.subject, job.action)
    except InvalidInput:
        return {"row": job, "title": str(job), "summary": "", "detail_url": None}
    many = subject.counted(job.total) if job.total is not None else subject.many
    done = subject.counted(job.done)
    return {
        "row": job,
        "title": f"{action.doing} {many}" if job.is_open else f"{done} {action.done}",
        "failures": f"{job.failed:,} could not be",
        "detail_url": subject.detail_url,
        "many": subject.many,
        "percent": 100 * job.handled // job.total if job.total else (0 if job.is_open else 100),
    }
