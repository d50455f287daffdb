"""The form in which an answer is edited: fields and rows, with and without a script, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from orchestrator.core.errors import InvalidInput
from tests.trading.strategy.sessions.scene import Drain, make_scene, make_steps, step_of
from tests.trading.strategy.web.test_moving import waiting
from tests.workspaces.test_pages import client_of
from trading.strategy.models import StrategicStep
from trading.strategy.services.reviewing import schema_of
from trading.strategy.web.edit_form import EditForm, is_free_form
from trading.strategy.web.rows import moved

pytestmark = pytest.mark.django_db(transaction=True)
FREE = {"step_type": "scouting", "instructions": "Say what is worth a look."}


def sent_by(step: StrategicStep, schema: Any) -> dict[str, Any]:
    """What a browser sends of the form as it is first shown."""
    form = EditForm(step, schema)
    parts = [*([form.output] if form.output else []), form.rest]
    told: dict[str, Any] = {}
    for rows in form.rows:
        told[f"{rows.prefix}-count"] = str(len(rows.forms))
        parts += rows.forms
    for part in parts:
        for field in part:
            value = field.value()
            told[field.html_name] = "" if value is None else value
    return told


def begun(drain: Drain, step_type: str) -> tuple[StrategicStep, Any, str]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, {"step_type": step_type}))
    drain()
    return step_of(session), client_of(scene.user), f"/strategy/sessions/{session.pk}/steps/0/edit/"


@pytest.mark.parametrize("step_type", ["situation", "threats", "resources", "recommendation", "plan"])
def test_no_built_in_step_asks_for_json_and_what_is_left_alone_stays(drain: Drain, step_type: str) -> None:
    step, client, path = begun(drain, step_type)
    before, advice = step.output, list(step.recommendations.values("title", "citations", "confidence_score"))
    page = client.get(path).content.decode()
    assert "font-mono" not in page
    assert "As JSON" not in page

    answer = client.post(path, sent_by(step, schema_of(step)))

    assert answer.status_code == 302
    step.refresh_from_db()
    assert (step.output, step.edited) == (before, True)
    assert list(step.recommendations.values("title", "citations", "confidence_score")) == advice


def test_rows_are_added_moved_and_taken_out_before_anything_is_stored(drain: Drain) -> None:
    step, client, path = begun(drain, "situation")
    told = sent_by(step, schema_of(step))
    known = [each["point"] for each in (step.output or {})["strengths"]]

    added = client.post(path, {**told, "act": "add:output-strengths"}).content.decode()
    assert f'name="output-strengths-{len(known)}-point"' in added
    assert "autofocus" in added
    part = client.post(path, {**told, "act": "remove:output-strengths:0"}, headers={"HX-Request": "true"})
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)
    assert client.post(path, {**told, "act": "remove:output-strengths:99"}).status_code == 400
    step.refresh_from_db()
    assert [each["point"] for each in (step.output or {})["strengths"]] == known, "nothing is stored yet"

    more = {"output-strengths-count": str(len(known) + 1), f"output-strengths-{len(known)}-point": "New"}
    assert client.post(path, {**told, **more}).status_code == 302
    step.refresh_from_db()
    assert [each["point"] for each in (step.output or {})["strengths"]] == [*known, "New"]


def test_faults_stand_beside_their_rows_and_nothing_is_lost(drain: Drain) -> None:
    step, client, path = begun(drain, "plan")
    told = sent_by(step, schema_of(step))

    refused = client.post(path, {**told, "output-tasks-0-name": "", "output-tasks-0-measure": "Mine"})
    page = refused.content.decode()
    assert (refused.status_code, "Mine" in page, "This field is required" in page) == (400, True, True)
    far = client.post(path, {**told, "output-tasks-0-within_days": "999", "confidence": "101"})
    assert (far.status_code, "365" in far.content.decode()) == (400, True)
    none = client.post(path, {**told, "output-tasks-count": "0"})
    assert (none.status_code, "non-empty" in none.content.decode()) == (400, True)


def test_a_recommendation_is_written_with_what_it_rests_on(drain: Drain) -> None:
    step, client, path = begun(drain, "situation")
    told = sent_by(step, schema_of(step))
    fact = EditForm(step, schema_of(step)).advice.forms[0].fields["citations"].choices[-1][0]
    new = {
        "advice-count": "1", "advice-0-title": "Build more", "advice-0-detail": "Soon.",
        "advice-0-confidence": "62.5", "advice-0-citations": [fact], "confidence": "40", "comment": "Mine",
    }  # fmt: skip

    assert client.post(path, {**told, **new, "advice-0-citations": []}).status_code == 400
    assert client.post(path, {**told, **new}).status_code == 302

    step.refresh_from_db()
    only = step.recommendations.get()
    assert (only.title, only.confidence_score, step.confidence_score) == ("Build more", 0.625, 0.4)
    kind, name = fact.split("|", 1)
    assert [(each["kind"], each["fact"]) for each in only.citations] == [(kind, name)]


def test_only_a_free_form_falls_back_to_json(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, FREE))
    drain()
    client, path = client_of(scene.user), f"/strategy/sessions/{session.pk}/steps/0/edit/"
    assert "As JSON" in client.get(path).content.decode()

    wrong = client.post(path, {"output-json": "{", "advice-count": "0"})
    assert (wrong.status_code, "not JSON" in wrong.content.decode()) == (400, True)
    assert client.post(path, {"output-json": '{"systems": ["Jita"]}', "advice-count": "0"}).status_code == 302
    assert step_of(session).output == {"systems": ["Jita"]}


def test_an_answer_is_edited_as_json_where_somebody_asks_for_it(drain: Drain) -> None:
    _, _, client, path = waiting(drain)
    wrong = client.post(f"{path}steps/0/edit/?as=json", {"output-json": '{"summary": 5}'})
    assert (wrong.status_code, "not of type" in wrong.content.decode()) == (400, True)


def test_schemas_that_have_fields_are_no_free_forms() -> None:
    assert is_free_form({"type": "object"})
    assert is_free_form({"properties": {"deep": {"type": "object"}}})
    assert not is_free_form({"properties": {"names": {"type": "array", "items": {"type": "string"}}}})


def test_a_row_moves_with_all_that_was_typed() -> None:
    data = QueryDict("l-count=2&l-0-a=1&l-0-c=x&l-0-c=y&l-1-a=2&l-10-a=no&other=5")

    fresh, focus = moved(data, "down:l:0")

    assert (fresh["l-0-a"], fresh["l-1-a"], fresh.getlist("l-1-c")) == ("2", "1", ["x", "y"])
    assert (focus.row, fresh["other"], fresh["l-count"]) == ("l-1", "5", "2")
    assert moved(data, "up:l:0")[0]["l-0-a"] == "1", "the first stays the first"
    for act in ("remove:l:2", "remove:l:x", "shuffle:l:0", "up:none:0"):
        with pytest.raises(InvalidInput):
            moved(data, act)
