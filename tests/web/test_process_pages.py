"""Stepping through a process on its pages, without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from process.domain.process import Choice, Process, Prompt
from process.domain.vocabulary import Behavior, Form, ResponseFormat
from process.models import Answer, ProcessVersion, Session
from process.services import sessions
from process.services.answering import save_answer
from process.services.journeys import answer_value
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db


def make_story() -> Process:
    """A talk with a required and a free prompt, a choice of scope, a map of two sections, an end; active."""
    name = make_prompt("name", node="talk", required=True)
    why = make_prompt("why", node="talk", max_length=20)
    first = make_section("origins", make_prompt("house", node="lanes"))
    second = make_section("work", make_prompt("day", node="lanes"), after="origins", minimum=1)
    process = make_process(
        make_node("talk", "aim", prompts=(name, why), text="Welcome."),
        make_node("aim", "lanes", form=Form.SCOPE, behavior=Behavior.FORK),
        make_node("lanes", "close", behavior=Behavior.ITERATIVE, sections=("origins", "work"), text="Rooms."),
        make_node("close", behavior=Behavior.INFORMATIONAL, text="Thank you.", optional=True),
        sections=(first, second),
    )
    activate(store(process))
    return process


def activate(version: ProcessVersion) -> None:
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)


def prompt_of(process: Process, key: str) -> Prompt:
    return next(prompt for prompt in process.prompts.values() if prompt.key == key)


def begun(visit: Visit, user: User | None = None) -> tuple[Client, Session, User]:
    user = user or make_user()
    return visit(user), sessions.start_session(user), user


def address(session: Session, step: str = "session", **more: Any) -> str:
    return reverse(f"process:{step}", kwargs={"pk": session.pk, **more})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field, empty for a page without it."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    return found[1] if found else ""


def send_screen(client: Client, session: Session, page: str, value: Any, **more: Any) -> HttpResponse:
    """What a browser sends for the one prompt that the page shows."""
    prompt = hidden(page, "prompt")
    form = {name: hidden(page, name) for name in ("revision", "following", "before", "prompt")}
    form |= {f"seen-{prompt}": hidden(page, f"seen-{prompt}"), f"value-{prompt}": value}
    return client.post(address(session, "answer"), {**form, "go": "next", **more})  # type: ignore[return-value]


def said(session: Session, prompt: Prompt) -> Any:
    return answer_value(Answer.objects.get(session=session, prompt=prompt.id))


def test_without_an_active_version_the_page_says_so_and_tells_staff_what_to_do(visit: Visit) -> None:
    page = visit(make_user()).get("/processes/").text
    assert "There is no process to step through yet" in page
    assert "activate it" not in page
    admin = make_user(role=Role.ADMIN)
    admin.is_staff = True
    admin.save()
    assert "activate it" in visit(admin).get("/processes/").text
    assert visit(make_user()).post("/processes/start/").status_code == 404


def test_a_process_is_stepped_through_from_its_beginning_to_its_end(visit: Visit) -> None:
    process = make_story()
    client = visit(make_user())
    assert "Begin" in client.get("/processes/").text
    assert client.post("/processes/start/").status_code == 302
    session = Session.objects.get()
    page = client.get(address(session)).text
    assert "What about name?" in page
    assert "Welcome." in page
    assert "What about why?" not in page
    answer = send_screen(client, session, page, "Ada")
    assert answer["Location"].endswith(f"?at={prompt_of(process, 'why').id}")
    page = client.get(answer["Location"]).text
    send_screen(client, session, page, "")
    page = client.get(address(session)).text
    assert "What would you like to tell about?" in page
    client.post(address(session, "scope"), {"scope_type": "unsure", "on": "1"})
    page = client.get(address(session)).text
    assert "0 of 1 answered" in page
    assert "Opens after one question is answered in “Origins”" in page
    client.post(address(session, "select-section"), {"section": "origins"})
    page = client.get(address(session)).text
    assert "Finish this section" in page
    send_screen(client, session, page, "A house by the sea.")
    assert "1 of 1 answered" in client.get(address(session)).text
    client.post(address(session, "advance"))
    client.post(address(session, "skip"))
    assert "You have come to the end" in client.get(address(session)).text
    review = client.get(address(session, "answers")).text
    assert "A house by the sea." in review
    assert "2 answers" in review


def test_a_stranger_and_an_admin_find_nothing(visit: Visit) -> None:
    make_story()
    _, session, _ = begun(visit)
    for other in (make_user(), make_user(role=Role.ADMIN)):
        client = visit(other)
        assert client.get(address(session)).status_code == 404
        assert client.get(address(session, "answers")).status_code == 404
        assert client.post(address(session, "delete")).status_code == 404
        assert str(session.pk) not in client.get("/processes/").text


def test_a_blank_keeps_what_was_said_and_the_person_is_told(visit: Visit) -> None:
    process = make_story()
    client, session, _ = begun(visit)
    send_screen(client, session, client.get(address(session)).text, "Ada")
    page = client.get(address(session) + f"?at={prompt_of(process, 'name').id}").text
    assert ">Ada</textarea>" in page
    send_screen(client, session, page, "  ")
    assert said(session, prompt_of(process, "name")) == "Ada"
    assert "Your answer is still there" in client.get(address(session)).text


def test_the_second_of_two_tabs_sees_both_answers_and_may_choose(visit: Visit) -> None:
    process = make_story()
    client, session, _ = begun(visit)
    first = second = client.get(address(session)).text
    send_screen(client, session, first, "Ada")
    refused = send_screen(client, session, second, "Adelheid")
    assert refused.status_code == 409
    assert ">Adelheid</textarea>" in refused.text
    assert "data-theirs>Ada<" in refused.text
    assert said(session, prompt_of(process, "name")) == "Ada"
    send_screen(client, session, refused.text, "Adelheid")
    assert said(session, prompt_of(process, "name")) == "Adelheid"


def test_a_tab_that_is_behind_keeps_its_answer_and_is_told_where_the_person_is(visit: Visit) -> None:
    process = make_story()
    client, session, user = begun(visit)
    old = client.get(address(session)).text
    save_answer(user, session.pk, prompt_id=prompt_of(process, "name").id, value="Ada")
    sessions.advance(user, session.pk)
    late = send_screen(client, session, old, "Ada")
    assert late.status_code == 409
    assert "in another tab" in late.text
    assert "What would you like to tell about?" in late.text
    assert client.post(address(session, "advance"), {"revision": "1"}).status_code == 409


def test_going_on_past_a_required_prompt_leads_to_it(visit: Visit) -> None:
    make_story()
    client, session, _ = begun(visit)
    told = client.post(address(session, "advance"))
    assert told.status_code == 409
    assert "This still needs an answer: What about name?" in told.text


def test_a_closed_section_is_not_entered(visit: Visit) -> None:
    process = make_story()
    client, session, user = begun(visit)
    save_answer(user, session.pk, prompt_id=prompt_of(process, "name").id, value="Ada")
    sessions.advance(user, session.pk)
    client.post(address(session, "scope"), {"scope_type": "unsure", "on": "1"})
    refused = client.post(address(session, "select-section"), {"section": "work"})
    assert refused.status_code == 409
    assert "Opens after one question is answered in “Origins”" in refused.text
    assert client.post(address(session, "select-section"), {"section": "none"}).status_code == 404


def test_an_answer_that_is_too_long_is_shown_again_as_it_was_typed(visit: Visit) -> None:
    process = make_story()
    client, session, _ = begun(visit)
    page = client.get(address(session) + f"?at={prompt_of(process, 'why').id}").text
    refused = send_screen(client, session, page, "<b>far too long for it</b>")
    assert refused.status_code == 400
    assert "Shorten it by" in refused.text
    assert "&lt;b&gt;far too long for it&lt;/b&gt;</textarea>" in refused.text
    assert not Answer.objects.exists()


def test_what_is_marked_private_is_shown_as_private(visit: Visit) -> None:
    process = make_story()
    client, session, _ = begun(visit)
    prompt = prompt_of(process, "name")
    send_screen(client, session, client.get(address(session)).text, "Ada", **{f"private-{prompt.id}": "1"})
    assert Answer.objects.get().tier == 3
    assert "Private" in client.get(address(session, "answers")).text


@pytest.mark.parametrize("prompt", ["nonsense", "00000000-0000-7000-8000-000000000000"])
def test_a_prompt_that_the_process_does_not_have_is_refused(visit: Visit, prompt: str) -> None:
    make_story()
    client, session, _ = begun(visit)
    assert client.post(address(session, "answer"), {"prompt": prompt}).status_code == 400


def test_ticks_and_choices_are_answers(visit: Visit) -> None:
    tick = make_prompt("tick", format=ResponseFormat.CHECKBOX)
    many = make_prompt(
        "many", format=ResponseFormat.MULTI_SELECT, choices=(Choice("a", "Apple"), Choice("b", "Berry"))
    )
    activate(store(make_process(make_node("talk", prompts=(tick, many), text="Hello."))))
    client, session, _ = begun(visit)
    form = {"prompt": [str(tick.id), str(many.id)], f"value-{tick.id}": "1", f"value-{many.id}": ["b", "a"]}
    form |= {"go": "review"}
    assert client.post(address(session, "answer"), form).status_code == 302
    assert (said(session, tick), said(session, many)) == (True, ["a", "b"])
    assert "Apple, Berry" in client.get(address(session, "answers")).text
    client.post(
        address(session, "answer"), {"prompt": [str(tick.id)], f"seen-{tick.id}": "1", "go": "review"}
    )
    assert said(session, tick) is False


def test_a_scope_that_ends_before_it_begins_is_refused(visit: Visit) -> None:
    make_story()
    client, session, _ = begun(visit)
    form = {
        "scope_type": "single_event",
        "description": "The flood",
        "time_period_start": "1981-01-01",
        "time_period_end": "1980-01-01",
    }
    refused = client.post(address(session, "scope"), form)
    assert refused.status_code == 400
    assert "The end lies before the beginning" in refused.text
    assert "The flood" in refused.text


def test_boundaries_are_agreed_to_unless_the_person_takes_the_tick_away(visit: Visit) -> None:
    make_story()
    client, session, _ = begun(visit)
    page = client.get(address(session, "profile")).text
    assert re.search(r'name="comfortable_discussing_trauma"[^>]*checked', page)
    client.post(address(session, "profile"), {"has_children": "on"})
    session = Session.objects.select_related("profile").get()
    assert session.profile.has_children is True
    assert session.profile.comfortable_discussing_trauma is False


def test_a_paused_session_rests_and_says_what_was_not_saved(visit: Visit) -> None:
    make_story()
    client, session, _ = begun(visit)
    page = client.get(address(session)).text
    client.post(address(session, "pause"))
    assert "Resting" in client.get(address(session)).text
    late = send_screen(client, session, page, "typed too late")
    assert late.status_code == 409
    assert "typed too late" in late.text
    client.post(address(session, "resume"))
    assert "What about name?" in client.get(address(session)).text


def test_everything_can_be_deleted(visit: Visit) -> None:
    make_story()
    client, session, _ = begun(visit)
    send_screen(client, session, client.get(address(session)).text, "Ada")
    assert client.post(address(session, "abandon")).status_code == 302
    assert "Ended early" in client.get(address(session)).text
    client.post(address(session, "delete"))
    assert not Session.objects.exists()
    assert not Answer.objects.exists()


def test_saving_while_typing_answers_with_the_new_revision_or_with_the_other_text(visit: Visit) -> None:
    process = make_story()
    client, session, _ = begun(visit)
    sent: dict[str, Any] = {"prompt": str(prompt_of(process, "name").id), "value": "A", "revision": 0}
    url = address(session, "save-answer")

    def save(**more: Any) -> tuple[int, Any]:
        answer = client.post(url, json.dumps({**sent, **more}), content_type="application/json")
        return answer.status_code, answer.json()

    status, kept = save()
    assert (status, kept["revision"], bool(kept["saved_at"])) == (200, 1, True)
    status, clash = save(value="B")
    assert (status, clash["code"], clash["value"], clash["revision"]) == (409, "answer_changed", "A", 1)
    assert save(value="", revision=1)[1]["revision"] == 1, "a blank changes nothing"
    assert [save(**{name: bad})[0] for name, bad in (("revision", "x"), ("prompt", 7), ("private", 1))] == [
        400,
        400,
        400,
    ]


def test_an_answer_is_changed_from_the_page_of_all_answers(visit: Visit) -> None:
    process = make_story()
    client, session, user = begun(visit)
    prompt = prompt_of(process, "name")
    save_answer(user, session.pk, prompt_id=prompt.id, value="Ada")
    sessions.advance(user, session.pk)
    link = address(session, "edit-answer", prompt_id=prompt.id)
    assert link in client.get(address(session, "answers")).text
    answer = send_screen(client, session, client.get(link).text, "Adelheid", go="review")
    assert answer["Location"] == address(session, "answers")
    assert said(session, prompt) == "Adelheid"
    other = address(session, "edit-answer", prompt_id=prompt_of(process, "house").id)
    assert client.get(other).status_code == 409, "that phase is not reached yet"


def test_pages_cost_the_same_however_much_there_is(
    visit: Visit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    process = make_story()
    client, session, user = begun(visit)
    for _ in range(15):
        sessions.start_session(user)
    save_answer(user, session.pk, prompt_id=prompt_of(process, "name").id, value="Ada")
    client.get("/processes/")
    with django_assert_num_queries(8):
        client.get("/processes/")
    with django_assert_num_queries(7):
        client.get(address(session))
    with django_assert_num_queries(13):
        client.get(address(session, "answers"))
