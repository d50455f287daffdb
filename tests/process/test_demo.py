"""The demo brings one process that can be begun, and a session of it that is half told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.executions.models import Execution
from process.demo import load
from process.models import Answer, Disclosure, ProcessVersion, Session, Synthesis
from process.services.sessions import start_session
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bob() -> User:
    return make_user("bob")


def test_the_demo_brings_the_life_story_once(bob: User) -> None:
    assert load(bob) == "", "nobody is there to activate it"
    make_user(role=Role.ADMIN)
    assert load(bob) == "Process “Life story 1” can be begun; an example of it is half told."
    assert load(bob) == ""
    version = ProcessVersion.objects.get()
    assert version.is_active
    assert Session.objects.get().user == bob
    assert start_session(bob).process_version == version


def test_the_example_is_half_told_and_says_that_it_was_generated(
    bob: User, drain: Callable[[], None]
) -> None:
    make_user(role=Role.ADMIN)
    load(bob)
    drain()
    session = Session.objects.get()
    assert session.status == "active"
    assert session.current_node.node_key == "sections"
    assert session.book.title.open().endswith("(generated)")
    done = session.section_statuses.filter(status="completed").values_list("section__section_key", flat=True)
    assert sorted(done) == ["childhood", "origins"]
    assert Answer.objects.filter(session=session).count() >= 15
    texts = Synthesis.objects.values_list("section__section_key", "origin", "version", "user_approved")
    assert sorted(texts) == [("childhood", "offline", 1, None), ("origins", "offline", 1, True)]
    private = Answer.objects.get(is_private=True).content.open()
    assert "second brother" in private
    assert not [text for text in Synthesis.objects.all() if "second brother" in text.content.open()]
    assert set(Disclosure.objects.values_list("outcome", flat=True)) == {"local"}
    assert set(Execution.objects.values_list("status", flat=True)) == {"completed"}


def test_its_pages_show_it(bob: User, client: Client) -> None:
    make_user(role=Role.ADMIN)
    load(bob)
    client.force_login(bob)
    assert "Example: the house above the harbour (generated)" in client.get("/processes/").content.decode()
    root = f"/processes/sessions/{Session.objects.get().pk}/"
    chapters = client.get(f"{root}chapters/").content.decode()
    assert re.search(r"\b1 of \d+ approved", chapters)
    assert "the goose was tired" not in chapters, "nobody asked for a chapter of that section"
    book = client.get(f"{root}book/").content.decode()
    assert "Nobody: an invented life" in book
    assert "Origins" in book
