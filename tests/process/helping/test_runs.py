"""Help as runs of built-in workflows: what is sent, what is kept, and what stands nowhere."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import Settings

from orchestrator.ai.models import AiCall
from orchestrator.core import json
from orchestrator.core.errors import NotFound, WrongState
from orchestrator.executions.models import Execution
from orchestrator.graphs.problems import errors_in
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.versions import check_graph
from process.domain.texts import read
from process.domain.vocabulary import Help
from process.models import (
    Archetype,
    Disclosure,
    FollowUp,
    Synthesis,
)
from process.queries.helping import state_of
from process.services import sessions
from process.services.builtin import WORKFLOWS, builtin_workflow, graph_of
from process.services.further import dismiss_question, save_reply
from process.services.helping import (
    NothingToGoBy,
    ask_for_patterns,
    ask_for_question,
)
from process.services.patterns import judge_pattern, reveal_patterns
from tests.ai.wire import error, speaking
from tests.factories import make_user
from tests.process.helping.scene import GOOD, HOUSE, MARKER, PEOPLE, Drain, Scene, by_groq, draft, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.mark.parametrize("help", Help)
def test_the_built_in_graphs_are_valid_and_made_once(help: Help) -> None:
    assert errors_in(check_graph(graph_of(help), internal=True)) == []
    account, workflow = builtin_workflow(help)
    assert builtin_workflow(help)[1] == workflow
    assert not account.is_active
    assert not account.has_usable_password()
    assert (workflow.pk, workflow.is_public) == (WORKFLOWS[help][0], False)
    assert not Workflow.objects.visible_to(make_user()).exists()


def test_without_a_choice_the_offline_rules_write_and_nothing_leaves(scene: Scene, drain: Drain) -> None:
    request = draft(scene)
    assert state_of(request).word == "waiting"
    drain()
    request.refresh_from_db()
    assert state_of(request).word == "done"
    text = Synthesis.objects.get()
    assert (text.origin, text.version, text.user_approved, text.is_provisional) == ("offline", 1, None, True)
    said = [sentence.text for paragraph in read(text.content.open(), text.sources) for sentence in paragraph]
    assert "We lived above the harbour." in said
    assert "She brought plums." in said
    assert MARKER not in text.content.open()
    record = Disclosure.objects.get()
    assert (record.provider, record.outcome, record.text.open()) == ("offline", "local", "")


def test_a_provider_is_given_what_may_leave_and_every_sentence_has_its_answers(
    scene: Scene, drain: Drain, settings: Settings
) -> None:
    with speaking(settings, "groq", GOOD) as server:
        by_groq(scene)
        draft(scene)
        drain()
    body = server.received[0].body.decode()
    for part in ("above the harbour", "aunt Rosa", "Write as they speak.", "Keep it plain."):
        assert part in body
    assert MARKER not in body
    text = Synthesis.objects.get()
    assert text.content.open().startswith("My father whistled above the harbour. Then it was Sunday.")
    [[first, second, third]] = read(text.content.open(), text.sources)
    assert first.answers == (scene.answer("house").pk,)
    assert (second.kind, second.answers) == ("connecting", ())
    assert third.answers == (scene.answer("people").pk,)
    assert text.origin == "ai"
    record = Disclosure.objects.get()
    assert (record.provider, record.outcome) == ("groq", "answered")
    assert set(record.answer_ids) == {scene.answer("house").pk, scene.answer("people").pk}
    assert HOUSE in record.text.open()
    sent = json.loads(server.received[0].body)
    told = [part for message in sent["messages"] for part in message["content"].split("\n")]
    assert set(record.text.open().split("\n")) <= set(told), "what is recorded is what was sent"


def test_asked_again_the_feedback_goes_along_and_what_was_written_by_hand_does_not(
    scene: Scene, drain: Drain, settings: Settings
) -> None:
    with speaking(settings, "groq", GOOD) as server:
        by_groq(scene)
        draft(scene)
        drain()
        draft(scene, feedback="Shorter, please.")
        drain()
    body = server.received[1].body.decode()
    assert "Shorter, please." in body
    assert "Aunt Rosa brought plums." in body
    assert "Then it was Sunday." not in body
    assert sorted(Synthesis.objects.values_list("version", flat=True)) == [1, 2]
    assert "Shorter, please." in Disclosure.objects.order_by("-id")[0].text.open()


def test_nothing_of_it_stands_in_any_table_in_clear(
    scene: Scene, drain: Drain, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The text of every column of every table, and the log, have no word of what was said or written."""
    caplog.set_level("DEBUG")
    quoting = error(400, f"You said: {PEOPLE} plums plums plums")
    with speaking(settings, "groq", "not JSON: my father whistled", GOOD, quoting):
        by_groq(scene)
        draft(scene)
        drain()
        draft(scene, feedback="About the plums.")
        drain()
    assert Synthesis.objects.count() == 1
    assert Execution.objects.order_by("-id")[0].error["code"] == "rejected"
    found = {
        table for table, text in everything() if any(word in text for word in ("plums", "whistled", MARKER))
    }
    assert found == set()
    assert "plums" not in caplog.text
    assert "whistled" not in caplog.text


