"""Making, renaming, moving and deleting folders, and putting workflows into them.

A person's tree is changed under the lock of their row: two moves that would each be right alone, and
together make a circle, come one after the other.
"""

from __future__ import annotations

from typing import Literal, NoReturn
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.workflows.access import find_workflow, require_builder
from orchestrator.workflows.domain.folders import MAX_DEPTH, MAX_FOLDERS, BadFolder, folder_name, path_names
from orchestrator.workflows.models import Access, Folder, Workflow


@transaction.atomic
def create_folder(user: User, *, name: str, parent_id: UUID | None = None) -> Folder:
    """A new folder of the person's own. Raises InvalidInput and NotFound."""
    require_builder(user)
    _lock_tree(user.pk)
    folder = _put(user, _checked_name(name), _own_folder(user, parent_id, "parent"))
    record_audit(user, "folder.created", folder, after={"path": folder.path})
    return folder


@transaction.atomic
def change_folder(
    user: User,
    folder_id: UUID,
    *,
    name: str | None = None,
    parent_id: UUID | Literal["stays"] | None = "stays",
) -> Folder:
    """Rename and move in one step, with all that is in it; ``parent_id`` None is the top.

    Raises InvalidInput for a place inside itself, one that is too deep or that has such a name already.
    """
    folder = _locked(user, folder_id)
    parent = folder.parent
    if parent_id != "stays":
        parent = _own_folder(folder.owner, parent_id, "parent")
    return _place(user, folder, folder.name if name is None else _checked_name(name), parent)


@transaction.atomic
def delete_folder(user: User, folder_id: UUID, *, move_up: bool = False) -> None:
    """Delete an empty folder, or with ``move_up`` one whose contents go to where it lay.

    Raises WrongState for one with contents otherwise, InvalidInput where a name would be there twice.
    """
    folder = _locked(user, folder_id)
    children = list(folder.children.order_by("path"))
    workflows = folder.workflows.all()
    count = workflows.count()
    if (children or count) and not move_up:
        raise WrongState(
            f"“{folder.name}” holds {_counted(count, 'workflow')} and {_counted(len(children), 'folder')}. "
            "Move them away first, or let them move up.",
            workflows=count,
            folders=len(children),
        )
    workflows.update(folder=folder.parent)
    record_audit(user, "folder.deleted", folder, before={"path": folder.path, "workflows": count})
    if children:
        _rename_aside(folder)
    for child in children:
        _place(user, child, child.name, folder.parent)
    folder.delete()


@transaction.atomic
def file_workflow(user: User, workflow_id: UUID, *, folder_id: UUID | None) -> Workflow:
    """Put a workflow into a folder of its owner's, or into none. Only its owner and admins may."""
    workflow = lock_with_tree(user, workflow_id, Access.VIEWER)
    require_filing(user, workflow)
    put_into(workflow, _own_folder(workflow.owner, folder_id, "folder_id"), user)
    return workflow


def lock_with_tree(user: User, workflow_id: UUID, need: Access) -> Workflow:
    """The workflow's row, and before it its owner's tree, so that no folder goes away meanwhile."""
    _lock_tree(find_workflow(user, workflow_id, need).owner_id)
    return find_workflow(user, workflow_id, need, lock=True)


def require_filing(user: User, workflow: Workflow) -> None:
    """Raises NotAllowed for anybody but the workflow's owner and admins: folders are the owner's."""
    if not may_file(user, workflow):
        owner = workflow.owner.username
        raise NotAllowed(f"“{workflow.name}” lies in the folders of {owner}; only {owner} moves it there.")


def may_file(user: User, workflow: Workflow) -> bool:
    return user.is_admin or workflow.owner_id == user.pk


def put_into(workflow: Workflow, folder: Folder | None, user: User) -> None:
    """Where it lies says nothing about what it does: it does not count as changed."""
    if workflow.folder_id == (folder.pk if folder else None):
        return
    before = workflow.folder.path if workflow.folder else ""
    workflow.folder = folder
    workflow.save(update_fields=["folder"])
    after = folder.path if folder else ""
    record_audit(user, "workflow.moved", workflow, before={"folder": before}, after={"folder": after})


