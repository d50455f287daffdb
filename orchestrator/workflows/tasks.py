"""What the broker carries for workflows: bulk jobs, by their ids. Rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from orchestrator.workflows.services import bulk


@shared_task(name=bulk.TASK, ignore_result=True)
def run_bulk_job(job_id: str) -> None:
    """Safe to deliver any number of times; a job that has more to do than one turn sends itself on."""
    if bulk.run_bulk_job(UUID(job_id)):
        bulk.hint(UUID(job_id))


@shared_task(name="workflows.sweep_bulk_jobs", ignore_result=True)
def sweep_bulk_jobs() -> None:
    bulk.sweep_bulk_jobs()
