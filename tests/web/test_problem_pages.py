"""Error pages: the right status, in words, as a toast for htmx, as a problem document for the API."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from orchestrator.core.errors import WrongState
from orchestrator.core.web.problems import DomainErrorMiddleware, server_error
from tests.factories import make_user, make_workflow
from tests.web.conftest import Visit

NOWHERE = "/workflows/00000000-0000-7000-8000-000000000000/"


def test_a_missing_object_is_a_page_with_a_way_out(visit: Visit) -> None:
    answer = visit(make_user()).get(NOWHERE)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such workflow" in page
    assert 'href="/workflows/"' in page


def test_htmx_gets_a_toast_instead_of_a_page(visit: Visit) -> None:
    answer = visit(make_user()).post(f"{NOWHERE}favorite/", HTTP_HX_REQUEST="true")
    assert answer.status_code == 404
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    assert b"<html" not in answer.content


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_is_told_as_html_or_as_a_problem(client: Client) -> None:
    assert b"<html" in client.get("/nowhere/").content
    answer = client.get("/api/v1/nowhere/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_wrong_state_is_a_conflict() -> None:
    request = RequestFactory().get("/")
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]  # what the middleware sets
    request.META["HTTP_HX_REQUEST"] = "true"
    answer = DomainErrorMiddleware(lambda _: None).process_exception(request, WrongState("<b>Too late</b>"))  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert answer.status_code == 409
    assert b"&lt;b&gt;Too late" in answer.content


def test_other_errors_are_left_to_django() -> None:
    request = RequestFactory().get("/")
    assert DomainErrorMiddleware(lambda _: None).process_exception(request, ValueError("x")) is None  # type: ignore[arg-type,return-value]


def test_the_page_of_a_crash_asks_no_database() -> None:
    answer = server_error(RequestFactory().get("/workflows/"))
    assert answer.status_code == 500
    assert b"logged" in answer.content
    api = server_error(RequestFactory().get("/api/v1/workflows/"))
    assert api.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_in_words() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert b"open for too long" in answer.content


def test_a_method_that_a_page_does_not_have_is_refused(visit: Visit) -> None:
    workflow = make_workflow()
    assert visit(workflow.owner).get(f"/workflows/{workflow.pk}/publish/").status_code == 405