def folder_at(owner: User, path: str, actor: User) -> Folder | None:
    """The owner's folder at a path like ``Sales/Reports``; what is missing is made. None for no path.

    Inside the caller's transaction. Raises InvalidInput about ``folder``.
    """
    try:
        names = path_names(path)
    except BadFolder as error:
        _refuse("folder", str(error))
    if not names:
        return None
    _lock_tree(owner.pk)
    known = Folder.objects.filter(owner=owner, path__iexact="/".join(names)).first()
    if known is not None:
        return known
    folder: Folder | None = None
    for name in names:
        found = Folder.objects.filter(owner=owner, parent=folder, name__iexact=name).first()
        if found is None:
            found = _put(owner, name, folder)
            record_audit(actor, "folder.created", found, after={"path": found.path})
        folder = found
    return folder


def find_folder(user: User, folder_id: UUID) -> Folder:
    """Raises NotFound for a folder of somebody else's."""
    folder = Folder.objects.visible_to(user).select_related("owner", "parent").filter(pk=folder_id).first()
    if folder is None:
        raise NotFound("There is no such folder, or none of yours.")
    return folder


def _lock_tree(owner_id: UUID) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner_id)


def _locked(user: User, folder_id: UUID) -> Folder:
    """The folder as it is once nobody else changes its tree."""
    _lock_tree(find_folder(user, folder_id).owner_id)
    return find_folder(user, folder_id)


def _own_folder(owner: User, folder_id: UUID | None, field: str) -> Folder | None:
    if folder_id is None:
        return None
    folder = Folder.objects.filter(owner=owner, pk=folder_id).first()
    if folder is None:
        _refuse(field, "There is no such folder.")
    return folder


def _put(owner: User, name: str, parent: Folder | None) -> Folder:
    """A new row, checked against all limits, under the tree's lock."""
    if Folder.objects.filter(owner=owner).count() >= MAX_FOLDERS:
        _refuse("name", f"A person has at most {MAX_FOLDERS:,} folders.")
    depth = 1 + (parent.depth if parent else 0)
    if depth > MAX_DEPTH:
        _refuse("parent", f"Folders lie at most {MAX_DEPTH} deep.")
    _require_free_name(owner.pk, name, parent, besides=None)
    path = f"{parent.path}/{name}" if parent else name
    folder = Folder(owner=owner, parent=parent, name=name, path=path, depth=depth, created_at=utc_now())
    folder.save(force_insert=True)
    return folder


def _place(user: User, folder: Folder, name: str, parent: Folder | None) -> Folder:
    """Give a folder its name and place, and all below it their paths, under the tree's lock."""
    if (folder.name, folder.parent_id) == (name, parent.pk if parent else None):
        return folder
    subtree = list(Folder.objects.within(folder).order_by("depth"))
    if parent is not None and parent.pk in {each.pk for each in subtree}:
        _refuse("parent", f"“{folder.name}” cannot lie inside itself or inside one of its own folders.")
    deeper = 1 + (parent.depth if parent else 0) - folder.depth
    if subtree[-1].depth + deeper > MAX_DEPTH:
        _refuse("parent", f"Folders lie at most {MAX_DEPTH} deep; there it would be deeper.")
    _require_free_name(folder.owner_id, name, parent, besides=folder)
    before, path = folder.path, f"{parent.path}/{name}" if parent else name
    for each in subtree:
        each.path = path + each.path[len(before) :]
        each.depth += deeper
    subtree[0].name, subtree[0].parent = name, parent
    Folder.objects.bulk_update(subtree, ["path", "depth", "name", "parent"])
    record_audit(user, "folder.changed", folder, before={"path": before}, after={"path": path})
    return subtree[0]


def _rename_aside(folder: Folder) -> None:
    """A folder about to go gives its name free, for a child that is called the same."""
    folder.name = folder.path = f"\N{MIDDLE DOT}{folder.pk}"
    folder.save(update_fields=["name", "path"])


def _require_free_name(owner_id: UUID, name: str, parent: Folder | None, *, besides: Folder | None) -> None:
    same = Folder.objects.filter(owner=owner_id, parent=parent, name__iexact=name)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        place = f"“{parent.path}”" if parent else "The top level"
        _refuse("name", f"{place} has a folder “{name}” already.")


def _checked_name(name: str) -> str:
    try:
        return folder_name(name)
    except BadFolder as error:
        _refuse("name", str(error))


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, fields={field: [message]})


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