def everything() -> list[tuple[str, str]]:
    """Each row of each table as text."""
    rows = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind IN ('r', 'p') AND nspname = 'public'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} AS t")
            rows += [(table, text) for (text,) in cursor.fetchall()]
    return rows


def test_the_search_finds_what_stands_in_clear(scene: Scene) -> None:
    """The control."""
    make_user("plums")
    assert ("accounts_user" in {table for table, text in everything() if "plums" in text}) is True


def test_the_person_pays_and_the_run_holds_ids_and_counts(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", GOOD):
        by_groq(scene)
        request = draft(scene)
        drain()
    call = AiCall.objects.get()
    assert (call.user_id, call.execution_id, call.status) == (
        scene.user.pk,
        request.execution_id,
        "succeeded",
    )
    run = Execution.objects.get(pk=request.execution_id)
    assert run.started_by == scene.user
    assert run.input == {"request": str(request.pk)}
    assert run.output == {"outcome": "made", "answers": 2}
    assert run.metrics["tokens"] == 19


def test_a_further_question_rests_on_one_answer(scene: Scene, settings: Settings, drain: Drain) -> None:
    with speaking(settings, "groq", '{"question": "What did he whistle?"}') as server:
        by_groq(scene)
        ask_for_question(scene.user, scene.session.pk, prompt=scene.prompt("house"))
        drain()
    body = server.received[0].body.decode()
    assert "harbour" in body
    assert "Rosa" not in body
    further = FollowUp.objects.get()
    assert further.question.open() == "What did he whistle?"
    with pytest.raises(WrongState, match="already"):
        ask_for_question(scene.user, scene.session.pk, prompt=scene.prompt("house"))
    for key in ("deep", "marked", "love"):
        with pytest.raises(NothingToGoBy):
            ask_for_question(scene.user, scene.session.pk, prompt=scene.prompt(key))


def test_a_reply_is_a_source_until_the_question_is_dismissed(scene: Scene, drain: Drain) -> None:
    ask_for_question(scene.user, scene.session.pk, prompt=scene.prompt("house"))
    drain()
    further = FollowUp.objects.get()
    save_reply(scene.user, scene.session.pk, further.pk, value="He whistled a waltz.")
    draft(scene)
    drain()
    assert "He whistled a waltz." in Synthesis.objects.latest("id").content.open()
    dismiss_question(scene.user, scene.session.pk, further.pk)
    draft(scene)
    drain()
    assert "waltz" not in Synthesis.objects.latest("id").content.open()


def test_patterns_wait_until_it_is_time_and_rest_on_words_that_were_said(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    quotes = [{"quote": text, "answer": "A2"} for text in ("She brought plums.", "She never came.")]
    seen = {"type": "care", "confidence": 0.7, "themes": ["Sundays"], "shape": "Round.", "evidence": quotes}
    unsure = {**seen, "type": "turn", "confidence": 0.2}
    invented = {**seen, "type": "making", "evidence": [{"quote": "I built it.", "answer": "A1"}]}
    reply = json.dumps({"archetypes": [seen, unsure, invented]}).decode()
    with speaking(settings, "groq", reply):
        by_groq(scene)
        with pytest.raises(WrongState, match="3 approved chapters"):
            ask_for_patterns(scene.user, scene.session.pk)
        for _ in range(3):
            sessions.advance(scene.user, scene.session.pk)
        ask_for_patterns(scene.user, scene.session.pk)
        drain()
    assert set(Archetype.objects.values_list("archetype_type", "revealed_to_user")) == {
        ("care", False), ("turn", False)}  # fmt: skip
    assert reveal_patterns(scene.user, scene.session.pk) == 1
    shown = Archetype.objects.get(revealed_to_user=True)
    assert [each["quote"] for each in json.loads(shown.evidence.open())] == ["She brought plums."]
    judged = judge_pattern(scene.user, scene.session.pk, shown.pk, confirmed=False, words="Not care: love.")
    assert judged.user_confirmed is False
    judged.refresh_from_db()
    assert judged.user_reframed.open() == "Not care: love."
    with pytest.raises(NotFound):
        judge_pattern(
            scene.user, scene.session.pk, Archetype.objects.get(archetype_type="turn").pk, confirmed=True
        )
