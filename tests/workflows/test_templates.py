"""Templates: a copy for everybody of what a workflow was like."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import Role, User
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.workflows.access import access_of
from orchestrator.workflows.examples import examples
from orchestrator.workflows.models import Access, Workflow, WorkflowTemplate
from orchestrator.workflows.services.templates import (
    publish_template,
    store_builtin_templates,
    use_template,
    withdraw_template,
)
from orchestrator.workflows.services.versions import create_version
from tests.factories import make_user, make_workflow, share, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(
        owner,
        name="Weekly digest",
        tags=["a"],
        category="News",
        nodes=[step("one")],
        settings={"max_steps": 5},
    )


def test_a_template_is_used_by_everybody_and_shows_nothing_of_its_workflow(workflow: Workflow) -> None:
    template = publish_template(workflow.owner, workflow.pk, description="Good for news", category="Reports")
    other = make_user()
    copy = use_template(other, template.pk, name="Mine", folder="News/Weekly")
    assert (copy.owner, copy.name, copy.description) == (other, "Mine", "Good for news")
    assert (copy.category, copy.tags, copy.settings) == ("Reports", ["a"], {"max_steps": 5})
    assert str(copy.folder) == "News/Weekly"
    assert copy.versions.get().nodes == [step("one")]
    assert access_of(other, workflow) is None
    template.refresh_from_db()
    workflow.refresh_from_db()
    assert (template.uses, workflow.is_template, workflow.is_public) == (1, True, False)


def test_a_template_stays_as_it_was_until_it_is_published_again(workflow: Workflow) -> None:
    owner = workflow.owner
    first = publish_template(owner, workflow.pk)
    create_version(owner, workflow.pk, nodes=[step("two")], edges=[])
    first.refresh_from_db()
    assert (first.version_number, first.nodes) == (1, [step("one")])
    again = publish_template(owner, workflow.pk)
    assert (again.pk, again.version_number, again.nodes) == (first.pk, 2, [step("two")])


def test_a_draft_is_no_template(owner: User) -> None:
    draft = make_workflow(owner, publish=False)
    with pytest.raises(WrongState, match="publish it first"):
        publish_template(owner, draft.pk)


def test_only_owners_publish_and_withdraw_and_viewers_use_none(workflow: Workflow) -> None:
    editor, viewer = make_user(), make_user(role=Role.VIEWER)
    share(workflow, editor, Access.EDITOR)
    with pytest.raises(NotAllowed):
        publish_template(editor, workflow.pk)
    with pytest.raises(NotFound):
        publish_template(make_user(), workflow.pk)
    template = publish_template(workflow.owner, workflow.pk)
    with pytest.raises(NotAllowed):
        withdraw_template(editor, workflow.pk)
    with pytest.raises(NotAllowed):
        use_template(viewer, template.pk)


def test_a_withdrawn_template_is_gone_and_its_copies_stay(workflow: Workflow) -> None:
    owner = workflow.owner
    template = publish_template(owner, workflow.pk)
    copy = use_template(owner, template.pk)
    withdraw_template(owner, workflow.pk)
    withdraw_template(owner, workflow.pk)
    workflow.refresh_from_db()
    assert not workflow.is_template
    assert Workflow.objects.filter(pk=copy.pk).exists()
    with pytest.raises(NotFound):
        use_template(owner, template.pk)


def test_the_examples_of_the_product_are_templates_and_follow_it() -> None:
    store_builtin_templates()
    WorkflowTemplate.objects.filter(builtin="steps").update(name="Old name", checksum="old")
    WorkflowTemplate.objects.create(builtin="dropped", name="No longer there", checksum="x")
    store_builtin_templates()
    stored = dict(WorkflowTemplate.objects.exclude(builtin="").values_list("builtin", "name"))
    assert stored == {each.key: each.name for each in examples()}
