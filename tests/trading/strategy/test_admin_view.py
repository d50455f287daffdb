"""What administrators see of sessions: that they exist and what they cost, and nothing that is in them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import AuditRecord, Role
from tests.factories import make_user
from tests.trading.strategy.making import make_advice, make_corporation, make_session
from trading.strategy.domain.judging import Judgement
from trading.strategy.domain.vocabulary import Outcome
from trading.strategy.models import StrategicSession
from trading.strategy.services.changing import change_session
from trading.strategy.services.judging import judge_recommendation, record_outcome
from trading.strategy.services.matrices import create_matrix, delete_matrix, rename_matrix
from trading.strategy.services.matrix_parts import add_part
from trading.strategy.services.sessions import delete_session

pytestmark = pytest.mark.django_db


def test_an_admin_sees_who_has_a_session_and_how_it_stands_but_not_what_it_is_about() -> None:
    ada = make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)
    session = StrategicSession.objects.create(
        corporation=make_corporation(make_user("olga")),
        initiator="a secret agent",
        title="A secret title",
        objective="A secret plan",
    )
    client = Client()
    client.force_login(ada, backend="orchestrator.accounts.backends.AnyCaseBackend")

    shown = client.get(reverse("admin:strategy_strategicsession_changelist") + "?status=active")

    text = shown.content.decode()
    assert shown.status_code == 200
    assert all(each in text for each in (str(session.pk), "olga", "active", "0.0000"))
    assert "secret" not in text
    page = client.get(reverse("admin:strategy_strategicsession_change", args=[session.pk]), follow=True)
    assert "secret" not in page.content.decode()


def test_the_audit_trail_says_what_was_done_and_nothing_of_what_is_in_it() -> None:
    owner = make_user("olga")
    session = make_session(make_corporation(owner))
    change_session(owner, session.pk, {"title": "A secret title", "objective": "A secret plan"})
    advice = make_advice(session)
    judge_recommendation(owner, advice.pk, Judgement.DONE, note="A secret note")
    record_outcome(owner, advice.pk, Outcome.SUCCESS, note="Another secret")
    matrix = create_matrix(owner, session.corporation_id, title="A secret matrix", session=session)
    matrix = rename_matrix(owner, matrix.pk, title="Another secret")
    add_part(owner, matrix.pk, "option", name="A secret option")
    delete_matrix(owner, matrix.pk)
    delete_session(owner, session.pk)

    trail = list(AuditRecord.objects.values("action", "before", "after"))

    assert "secret" not in str(trail)
    told = {each["action"]: each["after"] for each in trail}
    assert told["strategic_session.changed"] == {"changed": ["objective", "title"]}
    assert told["recommendation.judged"] == {"status": "done"}
    assert told["recommendation.outcome"] == {"outcome": "success"}
    assert {"strategic_matrix.renamed", "strategic_session.deleted"} <= set(told)
