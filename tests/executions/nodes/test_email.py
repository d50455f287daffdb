"""``email.send``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail

from tests.factories import fresh, make_workflow, node, start

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def letter(**changes: object) -> dict[str, object]:
    config = {"to": ["ann@example.test"], "subject": "Hello {{ input.name }}", "text": "Hi.", **changes}
    return node("mail", "action", {"action": "email.send", "with": config})


def test_a_mail_is_sent_with_a_message_id_of_its_own(drain: Drain) -> None:
    execution = start(make_workflow(nodes=[letter()]), {"name": "Ann"})
    drain()
    sent = mail.outbox[0]
    assert (sent.to, sent.subject, sent.body) == (["ann@example.test"], "Hello Ann", "Hi.")
    assert fresh(execution).steps.get().output["message_id"] == sent.extra_headers["Message-ID"]


@pytest.mark.parametrize("name", ["Ann\nBcc: all@example.test", "Ann\r\nX: y"])
def test_a_line_break_cannot_smuggle_a_header_in(drain: Drain, name: str) -> None:
    execution = start(make_workflow(nodes=[letter()]), {"name": name})
    drain()
    assert fresh(execution).error["code"] == "bad_config"
    assert mail.outbox == []


def test_an_address_that_is_none_is_refused(drain: Drain) -> None:
    workflow = make_workflow(nodes=[letter(to=["{{ input.name }}"])])
    execution = start(workflow, {"name": "nobody"})
    drain()
    assert "config.action" not in fresh(execution).error["message"]
    assert fresh(execution).error["code"] == "bad_config"
