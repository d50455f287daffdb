"""Searching the library: what is found, in which order, and how it is marked."""

from __future__ import annotations

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries.found import found_in, marked
from orchestrator.workflows.services.definitions import describe_workflow
from orchestrator.workflows.services.versions import save_draft
from tests.factories import make_user, make_workflow, step

pytestmark = pytest.mark.django_db
XSS = "<b>bold</b> & <script>alert('invoice')</script>"


@pytest.fixture
def owner() -> User:
    return make_user()


def names(text: str) -> list[str]:
    found = Workflow.objects.matching(text).order_by(F("rank").desc(), "name")
    return [workflow.name for workflow in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("invoice", ["Send invoices"]),
        ("INVO", ["Send invoices"]),
        ("sending the invoice", ["Send invoices"]),
        ("inv sen", ["Send invoices"]),
        ("late", ["Send invoices"]),
        ("customer's money", ["Send invoices"]),
        ("accounting", ["Send invoices"]),
        ("pdf", ["Send invoices"]),
        ("backup or pdf", ["Nightly backup", "Send invoices"]),
        ("nightly -backup", []),
        ('"nightly backup"', ["Nightly backup"]),
        ('"backup nightly"', []),
        ("nothing", []),
        ("& | ! :* ( '", []),
        ("", []),
    ],
)
def test_words_are_found_in_all_that_is_said_of_a_workflow(owner: User, text: str, found: list[str]) -> None:
    make_workflow(
        owner,
        name="Send invoices",
        description="Collects the customers' money.",
        tags=["late payers"],
        category="Accounting",
        nodes=[step("a", title="Render the PDF")],
    )
    make_workflow(owner, name="Nightly backup")
    assert sorted(names(text)) == found


def test_a_name_counts_more_than_a_tag_more_than_a_description_more_than_a_step(owner: User) -> None:
    make_workflow(owner, name="step", nodes=[step("a", title="alpha")])
    make_workflow(owner, name="description", description="alpha")
    make_workflow(owner, name="tag", tags=["alpha"])
    make_workflow(owner, name="alpha")
    assert names("alpha") == ["alpha", "tag", "description", "step"]


def test_what_is_found_follows_what_is_changed(owner: User) -> None:
    workflow = make_workflow(owner, name="x", nodes=[step("a", title="Before")])
    save_draft(owner, workflow.pk, nodes=[step("a", title="After")], edges=[])
    describe_workflow(owner, workflow.pk, tags=["fresh"])
    assert (names("before"), names("after"), names("fresh")) == ([], ["x"], ["x"])


def test_markup_in_a_name_is_text_and_only_the_marks_are_markup(owner: User) -> None:
    workflow = make_workflow(owner, name=XSS, description=f"{XSS} {XSS}", nodes=[step("a", title=XSS)])
    hit = found_in([workflow.pk], "invoice")[workflow.pk]
    assert hit.name == (
        "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;alert(&#x27;<mark>invoice</mark>&#x27;)&lt;/script&gt;"
    )
    for part in (hit.description, hit.nodes):
        assert "<mark>invoice</mark>" in part
        assert "<script" not in part


def test_only_what_holds_a_match_is_shown_as_one(owner: User) -> None:
    workflow = make_workflow(owner, name="Invoices", description="None here", nodes=[step("a", title="Pay")])
    hit = found_in([workflow.pk], "invo")[workflow.pk]
    assert (hit.name, hit.description, hit.nodes) == ("<mark>Invoices</mark>", "", "")


@given(st.text(alphabet=st.sampled_from("a<>&'\"\uf8f0\uf8f3\uf8f4/mark"), max_size=40))
def test_no_text_gets_markup_out_of_the_marks(text: str) -> None:
    shown = str(marked(text)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in shown
    assert ">" not in shown
