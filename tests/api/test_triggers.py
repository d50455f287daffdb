"""The API of triggers: making, changing, and what is wrong with a trigger by field."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.accounts.models import AuditRecord
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Access, Trigger, Workflow
from tests.api.conftest import ClientFor
from tests.factories import make_user, make_workflow, share

pytestmark = pytest.mark.django_db
SECRET = "a secret that both sides know"


def address(workflow: Workflow, *parts: object) -> str:
    return f"/api/v1/workflows/{workflow.pk}/triggers/" + "".join(f"{part}/" for part in parts)


def make(client: Any, workflow: Workflow, **fields: Any) -> Any:
    return client.post(address(workflow), {"name": "Mine", **fields})


def test_a_schedule_is_told_in_words_and_by_its_next_moments(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    answer = make(client, workflow, kind="schedule", cron="0 9 * * 1-5", time_zone="Europe/Paris")
    assert answer.status_code == 201
    made = answer.json()
    assert made["description"] == "Every weekday at 09:00, Europe/Paris"
    assert len(made["next_runs"]) == 5
    assert made["next_runs"][0] == made["next_run_at"].replace(".000000", "")
    assert made["url"] is None
    assert client.get(address(workflow, made["id"])).json()["cron"] == "0 9 * * 1-5"


def test_a_webhook_shows_its_address_to_editors_only_and_its_secret_to_nobody(client_for: ClientFor) -> None:
    workflow, viewer = make_workflow(), make_user()
    share(workflow, viewer, Access.VIEWER)
    made = make(client_for(workflow.owner), workflow, kind="webhook", signature="hmac", signing_secret=SECRET)
    assert made.status_code == 201
    assert "/hooks/" in made.json()["url"]
    assert made.json()["signature_header"] == "X-Hub-Signature-256"
    assert SECRET not in made.content.decode()
    for path in (address(workflow), address(workflow, made.json()["id"])):
        seen = client_for(viewer).get(path)
        assert seen.status_code == 200
        assert "/hooks/" not in seen.content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "schedule"}, "cron"),
        ({"kind": "schedule", "cron": "61 * * * *"}, "cron"),
        ({"kind": "schedule", "cron": "0 0 30 2 *"}, "cron"),
        ({"kind": "schedule", "cron": "@daily", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"kind": "schedule", "every": 3, "unit": "seconds"}, "every"),
        ({"kind": "schedule", "every": 3, "unit": "moons"}, "unit"),
        ({"kind": "schedule", "cron": "@daily", "missed": "whatever"}, "missed"),
        ({"kind": "schedule", "cron": "@daily", "jitter_seconds": 10**6}, "jitter_seconds"),
        ({"kind": "schedule", "cron": "@daily", "catch_up": 1_000}, "catch_up"),
        ({"kind": "schedule", "cron": "@daily", "version_number": 9}, "version_number"),
        ({"kind": "schedule", "cron": "@daily", "input": {"=": "trigger."}}, "input"),
        ({"kind": "schedule", "cron": "@daily", "input": {"=": "nodes.a.output"}}, "input"),
        ({"kind": "schedule", "cron": "@daily", "condition": "true"}, "condition"),
        ({"kind": "webhook", "cron": "@daily"}, "cron"),
        ({"kind": "webhook", "condition": "trigger.payload."}, "condition"),
        ({"kind": "webhook", "signature": "hmac"}, "signing_secret"),
        ({"kind": "webhook", "signature": "hmac", "signing_secret": "short"}, "signing_secret"),
        ({"kind": "webhook", "signature_header": "no good header"}, "signature_header"),
        ({"kind": "webhook", "rate_per_minute": 0}, "rate_per_minute"),
        ({"kind": "moon"}, "kind"),
        ({"kind": "manual", "name": "  "}, "name"),
        ({"kind": "manual", "name": "x" * 101}, "name"),
    ],
)
def test_what_is_wrong_is_said_by_field(client_for: ClientFor, fields: dict[str, Any], wrong: str) -> None:
    workflow = make_workflow()
    answer = make(client_for(workflow.owner), workflow, **fields)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [wrong]
    assert not Trigger.objects.exists()


def test_a_change_keeps_what_is_not_given_and_leaves_a_record_without_secrets(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    made = make(client, workflow, kind="webhook", signature="hmac", signing_secret=SECRET).json()
    changed = client.patch(address(workflow, made["id"]), {"dedupe_seconds": 60})
    assert changed.status_code == 200
    assert changed.json()["has_signing_secret"] is True
    assert changed.json()["url"] == made["url"]
    client.patch(address(workflow, made["id"]), {"signing_secret": SECRET[::-1]})
    client.post(address(workflow, made["id"], "rotate"))
    records = AuditRecord.objects.filter(action__startswith="trigger.")
    assert sorted(records.values_list("action", flat=True)) == [
        "trigger.changed", "trigger.changed", "trigger.created", "trigger.rotated",
    ]  # fmt: skip
    told = "".join(f"{record.before} {record.after}" for record in records)
    assert SECRET not in told
    assert SECRET[::-1] not in told


def test_cron_and_interval_replace_each_other(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    made = make(client, workflow, kind="schedule", cron="@daily").json()
    every = client.patch(address(workflow, made["id"]), {"every": 2, "unit": "hours"}).json()
    assert (every["cron"], every["every"], every["description"]) == ("", 2, "Every 2 hours")
    again = client.patch(address(workflow, made["id"]), {"cron": "@hourly"}).json()
    assert (again["cron"], again["every"], again["anchor_at"]) == ("@hourly", None, None)


def test_fired_by_hand_a_trigger_starts_a_run_and_a_webhook_does_not(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    button = make(client, workflow, kind="manual", input={"a": 1}).json()
    hook = make(client, workflow, kind="webhook").json()
    answer = client.post(address(workflow, button["id"], "fire"))
    assert answer.status_code == 202
    assert Execution.objects.get().input == {"a": 1}
    assert client.post(address(workflow, hook["id"], "fire")).status_code == 409


def test_a_trigger_of_another_workflow_is_not_found(client_for: ClientFor) -> None:
    owner = make_user()
    one, two = make_workflow(owner), make_workflow(owner)
    client = client_for(owner)
    made = make(client, one, kind="schedule", cron="@daily").json()
    for answer in (
        client.get(address(two, made["id"])),
        client.patch(address(two, made["id"]), {"enabled": False}),
        client.delete(address(two, made["id"])),
        client.post(address(two, made["id"], "fire")),
    ):
        assert answer.status_code == 404


def test_a_workflow_has_only_so_many_triggers(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.workflows.services.triggers.MOST_TRIGGERS", 1)
    workflow = make_workflow()
    client = client_for(workflow.owner)
    assert make(client, workflow, kind="manual").status_code == 201
    assert make(client, workflow, kind="manual").status_code == 409
