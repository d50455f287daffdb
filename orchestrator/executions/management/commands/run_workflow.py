"""``manage.py run_workflow FILE``: run a graph file to its end on the workers."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

import redis
from django.core.management.base import BaseCommand, CommandError

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError
from orchestrator.core.json import Json, NotJson
from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.narration import narrate
from orchestrator.executions.queries.history import outputs_of
from orchestrator.executions.runtime.presence import engines_about
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.definitions import create_workflow, describe_workflow
from orchestrator.workflows.services.transfer import read_workflow_file
from orchestrator.workflows.services.versions import create_version, latest_version

EXIT: Final = {"completed": 0, "failed": 1, "cancelled": 3, "timed_out": 4}
EXIT_UNFINISHED: Final = 5
POLL_SECONDS: Final = 0.1
CATEGORY: Final = "command line"


class Command(BaseCommand):
    help = (
        "Run a workflow file on the workers and print its result as JSON. "
        "Exit status: 0 completed, 1 failed, 3 cancelled, 4 timed out, 5 not over within --timeout."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help='JSON with "nodes", "edges" and optionally name, settings'
        )
        parser.add_argument("--input", default="null", help="input of the run, as JSON")
        parser.add_argument("--user", help="who runs it; default: the first admin")
        parser.add_argument("--watch", action="store_true", help="tell what happens while it happens")
        parser.add_argument("--timeout", type=float, help="seconds to wait for the end; default: for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        given = self._json(options["input"], "--input")
        try:
            workflow = self._workflow(user, options["file"])
            execution, _ = start_execution(user, workflow.pk, input=given, trigger={"type": "command"})
        except DomainError as error:
            raise CommandError(_explain(error)) from error
        self.stderr.write(f"Run {execution.pk} of {workflow.name} started.")
        if not _is_anybody_working():
            self.stderr.write("No worker was seen lately: it waits until one runs, as with `make up`.")
        finished = self._follow(execution, watch=options["watch"], timeout=options["timeout"])
        self.stdout.write(json.dumps(_result(finished)).decode())
        sys.exit(EXIT.get(finished.status, EXIT_UNFINISHED))

    def _user(self, name: str | None) -> User:
        people = User.objects.filter(is_active=True)
        found = people.filter(username__iexact=name) if name else people.filter(role=Role.ADMIN)
        user = found.order_by("date_joined").first()
        if user is None:
            raise CommandError(
                f'There is nobody called "{name}".' if name else "There is no admin; name a --user."
            )
        return user

    def _json(self, text: str, where: str) -> Json:
        try:
            value: Json = json.loads(text)
        except NotJson as error:
            raise CommandError(f"{where}: {error}") from error
        return value

    def _workflow(self, user: User, path: Path) -> Workflow:
        """The workflow of this file's name; a new version of it if the graph has changed."""
        try:
            text = path.read_text()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        document = self._json(text, str(path))
        file = read_workflow_file({"name": path.stem, **document} if isinstance(document, dict) else document)
        known = Workflow.objects.filter(owner=user, name=file.name, category=CATEGORY).first()
        if known is not None and known.settings != file.settings:
            describe_workflow(user, known.pk, settings=file.settings)
        workflow = known or create_workflow(
            user, **{**file.model_dump(exclude={"format"}), "category": CATEGORY}
        )
        latest = latest_version(workflow)
        unchanged = latest.checksum == json.checksum({"nodes": file.nodes, "edges": file.edges})
        if not (unchanged and latest.is_current):
            create_version(user, workflow.pk, nodes=file.nodes, edges=file.edges, note=f"From {path.name}")
        return workflow

    def _follow(self, execution: Execution, *, watch: bool, timeout: float | None) -> Execution:
        seen, status = 0, ""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            execution.refresh_from_db()
            if watch:
                seen = self._tell(execution, seen)
            elif execution.status != status:
                status = execution.status
                where = f" at {', '.join(execution.current_node_ids)}" if execution.current_node_ids else ""
                self.stderr.write(f"{status}{where}")
            if execution.is_final or (deadline is not None and time.monotonic() > deadline):
                return execution
            time.sleep(POLL_SECONDS)

    def _tell(self, execution: Execution, seen: int) -> int:
        events = EventRow.objects.filter(execution_id=execution.pk, seq__gt=seen).order_by("seq")
        for event in events:
            self.stderr.write(
                f"{event.occurred_at:%H:%M:%S.%f}"[:-3] + f"  {narrate(event.type, event.data)}"
            )
            seen = event.seq
        return seen


def _result(execution: Execution) -> dict[str, Any]:
    return {
        "id": execution.pk,
        "status": execution.status,
        "output": execution.output,
        "outputs": outputs_of(execution),
        "error": execution.error,
        "metrics": execution.metrics,
    }


def _is_anybody_working() -> bool:
    try:
        return engines_about(now=utc_now()) > 0
    except redis.RedisError:
        return False


def _explain(error: DomainError) -> str:
    """All complaints, a line each."""
    problems = error.extra.get("problems")
    lines = [f"  {problem['message']}" for problem in problems] if isinstance(problems, list) else []  # type: ignore[call-overload, index]
    lines += [f"  {field}: {text}" for field, texts in error.fields.items() for text in texts]
    return "\n".join([error.message, *lines]) if lines else error.message
