"""Pages of an imported session whose free parts hold what nobody expects."""

from __future__ import annotations

import pytest

from tests.factories import make_user
from tests.trading.strategy.making import make_corporation, make_session
from tests.workspaces.test_pages import client_of

pytestmark = pytest.mark.django_db
TIMES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", 5, None, {"at": 1})


@pytest.mark.parametrize("time", TIMES)
def test_odd_sources_citations_and_outputs_are_shown(time: object) -> None:
    owner = make_user()
    source = {"id": "x", "kind": "wallets", "as_of": time, "until": time}
    citation = {"kind": "wallets", "as_of": time, "text": "<script>alert(1)</script>", "snapshot": ["y"]}
    step = {
        "stepType": "<b>own</b>",
        "status": "completed",
        "startedAt": "1900-01-01T00:00:00Z",
        "completedAt": "2199-12-31T23:59:59Z",
        "input": {"snapshots": [source, 5, None], "steps": [{"position": 10**9}, "x"], "provider": [1]},
        "output": {"summary": [[["deep"]]], "": {"": None}, "options": 5, "matrix": "x"},
        "recommendations": [
            {"title": "Hold", "confidence": 1, "citations": [citation, {"kind": "x" * 5_000}]},
            {},
        ],
    }
    details = {"before": 5, "after": ["x"], "at": time}
    log = [{"timestamp": "1900-01-01T00:00:00Z", "event": "<i>odd</i>", "details": details}]
    session = make_session(make_corporation(owner), steps=[step], currentStep=0, sessionLog=log)
    client = client_of(owner)

    for path in (f"sessions/{session.pk}/", "", "recommendations/"):
        shown = client.get(f"/strategy/{path}")
        assert shown.status_code == 200, path
        assert b"<script>alert" not in shown.content
        assert b"<b>own</b>" not in shown.content
        assert b"<i>odd</i>" not in shown.content
