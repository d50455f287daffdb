"""Tags: what one may be, and changing one everywhere."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.queries.tags import tags_of
from orchestrator.workflows.services.tags import check_tags, delete_tag, rename_tag
from tests.factories import make_user, make_workflow, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


def tags(workflow: Workflow) -> list[str]:
    workflow.refresh_from_db()
    return workflow.tags


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ([f"tag {number}" for number in range(300)], "at most 20 tags; these are 300"),
        (["x" * 51], "at most 50 characters"),
        (["a,b"], "no comma"),
    ],
)
def test_tags_that_cannot_be_are_told_beside_their_field(given: list[str], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint) as refused:
        check_tags(given)
    assert list(refused.value.fields) == ["tags"]


def test_tags_are_kept_once_in_lower_case_and_in_their_order() -> None:
    assert check_tags(["Money", " late   payers ", "", "MONEY"]) == ["money", "late payers"]


def test_a_tag_is_renamed_in_all_ones_own_workflows_and_in_no_others(owner: User) -> None:
    mine = [make_workflow(owner, tags=["mony", "a"]), make_workflow(owner, tags=["mony"])]
    theirs = make_workflow(tags=["mony"])
    share(theirs, owner, Access.EDITOR)
    assert rename_tag(owner, "mony", " Money ") == 2
    assert [tags(each) for each in (*mine, theirs)] == [["money", "a"], ["money"], ["mony"]]
    act = AuditRecord.objects.get(action="tag.renamed")
    assert act.after == {"tag": "money", "workflows": 2}


def test_a_tag_that_is_renamed_to_another_one_merges_with_it(owner: User) -> None:
    both = make_workflow(owner, tags=["money", "mony"])
    one = make_workflow(owner, tags=["mony", "x"])
    assert rename_tag(owner, "mony", "money") == 2
    assert (tags(both), tags(one)) == (["money"], ["money", "x"])
    assert [(row["name_"], row["count"]) for row in tags_of(owner)] == [("money", 2), ("x", 1)]


def test_a_tag_is_taken_away_everywhere(owner: User) -> None:
    workflow = make_workflow(owner, tags=["a", "b"])
    assert delete_tag(owner, "A") == 1
    assert tags(workflow) == ["b"]
    with pytest.raises(NotFound):
        delete_tag(owner, "a")


@pytest.mark.parametrize("new", ["", "  ", "a,b", "x" * 60])
def test_a_new_name_that_is_none_is_refused(owner: User, new: str) -> None:
    make_workflow(owner, tags=["a"])
    with pytest.raises(InvalidInput) as refused:
        rename_tag(owner, "a", new)
    assert list(refused.value.fields) == ["new"]
