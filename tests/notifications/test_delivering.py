"""Sending: retries, giving up, sending twice, and what is no longer needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.models import Approval, Notification, NotificationState
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.services.notifications import delivering
from orchestrator.executions.services.notifications.delivering import LEASE, MAX_ATTEMPTS, claim, deliver_due
from orchestrator.executions.services.notifications.expanding import expand_due
from orchestrator.executions.services.notifications.forgetting import forget_old_notifications
from orchestrator.executions.services.notifications.mails import send_mail
from orchestrator.executions.services.notifications.messages import compose
from tests.factories import make_user, make_workflow, node, start
from tests.notifications.conftest import MailServer, Send

Drain = Callable[[], None]


def waiting(*, address: str = "ann@example.test", **fields: Any) -> Notification:
    owner = fields.pop("owner", None) or make_user()
    values = {
        "kind": "test", "medium": "email", "workflow": make_workflow(owner), "recipient": owner,
        "address": address, "subject": "Hello", "dedupe_key": f"key {address}",
    }  # fmt: skip
    return Notification.objects.create(**{**values, **fields})


def asked(drain: Drain, *people: User, **config: Any) -> Approval:
    names = [f"user:{each.username}" for each in people]
    start(make_workflow(nodes=[node("ask", "human", {"title": "Pay?", "approvers": names, **config})]))
    drain()
    return Approval.objects.latest("id")


@pytest.mark.django_db
def test_a_mail_says_what_happened_in_text_and_html(
    drain: Drain, send: Send, mail_server: MailServer
) -> None:
    boom = node("boom", "end", {"status": "failed", "output": "Out of <b>paper</b> & ink"})
    owner = make_user("ann", time_zone="Asia/Tokyo")
    run = start(make_workflow(owner, nodes=[boom], name="Nightly\r\nBcc: evil@example.test"))
    drain()
    assert send().sent == 1
    [mail] = mail_server.mails
    assert mail["To"] == "ann@example.test"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Out of <b>paper</b> & ink" in text.get_content()
    assert "Out of &lt;b&gt;paper&lt;/b&gt; &amp; ink" in html.get_content()
    assert f"/executions/{run.pk}/" in text.get_content()
    assert "JST" in text.get_content()
    assert "<b>paper" not in html.get_content()
    found = Notification.objects.get()
    assert (found.state, found.attempts, found.next_attempt_at) == ("sent", 1, None)


@pytest.mark.django_db
def test_an_approval_s_mail_carries_a_link_that_opens(
    drain: Drain, send: Send, mail_server: MailServer, client: Any
) -> None:
    ann = make_user("ann")
    approval = asked(drain, ann, payload={"iban": "secret"})
    send()
    [mail] = mail_server.mails
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    [link] = [line for line in text.split() if "/approvals/link/" in line]
    assert "secret" not in text, "what is to be approved stays on the server"
    path = link[link.index("/approvals/") :]
    assert client.get(path).status_code == 200
    assert client.post(path, {"decision": "approve"}).status_code == 200
    approval.refresh_from_db()
    assert approval.decided_by == ann


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_tried_again_later_and_later(
    mail_server: MailServer, send: Send
) -> None:
    found = waiting()
    mail_server.reply_to_mail = "451 Try again later"
    pauses = []
    now = utc_now()
    for _ in range(MAX_ATTEMPTS - 1):
        with time_machine.travel(now, tick=False):
            assert send().again == 1
        found.refresh_from_db()
        assert found.next_attempt_at is not None
        pauses.append((found.next_attempt_at - now).total_seconds())
        now = found.next_attempt_at
    assert pauses == sorted(pauses)
    assert pauses[0] >= 30
    assert "SMTP 451" in found.last_error
    with time_machine.travel(now, tick=False):
        assert send().given_up == 1
    found.refresh_from_db()
    assert (found.state, found.attempts) == (NotificationState.FAILED, MAX_ATTEMPTS)
    assert not mail_server.mails


@pytest.mark.django_db
def test_it_arrives_once_the_server_is_back(mail_server: MailServer, send: Send) -> None:
    found = waiting()
    mail_server.reply_to_mail = "421 Busy"
    assert send().again == 1
    mail_server.reply_to_mail = "250 OK"
    assert send().sent == 0, "not before its time"
    with time_machine.travel(utc_now() + timedelta(minutes=1)):
        assert send().sent == 1
    found.refresh_from_db()
    assert (found.state, found.last_error, len(mail_server.mails)) == ("sent", "", 1)


@pytest.mark.django_db
def test_an_address_that_is_refused_is_given_up_at_once(mail_server: MailServer, send: Send) -> None:
    found = waiting()
    mail_server.reply_to_address = "550 No such user"
    assert send().given_up == 1
    found.refresh_from_db()
    assert "refuses the address (SMTP 550)" in found.last_error


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_no_reason_to_give_up(send: Send, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    found = waiting()
    assert send().again == 1
    found.refresh_from_db()
    assert "could not be reached: ConnectionRefusedError" in found.last_error


@pytest.mark.django_db
def test_what_was_sent_is_not_sent_again(mail_server: MailServer, send: Send) -> None:
    waiting()
    assert send().sent == 1
    assert send().sent == 0
    assert len(mail_server.mails) == 1


@pytest.mark.django_db
def test_a_worker_that_died_while_sending_leaves_it_to_the_next(mail_server: MailServer) -> None:
    found = waiting()
    now = utc_now()
    assert [each.pk for each in claim(now)] == [found.pk]
    assert deliver_due(now=now + LEASE / 2).sent == 0, "it may still be at it"
    assert deliver_due(now=now + LEASE + timedelta(seconds=1)).sent == 1
    first_id = mail_server.mails[0]["Message-ID"]
    send_mail(compose(found), to=found.address, dedupe_key=found.dedupe_key)
    assert mail_server.mails[1]["Message-ID"] == first_id, "whoever gets it twice can tell"


@pytest.mark.django_db
def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_not() -> None:
    now = utc_now()
    for number, (state, age) in enumerate([("sent", 91), ("failed", 91), ("pending", 91), ("skipped", 89)]):
        values: dict[str, Any] = {"state": state, "id": id_at(now - timedelta(days=age), tail=number)}
        values["sent_at"] = now if state == "sent" else None
        values["next_attempt_at"] = now if state == "pending" else None
        waiting(address=f"a{number}@example.test", **values)
    assert forget_old_notifications(now=now) == 2
    assert sorted(Notification.objects.values_list("state", flat=True)) == ["pending", "skipped"]


@pytest.mark.django_db
def test_who_was_overtaken_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = waiting()
    now = utc_now()
    [slow] = claim(now)
    [quick] = claim(now + LEASE + timedelta(seconds=1))
    delivering._record(quick, NotificationState.SENT)
    delivering._record(slow, NotificationState.FAILED, "too late")
    found.refresh_from_db()
    assert (found.state, found.last_error) == (NotificationState.SENT, "")


def _claim_twice(now: datetime) -> list[int]:
    """How many rows each of two workers takes at the same moment."""
    barrier, taken = threading.Barrier(2), []

    def work() -> None:
        try:
            barrier.wait(10)
            taken.append(len(claim(now)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    return sorted(taken)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_row() -> None:
    owner = make_user()
    for number in range(12):
        waiting(owner=owner, address=f"a{number}@example.test")
    assert sum(_claim_twice(utc_now())) == 12
    assert set(Notification.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_would_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    for number in range(12):
        waiting(owner=owner, address=f"a{number}@example.test")
    rows = type(Notification.objects.all())
    looked, real = threading.Barrier(2), rows.values_list

    def unlocked(self: Any, *names: Any, **options: Any) -> Any:
        found = list(real(self, *names, **options)[:16])
        looked.wait(10)  # both have looked before either has written
        return found

    monkeypatch.setattr(rows, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(rows, "values_list", unlocked)
    assert _claim_twice(utc_now()) == [12, 12]


@pytest.mark.django_db
def test_what_was_answered_meanwhile_is_not_asked_any_more(
    drain: Drain, send: Send, mail_server: MailServer
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    approval = asked(drain, ann, ben)
    expand_due(now=utc_now())
    answer_approval(ann, approval.pk, approves=True)
    assert send().skipped == 2
    assert not mail_server.mails
    assert {each.state for each in Notification.objects.all()} == {"skipped"}


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"username": "renamed"}])
def test_who_lost_what_entitled_them_is_not_told(
    drain: Drain, send: Send, mail_server: MailServer, change: dict[str, Any]
) -> None:
    ann, _ = make_user("ann"), make_user("ben")
    asked(drain, ann)
    expand_due(now=utc_now())
    User.objects.filter(pk=ann.pk).update(**change)
    assert send().skipped == 1
    assert not mail_server.mails


@pytest.mark.django_db
def test_one_that_cannot_be_made_does_not_stop_the_others(
    mail_server: MailServer, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = waiting(address="bad@example.test"), waiting(address="good@example.test")

    def odd(message: Any, *, to: str, dedupe_key: str) -> None:
        if to == bad.address:
            raise ZeroDivisionError
        send_mail(message, to=to, dedupe_key=dedupe_key)

    monkeypatch.setattr(delivering, "send_mail", odd)
    result = send()
    assert (result.sent, result.again) == (1, 1)
    good.refresh_from_db()
    assert good.state == "sent"
