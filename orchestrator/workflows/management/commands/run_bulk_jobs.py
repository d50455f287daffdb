"""``manage.py run_bulk_jobs``: what task workers do with bulk jobs, in this process."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator.workflows.models import BulkJob
from orchestrator.workflows.services.bulk import run_bulk_job


class Command(BaseCommand):
    help = "Do all bulk jobs that are open and that no worker holds, here and now."

    def handle(self, *args: Any, **options: Any) -> None:
        for job_id in list(BulkJob.objects.open().order_by("pk").values_list("pk", flat=True)):
            while run_bulk_job(job_id):
                pass
            job = BulkJob.objects.get(pk=job_id)
            told = f"{job.state}, {job.done} done, {job.failed} failed"
            self.stdout.write(f"{job.action} {job.subject}: {told}")
