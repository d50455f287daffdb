"""Pages of help with writing: choice, chapters, patterns, questions, the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from orchestrator.core import json
from process.models import Archetype, FollowUp, HelpRequest, Synthesis
from process.services import sessions
from process.services.assistance import choose_assistance
from tests.ai.wire import error, speaking
from tests.process.helping.scene import GOOD, MARKER, Scene, make_scene
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def address(scene: Scene, page: str, **more: Any) -> str:
    return reverse(f"process:{page}", kwargs={"pk": scene.session.pk, **more})


def written(client: Client, scene: Scene, drain: Drain, **more: str) -> Synthesis:
    """A draft of the section, as its page has it made."""
    client.post(address(scene, "make-text"), {"section": "origins", **more})
    drain()
    return Synthesis.objects.latest("id")


def test_the_choice_says_what_is_sent_and_what_never_is(
    visit: Visit, scene: Scene, settings: Settings
) -> None:
    client = visit(scene.user)
    page = client.get(address(scene, "assistance")).text
    assert "2 of your answers may be used" in page
    assert "private questions (2 now)" in page
    assert "boundaries leave out (1 now)" in page
    assert "Google Gemini" not in page, "there is no key for it"
    refused = client.post(address(scene, "assistance"), {"provider": "gemini"})
    assert refused.status_code == 400
    with speaking(settings, "groq", GOOD):
        assert "Leaves this server" in client.get(address(scene, "assistance")).text
        assert client.post(address(scene, "assistance"), {"provider": "groq"}).status_code == 302
        assert "what you have made is sent there" in client.get(address(scene, "chapters")).text


def test_a_draft_is_asked_for_read_with_its_sources_and_approved(
    visit: Visit, scene: Scene, drain: Drain
) -> None:
    client = visit(scene.user)
    assert "Make a draft" in client.get(address(scene, "chapters")).text
    client.post(address(scene, "make-text"), {"section": "origins"})
    waiting = client.get(address(scene, "chapters")).text
    state = address(scene, "help-state", request_id=HelpRequest.objects.get().pk)
    assert "Waiting for its turn" in waiting
    assert f'hx-get="{state}?room"' in waiting
    drain()
    assert "Ready: look at it" in client.get(state).text
    text = Synthesis.objects.get()
    page = client.get(address(scene, "chapter", text_id=text.pk)).text
    assert "Made by offline rules, no AI" in page
    assert f'id="from-{scene.answer("house").pk}"' in page
    assert "(connecting sentence)" in page
    assert MARKER not in page
    client.post(address(scene, "approve-chapter", text_id=text.pk))
    text.refresh_from_db()
    assert (text.synthesis_type, text.user_approved, text.is_provisional) == ("chapter", True, False)
    client.post(address(scene, "approve-chapter", text_id=text.pk), {"approved": "0"})
    text.refresh_from_db()
    assert (text.synthesis_type, text.user_approved, text.is_provisional) == ("draft", False, True)


def test_what_the_person_changes_is_a_new_version_and_what_they_left_keeps_its_sources(
    visit: Visit, scene: Scene, drain: Drain
) -> None:
    client = visit(scene.user)
    text = written(client, scene, drain)
    edit = address(scene, "edit-chapter", text_id=text.pk)
    old = text.content.open()
    new = old.replace("In the morning my father whistled.", "He whistled <b>loudly</b>.")
    answer = client.post(edit, {"content": new, "seen": "1"})
    mine = Synthesis.objects.latest("id")
    assert answer["Location"] == address(scene, "chapter", text_id=mine.pk)
    assert (mine.origin, mine.version) == ("person", 2)
    page = client.get(answer["Location"]).text
    assert "He whistled &lt;b&gt;loudly&lt;/b&gt;." in page
    assert "(your own words)" in page
    assert f'id="from-{scene.answer("house").pk}"' in page
    late = client.post(edit, {"content": f"{old} More.", "seen": "1"})
    assert late.status_code == 409
    assert "More.</textarea>" in late.text
    assert client.post(edit, {"content": "  ", "seen": "2"}).status_code == 400
    compare = client.get(address(scene, "compare-chapters", text_id=text.pk, other_id=mine.pk)).text
    assert "<del>" in compare
    assert "&lt;b&gt;loudly&lt;/b&gt;" in compare


def test_there_is_one_chapter_of_a_section_at_a_time(visit: Visit, scene: Scene, drain: Drain) -> None:
    client = visit(scene.user)
    first = written(client, scene, drain)
    client.post(address(scene, "approve-chapter", text_id=first.pk))
    second = written(client, scene, drain)
    client.post(address(scene, "approve-chapter", text_id=second.pk))
    approved = Synthesis.objects.filter(user_approved=True).values_list("version", "synthesis_type")
    assert list(approved) == [(2, "chapter")]


def test_what_went_wrong_is_said_with_what_to_do(
    visit: Visit, scene: Scene, drain: Drain, settings: Settings
) -> None:
    client = visit(scene.user)
    with speaking(settings, "groq", error(401, "plums")):
        choose_assistance(scene.user, scene.session.pk, provider="groq")
        client.post(address(scene, "make-text"), {"section": "origins"})
        drain()
    page = client.get(address(scene, "chapters")).text
    assert "did not accept the key" in page
    assert "Try again" in page
    choose_assistance(scene.user, scene.session.pk, provider="off")
    refused = client.post(address(scene, "make-text"), {"section": "origins"})
    assert refused.status_code == 409
    assert "nothing is made of your answers" in refused.text
    assert client.post(address(scene, "make-text"), {"section": "none"}).status_code == 404


def test_what_was_sent_is_shown_word_by_word(
    visit: Visit, scene: Scene, drain: Drain, settings: Settings
) -> None:
    client = visit(scene.user)
    assert "Nothing was sent" in client.get(address(scene, "sent")).text
    written(client, scene, drain)
    assert "Nothing left this server" in client.get(address(scene, "sent")).text
    with speaking(settings, "groq", GOOD):
        choose_assistance(scene.user, scene.session.pk, provider="groq")
        written(client, scene, drain, feedback="Warmer & <shorter>")
    page = client.get(address(scene, "sent")).text
    assert "Warmer &amp; &lt;shorter&gt;" in page
    assert "My aunt Rosa came on Sundays." in page
    assert MARKER not in page


def test_a_further_question_is_asked_replied_to_and_put_away(
    visit: Visit, scene: Scene, drain: Drain
) -> None:
    client = visit(scene.user)
    prompt = scene.prompt("house")
    below = address(scene, "further", prompt_id=prompt)
    assert "Ask me something about this" in client.get(below).text
    for key in ("deep", "marked", "love"):
        assert client.get(address(scene, "further", prompt_id=scene.prompt(key))).text.strip() == ""
    assert "Thinking of a question" in client.post(address(scene, "ask-further", prompt_id=prompt)).text
    drain()
    further = FollowUp.objects.get()
    assert further.question.open() in client.get(below).text
    url = address(scene, "save-reply", further_id=further.pk)

    def save(**sent: Any) -> tuple[int, Any]:
        answer = client.post(url, json.dumps(sent), content_type="application/json")
        return answer.status_code, answer.json()

    assert save(value="A waltz.", revision=0)[1]["revision"] == 1
    assert save(value="", revision=1)[1]["revision"] == 1, "a blank leaves what is there"
    status, clash = save(value="A march.", revision=0)
    assert (status, clash["code"], clash["value"]) == (409, "answer_changed", "A waltz.")
    assert save(value=1, revision=1)[0] == 400
    assert "A waltz." in client.get(address(scene, "answers")).text
    client.post(address(scene, "dismiss-further", further_id=further.pk))
    assert client.get(below).text.strip() == ""


def test_patterns_come_when_it_is_time_and_when_asked(visit: Visit, scene: Scene, drain: Drain) -> None:
    client = visit(scene.user)
    assert "Not yet" in client.get(address(scene, "patterns")).text
    assert client.post(address(scene, "find-patterns")).status_code == 409
    for _ in range(3):
        sessions.advance(scene.user, scene.session.pk)
    assert "Patterns in your story" in client.get(address(scene, "session")).text
    client.post(address(scene, "find-patterns"))
    drain()
    Archetype.objects.create(
        session=scene.session, archetype_type="care", confidence_score="0.8", narrative_shape="Round."
    )
    page = client.get(address(scene, "patterns")).text
    assert "Show me" in page
    assert "Round." not in page
    client.post(address(scene, "show-patterns"))
    assert "Round." in client.get(address(scene, "patterns")).text
    pattern = Archetype.objects.get(archetype_type="care")
    judge = address(scene, "judge-pattern", pattern_id=pattern.pk)
    client.post(judge, {"confirmed": "0", "words": "I was a <daughter>."})
    page = client.get(address(scene, "patterns")).text
    assert "Not you" in page
    assert "I was a &lt;daughter&gt;." in page


def test_pages_cost_the_same_however_much_there_is(
    visit: Visit, scene: Scene, drain: Drain, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = visit(scene.user)
    texts = [written(client, scene, drain) for _ in range(3)]
    pages = {
        address(scene, "chapters"): 12,
        address(scene, "chapter", text_id=texts[0].pk): 13,
        address(scene, "sent"): 6,
        address(scene, "patterns"): 12,
        address(scene, "assistance"): 12,
    }
    for page, queries in pages.items():
        client.get(page)
        with django_assert_num_queries(queries, info=page):
            client.get(page)
