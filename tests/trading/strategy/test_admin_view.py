"""What administrators see of sessions: that they exist and what they cost, and nothing that is in them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import Role
from tests.factories import make_user
from tests.trading.strategy.making import make_corporation
from trading.strategy.models import StrategicSession

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
