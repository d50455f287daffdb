"""The bulk actions on workflows: each is one of the services, done to many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.bulk import BulkAction, BulkSubject, BulkSubjects, Filters, Parameters
from orchestrator.workflows.filters import WorkflowFilter
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.paging import nearest
from orchestrator.workflows.services.definitions import archive_workflow, delete_workflow, describe_workflow
from orchestrator.workflows.services.folders import file_workflow, find_folder
from orchestrator.workflows.services.tags import check_tags


def register_workflow_actions(subjects: BulkSubjects) -> None:
    """Everything the library's page offers for rows that are selected."""
    workflows = BulkSubject(
        name="workflows",
        one="workflow",
        many="workflows",
        list_url="workflows:list",
        detail_url="workflows:detail",
        check_filters=_check_filters,
        ids=_ids,
        count=_count,
        label=_label,
    )
    for action in (
        BulkAction("tag", "Tagging", "tagged", _tag, _tags_given),
        BulkAction("untag", "Untagging", "untagged", _untag, _tags_given),
        BulkAction("move", "Moving", "moved", _move, _folder_given),
        BulkAction("archive", "Archiving", "archived", lambda user, pk, _: archive_workflow(user, pk)),
        BulkAction(
            "unarchive",
            "Taking out of the archive",
            "taken out of the archive",
            lambda user, pk, _: archive_workflow(user, pk, archived=False),
        ),
        BulkAction("delete", "Deleting", "deleted", lambda user, pk, _: delete_workflow(user, pk)),
    ):
        workflows.register(action)
    subjects.register(workflows)


def _filter(user: User, filters: Filters) -> WorkflowFilter:
    data = QueryDict(mutable=True)
    for name, values in filters.items():
        data.setlist(name, values if isinstance(values, list) else [values])
    found = WorkflowFilter(data, user=user)
    found.is_valid()
    return found


def _check_filters(user: User, filters: Filters) -> None:
    known = WorkflowFilter.base_filters
    faults = {f"filters.{name}": ["There is no such filter."] for name in filters if name not in known}
    values = [part for each in filters.values() for part in (each if isinstance(each, list) else [each])]
    if not all(isinstance(part, str) for part in values):
        faults["filters"] = ["Each filter is text, or a list of texts."]
    if not faults:
        errors = _filter(user, filters).errors
        faults = {f"filters.{name}": list(map(str, each)) for name, each in errors.items()}
    if faults:
        raise InvalidInput("These filters are not right.", fields=faults)


def _ids(user: User, filters: Filters, after: UUID | None, upto: UUID | None, limit: int) -> list[UUID]:
    def pick(rows: QuerySet[Workflow]) -> QuerySet[Workflow, UUID]:
        later = (rows.filter(pk__gt=after) if after else rows).filter(pk__lte=upto)
        return later.order_by("pk").values_list("pk", flat=True)[:limit]

    return sorted(nearest(user, _filter(user, filters).filter_queryset, pick))[:limit]


def _count(user: User, filters: Filters, upto: UUID | None, limit: int) -> int:
    def pick(rows: QuerySet[Workflow]) -> QuerySet[Workflow, UUID]:
        return (rows.filter(pk__lte=upto) if upto else rows).order_by().values_list("pk", flat=True)[:limit]

    return min(nearest(user, _filter(user, filters).filter_queryset, pick).count(), limit)


def _label(user: User, pk: UUID) -> str:
    return Workflow.objects.visible_to(user).filter(pk=pk).values_list("name", flat=True).first() or ""


def _tags_given(user: User, given: Parameters) -> dict[str, Any]:
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InvalidInput("Tags are a list of words.", fields={"parameters.tags": ["A list of words."]})
    cleaned = check_tags(tags, field="parameters.tags")
    if not cleaned:
        raise InvalidInput("Name at least one tag.", fields={"parameters.tags": ["Name at least one tag."]})
    return {"tags": cleaned}


@transaction.atomic
def _tag(user: User, pk: UUID, given: Parameters) -> None:
    workflow = find_workflow(user, pk, Access.EDITOR, lock=True)
    describe_workflow(user, pk, tags=[*workflow.tags, *given["tags"]])


@transaction.atomic
def _untag(user: User, pk: UUID, given: Parameters) -> None:
    workflow = find_workflow(user, pk, Access.EDITOR, lock=True)
    describe_workflow(user, pk, tags=[tag for tag in workflow.tags if tag not in given["tags"]])


def _folder_given(user: User, given: Parameters) -> dict[str, Any]:
    folder_id = given.get("folder_id") or None
    try:
        folder = find_folder(user, UUID(str(folder_id))) if folder_id else None
    except ValueError as error:
        fields = {"parameters.folder_id": ["This is no id."]}
        raise InvalidInput("There is no such folder.", fields=fields) from error
    return {"folder_id": str(folder.pk) if folder else None}


def _move(user: User, pk: UUID, given: Parameters) -> None:
    folder_id = given["folder_id"]
    file_workflow(user, pk, folder_id=UUID(folder_id) if folder_id else None)
