"""The inbox in a browser: by keyboard, live, by mail's link, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Approval, Notification
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.services.links import make_link
from orchestrator.executions.services.notifications.steering import add_endpoint
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user, make_workflow, node, start

LooksRight = Callable[[Page], None]
Drain = Callable[[], None]
FORM = {
    "type": "object",
    "required": ["amount"],
    "properties": {
        "amount": {"type": "number", "title": "Amount", "minimum": 1},
        "account": {"type": "string", "title": "Account", "enum": ["main", "savings"]},
    },
}


def asked(drain: Drain, *people: User, name: str = "Payments", **config: Any) -> Approval:
    names = [f"user:{each.username}" for each in people]
    ask = node("ask", "human", {"title": "Pay the invoice?", "approvers": names, **config})
    start(make_workflow(nodes=[ask], name=name))
    drain()
    return Approval.objects.latest("id")


def test_the_inbox_is_worked_through_by_keyboard(
    open_as: OpenAs, looks_right: LooksRight, drain: Drain
) -> None:
    me = make_user("me")
    first = asked(drain, me, title="Ship order 1?", deadline_seconds=7200)
    second = asked(drain, me, title="Ship order 2?", name="Shipping")
    page = open_as(me, "/approvals/")
    looks_right(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ship order 1?")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("a")
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Approve “Ship order 2?” as it is?")
    dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: Ship order 2?")).to_be_visible()
    second.refresh_from_db()
    assert second.status == "approved"
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ship order 1?")).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ship order 1?")).to_be_visible()
    first.refresh_from_db()
    assert first.status == "pending", "whoever closes the question has not answered"


def test_a_question_is_answered_on_its_page(open_as: OpenAs, looks_right: LooksRight, drain: Drain) -> None:
    me, mate = make_user("me", first_name="Mia", last_name="Meyer"), make_user("mate")
    approval = asked(
        drain, me, mate, quorum="all", form=FORM, payload={"amount": 250, "account": "main"},
        instructions="Compare with the **order**.\n\n- amount\n- account", deadline_seconds=86_400,
    )  # fmt: skip
    answer_approval(mate, approval.pk, approves=True, comment="Fine by me")
    page = open_as(me, f"/approvals/{approval.pk}/")
    expect(page.get_by_text("Fine by me")).to_be_visible()
    looks_right(page)
    page.get_by_label("Amount").fill("0")
    page.get_by_label("Comment").fill("Less than asked for")
    page.get_by_role("button", name="Approve").click()
    page.get_by_label("Amount").fill("240")
    expect(page.get_by_label("Comment")).to_have_value("Less than asked for")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: Pay the invoice?")).to_be_visible()
    approval.refresh_from_db()
    assert (approval.status, approval.payload) == ("approved", {"amount": 240, "account": "main"})


def test_the_inbox_hears_of_new_questions_by_itself(open_as: OpenAs, drain: Drain) -> None:
    me, mate = make_user("me"), make_user("mate")
    page = open_as(me, "/approvals/")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    page.wait_for_timeout(500)  # the socket subscribes
    approval = asked(drain, me, mate)
    expect(page.get_by_role("link", name="Pay the invoice?")).to_be_visible()
    page.get_by_role("link", name="Pay the invoice?").click()
    page.get_by_label("Comment").fill("Half written")
    page.wait_for_timeout(500)
    answer_approval(mate, approval.pk, approves=True)
    expect(page.get_by_text("This was decided while you looked at it")).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("Half written")


def test_a_mail_s_link_is_answered_without_logging_in(
    open_as: OpenAs,
    looks_right: LooksRight,
    drain: Drain,
    watch: Watch,
    live_address: Callable[[str], str],
) -> None:
    watch.allow(r"410")
    approval = asked(drain, make_user("me"), payload={"amount": 250, "urgent": True})
    link = make_link(approval, User.objects.get(username="me"), now=utc_now())
    page = open_as(None, live_address(link))
    looks_right(page)
    page.get_by_label("Comment").fill("By mail")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="You approved")).to_be_visible()
    looks_right(page)
    page.goto(live_address(link))
    expect(page.get_by_role("heading", name="This link no longer opens")).to_be_visible()
    looks_right(page)
    approval.refresh_from_db()
    assert (approval.status, approval.comment) == ("approved", "By mail")


@pytest.fixture
def live_address() -> Callable[[str], str]:
    """The path of a link: the site of the tests has another host than the settings say."""
    return lambda link: link[link.index("/approvals/") :]


def test_who_is_told_is_chosen_on_a_page(open_as: OpenAs, looks_right: LooksRight) -> None:
    owner = make_user("owner")
    flow = make_workflow(owner, name="Payments", settings={"notification_channels": ["slack:gone"]})
    add_endpoint(owner, flow.pk, kind="slack", name="alerts", url="https://chat.example/T0/secret")
    for number, state in enumerate(("sent", "failed", "skipped")):
        Notification.objects.create(
            kind="failure", medium="email", workflow=flow, recipient=owner, address="owner@example.test",
            subject="Payments failed", dedupe_key=f"k{number}", state=state, next_attempt_at=None,
            sent_at=utc_now() if state == "sent" else None, attempts=1,
            last_error="The mail server refuses the address (SMTP 550)." if state == "failed" else "",
        )  # fmt: skip
    page = open_as(owner, f"/workflows/{flow.pk}/notifications/")
    looks_right(page)
    page.get_by_label("When a run completes").check()
    page.get_by_label("alerts (Slack").check()
    page.get_by_label("E-mail addresses").fill("ops@example.test")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    flow.refresh_from_db()
    assert flow.settings["notification_channels"][-1] == "slack:alerts"
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is tried again.")).to_be_visible()


def test_a_browser_is_asked_and_forgotten(open_as: OpenAs, looks_right: LooksRight) -> None:
    """Headless Chromium reaches no push service: what it would answer is put in its place."""
    me = make_user("me")
    page = open_as(me, "/settings/notifications/", permissions=["notifications"])
    page.evaluate(
        """async () => {
          const point = new Uint8Array(await crypto.subtle.exportKey("raw", (await crypto.subtle.generateKey(
            {name: "ECDH", namedCurve: "P-256"}, true, ["deriveBits"])).publicKey));
          const text = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-")
            .replaceAll("/", "_").replaceAll("=", "");
          const made = {endpoint: "https://push.example/1", unsubscribe: async () => true, options: {},
            toJSON: () => ({endpoint: "https://push.example/1",
              keys: {p256dh: text(point), auth: text(new Uint8Array(16))}})};
          let current = null;
          PushManager.prototype.getSubscription = async () => current;
          PushManager.prototype.subscribe = async () => (current = made);
          Notification.requestPermission = async () => "granted";
        }"""
    )
    expect(page.get_by_role("button", name="Allow here")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Allow here").click()
    expect(page.get_by_text("(this one)")).to_be_visible()
    me.refresh_from_db()
    assert me.notify_push
    assert me.push_subscriptions.get().browser == "Chrome on Linux"
    page.get_by_role("button", name="Forget Chrome on Linux").click()
    expect(page.get_by_role("button", name="Allow here")).to_be_visible()
    assert not me.push_subscriptions.exists()
