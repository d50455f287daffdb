"""Tags: what one may be, and renaming, merging and deleting one in all of a person's workflows."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, F, Func, Value

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.workflows.access import require_builder
from orchestrator.workflows.models import Workflow

MAX_TAGS: Final = 20
MAX_TAG_LENGTH: Final = 50


def check_tags(tags: list[str], *, field: str = "tags") -> list[str]:
    """As they are kept: lower case, each once. Raises InvalidInput."""
    cleaned = list(dict.fromkeys(_cleaned(tag) for tag in tags if tag.strip()))
    if len(cleaned) > MAX_TAGS:
        _refuse(field, f"A workflow has at most {MAX_TAGS} tags; these are {len(cleaned)}.")
    too_long = [tag for tag in cleaned if len(tag) > MAX_TAG_LENGTH]
    if too_long:
        _refuse(field, f"A tag has at most {MAX_TAG_LENGTH} characters; “{too_long[0][:20]}…” is longer.")
    if any("," in tag for tag in cleaned):
        _refuse(field, "A tag has no comma: that parts tags in filters.")
    return cleaned


@transaction.atomic
def rename_tag(user: User, old: str, new: str) -> int:
    """Call a tag otherwise in all workflows the person owns; into one that exists, the two become one.

    The number of workflows that had it. Raises NotFound if none has.
    """
    require_builder(user)
    [cleaned] = check_tags([new], field="new") or _refuse("new", "A tag needs a name.")
    old = _cleaned(old)
    if cleaned == old:
        return 0
    found = _with_tag(user, old)
    both = found.filter(tags__contains=[cleaned])
    number: int = both.update(tags=_array("array_remove", Value(old)))
    number += _with_tag(user, old).update(tags=_array("array_replace", Value(old), Value(cleaned)))
    _require_any(number, old)
    after = {"tag": cleaned, "workflows": number}
    record_audit(user, "tag.renamed", user, before={"tag": old}, after=after)
    return number


@transaction.atomic
def delete_tag(user: User, tag: str) -> int:
    """Take a tag from all workflows the person owns. Their number. Raises NotFound if none has it."""
    require_builder(user)
    tag = _cleaned(tag)
    number: int = _with_tag(user, tag).update(tags=_array("array_remove", Value(tag)))
    _require_any(number, tag)
    record_audit(user, "tag.deleted", user, before={"tag": tag, "workflows": number})
    return number


def _with_tag(user: User, tag: str) -> Any:
    return Workflow.objects.filter(owner=user, tags__contains=[tag])


def _array(function: str, *values: Value) -> Func:
    return Func(F("tags"), *values, function=function, output_field=ArrayField(CharField(max_length=50)))


def _cleaned(tag: str) -> str:
    return " ".join(tag.split()).lower()


def _require_any(number: int, tag: str) -> None:
    if number == 0:
        raise NotFound(f"None of your workflows has the tag “{tag}”.")


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, fields={field: [message]})
