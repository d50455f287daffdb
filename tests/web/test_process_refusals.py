"""Bad input on the pages of guided processes: each told in words, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from process.domain.conditions import compile_condition
from process.domain.process import Choice, Process
from process.domain.vocabulary import Behavior, ResponseFormat
from process.models import Answer, Session, SessionScope
from process.services import sessions
from process.services.answering import save_answer
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store
from tests.rls.world import rows_of
from tests.web.conftest import Visit
from tests.web.test_process_pages import activate, address, prompt_of

pytestmark = pytest.mark.django_db

NOBODY = "00000000-0000-7000-8000-000000000000"


def make_story() -> Process:
    """A required, a short and a chosen prompt in a phase whose only way on asks for a scope."""
    named = make_prompt("name", required=True)
    short = make_prompt("short", max_length=5)
    fruit = make_prompt("fruit", format=ResponseFormat.MULTI_SELECT, choices=(Choice("a", "Apple"),))
    open_one = make_section("origins", make_prompt("house"))
    locked = make_section("work", make_prompt("day"), after="origins", minimum=1)
    talk = make_node(
        "talk",
        ("close", compile_condition("scope_match", "whole_life")),
        prompts=(named, short, fruit),
        behavior=Behavior.ITERATIVE,
        sections=("origins", "work"),
    )
    process = make_process(talk, make_node("close", text="End."), sections=(open_one, locked))
    activate(store(process))
    return process


def answered(key: str, value: Any) -> Callable[[Process], dict[str, Any]]:
    def form(process: Process) -> dict[str, Any]:
        prompt = prompt_of(process, key).id
        return {"prompt": str(prompt), f"value-{prompt}": value, "go": "next"}

    return form


PERIOD = {"scope_type": "unsure", "time_period_start": "1990-01-01", "time_period_end": "1989-12-31"}
REFUSED: dict[str, tuple[str, Callable[[Process], dict[str, Any]], int, str]] = {
    "an unknown prompt": ("answer", lambda _: {"prompt": NOBODY, "go": "next"}, 400, "has no such prompt"),
    "over length": ("answer", answered("short", "x" * 6), 400, "6 characters; 5 fit"),
    "not offered": ("answer", answered("fruit", ["plum"]), 400, "not one of the choices"),
    "a locked section": ("answer", answered("day", "Early."), 409, "is not open yet"),
    "selecting it": ("select-section", lambda _: {"section": "work"}, 409, "Opens after one question"),
    "open prompts": ("advance", lambda _: {}, 409, "This still needs an answer"),
    "an end before the start": ("scope", lambda _: PERIOD, 400, "before the beginning"),
    "an unknown scope": ("scope", lambda _: {"scope_type": "all"}, 400, "not one of the available"),
    "what cannot be left out": ("skip", lambda _: {}, 409, "cannot be skipped"),
    "before the beginning": ("back", lambda _: {}, 409, "This is the beginning"),
    "a revision that is none": ("pause", lambda _: {"revision": "x"}, 400, "unreadable"),
    "pausing what moved on": ("pause", lambda _: {"revision": "99"}, 409, "has moved on"),
    "ending what moved on": ("abandon", lambda _: {"revision": "99"}, 409, "has moved on"),
}


@pytest.mark.parametrize(("step", "form", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_told_and_changes_nothing(
    visit: Visit, step: str, form: Callable[[Process], dict[str, Any]], status: int, words: str
) -> None:
    process, user = make_story(), make_user()
    session = sessions.start_session(user)
    client, before = visit(user), kept()
    answer = client.post(address(session, step), form(process))
    assert answer.status_code == status
    assert words in answer.text
    assert kept() == before


def test_edges_that_all_fail_are_told_and_nothing_changes(visit: Visit) -> None:
    way = ("close", compile_condition("scope_match", "whole_life"))
    talk = make_node("talk", way, prompts=(make_prompt("name"),))
    activate(store(make_process(talk, make_node("close", text="End."))))
    user = make_user()
    session = sessions.start_session(user)
    client, before = visit(user), kept()
    answer = client.post(address(session, "advance"))
    assert answer.status_code == 409
    assert "No way leads on from “Talk” for what you chose and answered." in answer.text
    client.logout()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    told = client.post(f"/api/v1/process/sessions/{session.pk}/advance/", {}, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (409, "dead_end")
    assert kept() == before


def test_an_answer_that_is_removed_stands_in_its_field_once_more(visit: Visit) -> None:
    process, user = make_story(), make_user()
    session = sessions.start_session(user)
    prompt = prompt_of(process, "name").id
    save_answer(user, session.pk, prompt_id=prompt, value="Ada")
    form = {"prompt": str(prompt), f"value-{prompt}": "Ada"}
    url = address(session, "remove-answer", prompt_id=prompt)
    client = visit(user)
    late = client.post(url, {**form, f"seen-{prompt}": "0"})
    assert (late.status_code, Answer.objects.count()) == (409, 1)
    removed = client.post(url, {**form, f"seen-{prompt}": "1"})
    assert "Your answer is removed." in removed.text
    assert ">Ada</textarea>" in removed.text
    assert not Answer.objects.exists()


def kept() -> list[set[str]]:
    return [rows_of(table._meta.db_table) for table in (Answer, Session, SessionScope)]
