"""The sales service of the demo, and the report that calls it."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from orchestrator.executions.demo.loading import load_demo
from orchestrator.workflows.models import Workflow

SALES = "/demo/sales/north/"


@override_settings(DEMO_ALLOWED=True)
def test_every_third_call_is_too_busy_and_the_others_agree() -> None:
    answers = [Client().get(SALES) for _ in range(6)]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 503, 503]
    assert {answer.get("retry-after") for answer in answers if answer.status_code == 503} == {"1"}
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert all(each == good[0] for each in good)
    assert good[0]["generated"] is True
    assert len(good[0]["sales"]) >= 8


@override_settings(DEMO_ALLOWED=False)
def test_there_is_no_such_address_where_the_demo_is_not_allowed() -> None:
    assert Client().get(SALES).status_code == 404


@pytest.mark.django_db
@override_settings(DEMO_ALLOWED=True, BASE_URL="http://127.0.0.1:8113")
def test_the_report_is_offered_the_service_of_this_very_server() -> None:
    load_demo()
    report = Workflow.objects.get(name="Nightly sales report")
    properties = report.settings["input_schema"]["properties"]
    assert properties["service"]["default"] == "http://127.0.0.1:8113/demo/sales"
    given = report.executions.get().input["service"]
    assert given == properties["service"]["default"]
    assert f"{given}/north/".endswith(reverse("demo-sales", args=["north"]))
