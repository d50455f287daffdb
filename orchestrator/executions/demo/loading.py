"""Puts the demo into the database: people, workflows, and runs that have something to show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.accounts.services.people import ensure_demo_people
from orchestrator.core import json
from orchestrator.core.errors import WrongState
from orchestrator.executions.demo.sensors import sensors_workflow
from orchestrator.executions.demo.triggers import make_triggers
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.examples import examples
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.sharing import grant_access, set_favorite
from orchestrator.workflows.services.templates import publish_template
from orchestrator.workflows.services.transfer import read_workflow_file
from orchestrator.workflows.services.versions import publish_draft

FILES: Final = Path(__file__).parent / "files"


class NotADemo(WrongState):
    """The server can be reached from elsewhere: people with a known password must not exist there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    people: int
    workflows: int
    runs: int
    owner: User


@transaction.atomic
def load_demo() -> Loaded:
    """Create whatever of the demo is missing; once a workflow exists it is left as it is.

    Raises NotADemo unless the server listens on loopback only.
    """
    if not settings.DEMO_ALLOWED:
        raise NotADemo("The demo is only for a server that listens on loopback: start it with `make up`.")
    ada, bob, vic = ensure_demo_people()
    documents = [json.loads(path.read_bytes()) for path in sorted(FILES.glob("*.json"))]
    workflows = runs = 0
    for document in [*documents, sensors_workflow(), *_ai_examples()]:
        if Workflow.objects.filter(owner=bob, name=document["name"]).exists():
            continue
        workflow = _create(bob, document)
        grant_access(bob, workflow.pk, username=vic.username, access=Access.VIEWER.value)
        workflows += 1
        make_triggers(bob, workflow)
        runs += _start_runs(bob, workflow)
    favorite = Workflow.objects.filter(owner=bob, name="Order approval").first()
    if favorite is not None:
        set_favorite(bob, favorite.pk, favorite=True)
        set_favorite(ada, favorite.pk, favorite=True)
        if not favorite.is_template:
            publish_template(bob, favorite.pk)
    return Loaded(3, workflows, runs, bob)


def _ai_examples() -> list[dict[str, Any]]:
    """The examples in which models work and people approve; here with the offline rules."""
    return [
        {
            "name": example.name,
            "description": example.description,
            "category": "examples",
            "tags": ["demo", "ai"],
            "settings": example.settings,
            "nodes": example.nodes,
            "edges": example.edges,
        }
        for example in examples()
        if example.key.startswith("ai_")
    ]


def _create(owner: User, document: dict[str, Any]) -> Workflow:
    file = read_workflow_file(document)
    asked = (file.settings.get("input_schema") or {}).get("properties", {})
    if "service" in asked:
        asked["service"]["default"] = _sales_service()
    folder = _FOLDERS.get(file.name, "")
    workflow = create_workflow(owner, folder=folder, **file.model_dump(exclude={"format"}))
    publish_draft(owner, workflow.pk, note="First version")
    return workflow


def _start_runs(user: User, workflow: Workflow) -> int:
    inputs = _INPUTS.get(workflow.name, [{}])
    for given in inputs:
        start_execution(user, workflow.pk, input=_at_home(given), trigger={"type": "demo"})
    return len(inputs)


def _at_home(given: dict[str, Any]) -> dict[str, Any]:
    """The input with the address under which this server calls itself."""
    return {**given, "service": _sales_service()} if "service" in given else given


def _sales_service() -> str:
    return f"{settings.BASE_URL}/demo/sales"


_FOLDERS: Final = {
    "Order approval": "Sales/Orders",
    "Contract signature": "Sales",
    "Nightly sales report": "Sales/Reports",
    "A hundred sensors": "Operations",
}

_INPUTS: Final[dict[str, list[dict[str, Any]]]] = {
    "Order approval": [
        {"customer": "Corner Café", "email": "hello@corner.example", "amount": 42.5},
        {"customer": "Northwind", "email": "buyer@northwind.example", "amount": 250},
        {"customer": "Initech", "email": "orders@initech.example", "amount": 4999.99},
    ],
    "Nightly sales report": [
        {
            "regions": ["north", "east", "south", "west", "islands"],
            "service": "",
            "recipient": "team@example.org",
        }
    ],
    "Square root by halving the error": [{"number": 2}, {"number": 1_000_000}, {"number": -4}],
    "Support request, sorted by AI": [
        {
            "request": "My lamp arrived broken and I have been waiting for a refund for three weeks. Urgent!",
            "email": "customer@example.org",
        },
        {"request": "Thanks, the desk is wonderful and came fast.", "email": "happy@example.org"},
    ],
    "Reviews, judged one by one": [
        {
            "reviews": [
                "Great lamp, fast delivery, I love it!",
                "The shade was broken and nobody answers. Terrible.",
                "It is a lamp.",
                "Works as it should, thanks.",
            ]
        }
    ],
    "Contract signature": [{"party": "Contoso", "email": "legal@contoso.example"}],
}
