"""Folders: names, places, paths, and what becomes of what is in them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.workflows.domain.folders import MAX_DEPTH
from orchestrator.workflows.models import Access, Folder
from orchestrator.workflows.queries.folders import flat, folder_tree
from orchestrator.workflows.services.definitions import archive_workflow, describe_workflow
from orchestrator.workflows.services.folders import (
    change_folder,
    create_folder,
    delete_folder,
    file_workflow,
    find_folder,
)
from tests.factories import make_user, make_workflow, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("olga")


def paths(owner: User) -> list[str]:
    return list(Folder.objects.filter(owner=owner).order_by("path").values_list("path", flat=True))


def nest(owner: User, *names: str) -> list[Folder]:
    made: list[Folder] = []
    for name in names:
        made.append(create_folder(owner, name=name, parent_id=made[-1].pk if made else None))
    return made


def test_renaming_and_moving_change_all_paths_below(owner: User) -> None:
    sales, reports, _ = nest(owner, "Sales", "Reports", "2026")
    archive = create_folder(owner, name="Archive")
    change_folder(owner, reports.pk, name="Figures")
    assert paths(owner) == ["Archive", "Sales", "Sales/Figures", "Sales/Figures/2026"]
    change_folder(owner, reports.pk, parent_id=archive.pk)
    assert paths(owner) == ["Archive", "Archive/Figures", "Archive/Figures/2026", "Sales"]
    change_folder(owner, reports.pk, parent_id=None)
    assert paths(owner) == ["Archive", "Figures", "Figures/2026", "Sales"]
    assert list(Folder.objects.order_by("path").values_list("depth", flat=True)) == [1, 1, 2, 1]
    acts = AuditRecord.objects.filter(action="folder.changed").order_by("id")
    act = acts[0]
    assert (act.before, act.after) == ({"path": "Sales/Reports"}, {"path": "Sales/Figures"})
    assert sales.path == "Sales"


def test_a_folder_never_lies_inside_itself(owner: User) -> None:
    top, middle, bottom = nest(owner, "A", "B", "C")
    for inside in (top, middle, bottom):
        with pytest.raises(InvalidInput) as refused:
            change_folder(owner, top.pk, parent_id=inside.pk)
        assert refused.value.fields == {
            "parent": ["“A” cannot lie inside itself or inside one of its own folders."]
        }
    assert paths(owner) == ["A", "A/B", "A/B/C"]


def test_a_name_is_there_once_in_a_place_however_it_is_written(owner: User) -> None:
    sales, _ = nest(owner, "Sales", "Reports")
    with pytest.raises(InvalidInput, match="has a folder “REPORTS” already"):
        create_folder(owner, name=" REPORTS ", parent_id=sales.pk)
    with pytest.raises(InvalidInput, match="top level"):
        create_folder(owner, name="sales")
    create_folder(owner, name="Reports")
    create_folder(make_user(), name="Sales")
    change_folder(owner, sales.pk, name="SALES")
    assert paths(owner) == ["Reports", "SALES", "SALES/Reports"]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("  ", "needs a name"),
        ("a/b", "no slash"),
        ("x" * 101, "at most 100 characters"),
    ],
)
def test_a_name_that_no_folder_can_have_is_refused(owner: User, name: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint) as refused:
        create_folder(owner, name=name)
    assert list(refused.value.fields) == ["name"]


def test_folders_lie_only_so_deep_also_when_they_are_moved(owner: User) -> None:
    deep = nest(owner, *(str(level) for level in range(MAX_DEPTH)))
    with pytest.raises(InvalidInput, match="at most 8 deep"):
        create_folder(owner, name="one more", parent_id=deep[-1].pk)
    pair = nest(owner, "x", "y")
    with pytest.raises(InvalidInput, match="deeper"):
        change_folder(owner, pair[0].pk, parent_id=deep[-2].pk)
    change_folder(owner, pair[1].pk, parent_id=deep[-2].pk)


def test_the_database_refuses_what_services_would_not_do(owner: User) -> None:
    [folder] = nest(owner, "A")
    wrong = [
        {"name": "a", "path": "other", "depth": 1},
        {"name": "B", "path": "a", "depth": 1},
        {"name": "B/C", "path": "B/C", "depth": 1},
        {"name": "B", "path": "B", "depth": 2},
        {"name": "B", "path": "A/B", "depth": 9, "parent": folder},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Folder.objects.create(owner=owner, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Folder.objects.filter(pk=folder.pk).update(parent=folder.pk, depth=2)


def test_a_folder_with_contents_goes_only_if_they_move_up(owner: User) -> None:
    sales, reports, _ = nest(owner, "Sales", "Reports", "2026")
    workflow = make_workflow(owner, folder="Sales/Reports")
    with pytest.raises(WrongState, match="holds 1 workflow and 1 folder"):
        delete_folder(owner, reports.pk)
    delete_folder(owner, reports.pk, move_up=True)
    workflow.refresh_from_db()
    assert (paths(owner), workflow.folder) == (["Sales", "Sales/2026"], sales)


def test_a_folder_can_move_up_past_one_that_is_called_the_same_as_its_parent(owner: User) -> None:
    outer, _ = nest(owner, "Same", "Same")
    delete_folder(owner, outer.pk, move_up=True)
    assert paths(owner) == ["Same"]


def test_contents_do_not_move_up_onto_a_name_that_is_taken(owner: User) -> None:
    outer, _ = nest(owner, "Outer", "Twice")
    create_folder(owner, name="Twice")
    with pytest.raises(InvalidInput, match="has a folder “Twice” already"):
        delete_folder(owner, outer.pk, move_up=True)
    assert paths(owner) == ["Outer", "Outer/Twice", "Twice"]


def test_folders_of_others_are_not_there(owner: User) -> None:
    [folder] = nest(owner, "Mine")
    stranger = make_user()
    with pytest.raises(NotFound):
        change_folder(stranger, folder.pk, name="Theirs")
    with pytest.raises(InvalidInput, match="no such folder"):
        create_folder(stranger, name="x", parent_id=folder.pk)
    assert find_folder(make_user(role=Role.ADMIN), folder.pk) == folder
    with pytest.raises(NotAllowed):
        create_folder(make_user(role=Role.VIEWER), name="x")


def test_only_the_owner_files_a_workflow_and_others_see_no_folder(owner: User) -> None:
    editor = make_user()
    workflow = make_workflow(owner, folder="Secret plans")
    share(workflow, editor, Access.OWNER)
    with pytest.raises(NotAllowed, match="only olga"):
        file_workflow(editor, workflow.pk, folder_id=None)
    with pytest.raises(NotAllowed):
        describe_workflow(editor, workflow.pk, folder="Elsewhere")
    describe_workflow(editor, workflow.pk, folder="", description="changed")
    workflow.refresh_from_db()
    assert (str(workflow.folder), workflow.description) == ("Secret plans", "changed")
    describe_workflow(owner, workflow.pk, folder="")
    workflow.refresh_from_db()
    assert workflow.folder is None


def test_moving_a_workflow_is_not_a_change_of_it(owner: User) -> None:
    workflow = make_workflow(owner)
    moved = file_workflow(owner, workflow.pk, folder_id=create_folder(owner, name="A").pk)
    assert moved.updated_at == workflow.updated_at
    act = AuditRecord.objects.get(action="workflow.moved")
    assert (act.before, act.after) == ({"folder": ""}, {"folder": "A"})


@pytest.mark.parametrize(
    ("path", "stored"),
    [("Sales / Reports/", "Sales/Reports"), ("sales/REPORTS", "Sales/Reports"), ("/", None), ("", None)],
)
def test_a_path_is_read_and_what_is_missing_is_made(owner: User, path: str, stored: str | None) -> None:
    nest(owner, "Sales", "Reports")
    workflow = make_workflow(owner, folder=path)
    assert (workflow.folder.path if workflow.folder else None) == stored
    assert paths(owner) == ["Sales", "Sales/Reports"]


def test_a_path_that_is_too_deep_is_told_beside_its_field(owner: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_workflow(owner, folder="/".join("abcdefghi"))
    assert refused.value.fields == {"folder": ["Folders lie at most 8 deep; this path has 9 levels."]}


def test_the_tree_counts_what_lies_in_each_folder_and_below(owner: User) -> None:
    nest(owner, "b", "in b")
    create_folder(owner, name="A")
    make_workflow(owner, folder="b")
    make_workflow(owner, folder="b/in b")
    archive_workflow(owner, make_workflow(owner, folder="b").pk)
    create_folder(make_user(), name="not mine")
    tree = folder_tree(owner.pk)
    assert [(node.path, node.count) for node in flat(tree)] == [("A", 0), ("b", 2), ("b/in b", 1)]
