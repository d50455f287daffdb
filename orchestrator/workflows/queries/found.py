"""What a search matched in the rows of one page, marked so that a template can show it as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline
from django.db.models import F, Func, TextField, Value
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orchestrator.workflows.models import Workflow
from orchestrator.workflows.models.words import search_query

_ANGLES: Final = "<>&"
_STAND_INS: Final = "\uf8f0\uf8f1\uf8f2"
"""PostgreSQL would take text between angle brackets for markup and leave it out."""
_BEGIN: Final = "\uf8f3"
_END: Final = "\uf8f4"
_PLAIN: Final = str.maketrans(_STAND_INS, _ANGLES, _BEGIN + _END)


@dataclass(frozen=True, slots=True)
class Found:
    """Marked texts of one row. Those in which nothing was found are empty, except the name."""

    name: SafeString
    description: SafeString | str
    nodes: SafeString | str


def found_in(ids: Sequence[UUID], text: str, model: Any = Workflow) -> dict[UUID, Found]:
    """For the rows with these ids, in one query."""
    query = search_query(text)
    nodes: Any = Value("")
    if model is Workflow:
        nodes = _headline("node_titles", query, max_fragments=2, max_words=8, min_words=3)
    rows = model.objects.filter(pk__in=ids).values_list(
        "pk",
        _headline("name", query, highlight_all=True),
        _headline("description", query, max_fragments=1, max_words=24, min_words=12),
        nodes,
    )
    return {
        pk: Found(marked(name), *(marked(part) if _BEGIN in part else "" for part in rest))
        for pk, name, *rest in rows
    }


def _headline(column: str, query: Any, **options: Any) -> SearchHeadline:
    stand_ins = Func(
        F(column), Value(_ANGLES + _BEGIN + _END), Value(_STAND_INS), function="translate",
        output_field=TextField(),
    )  # fmt: skip
    return SearchHeadline(stand_ins, query, config="english", start_sel=_BEGIN, stop_sel=_END, **options)


def marked(text: str) -> SafeString:
    """Text with PostgreSQL's marks, as HTML: everything of the text escaped, only the marks are elements."""
    first, *rest = text.split(_BEGIN)
    parts = [(part.partition(_END)[0], part.partition(_END)[2]) for part in rest]
    return format_html(
        "{}{}",
        first.translate(_PLAIN),
        format_html_join(
            "",
            "<mark>{}</mark>{}",
            ((hit.translate(_PLAIN), after.translate(_PLAIN)) for hit, after in parts),
        ),
    )
