"""Lists in a form as rows that people add, take out and move, with buttons that need no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from orchestrator.core.web.forms import StyledForm
from orchestrator.executions.web.schema_form import SchemaForm

MOST_FIELDS: Final = 600
"""Of all rows of a list together: Django takes 1,000 in one form."""
_MOST_ROWS: Final = 200
_SIMPLE: Final = ("string", "number", "integer", "boolean")
_VALUE: Final = "value"

Make = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Focus:
    """What a button did, so that whoever pressed it finds it again: ``row`` is the prefix of its fields."""

    verb: str
    list: str
    row: str


class Rows:
    """``make`` builds the form of one row; ``given`` is what the rows begin with.

    ``data`` binds them to what was sent. ``draft`` shows what was sent without a word about its faults:
    somebody is not done with it yet.
    """

    def __init__(
        self, prefix: str, title: str, help_text: str, *, make: Make, given: Sequence[Any], most: int,
        data: QueryDict | None = None, draft: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.prefix, self.title, self.help_text = prefix, title, help_text
        self.most = min(most, _MOST_ROWS)
        self.faults: list[str] = []
        told = data if data is not None else draft
        self.forms = [
            make(
                prefix=f"{prefix}-{at}",
                given=given[at] if told is None else None,
                data=data,
                initial=_drafted(draft, f"{prefix}-{at}-") if draft is not None else None,
            )
            for at in range(len(given) if told is None else count_of(told, prefix))
        ]
        for form in self.forms:
            for field in form.fields.values():
                if isinstance(field.widget, forms.Textarea):
                    field.widget.attrs["rows"] = 2

    @property
    def is_full(self) -> bool:
        return len(self.forms) >= self.most

    def focus(self, row: str) -> None:
        """Begin in the first field of that row."""
        for form in self.forms:
            if form.prefix == row:
                next(iter(form.fields.values())).widget.attrs["autofocus"] = True

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    @property
    def has_faults(self) -> bool:
        return bool(self.faults or any(form.is_bound and form.errors for form in self.forms))

    def take(self, path: str, messages: list[str]) -> None:
        """A complaint about ``2.name``, ``2``, or the list as a whole."""
        at, _, field = path.partition(".")
        if not at.isdigit() or int(at) >= len(self.forms):
            self.faults += messages
            return
        form = self.forms[int(at)]
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def count_of(data: QueryDict, prefix: str) -> int:
    text = data.get(f"{prefix}-count", "")
    return min(int(text), _MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _drafted(data: QueryDict, prefix: str) -> dict[str, Any]:
    """What was sent for one row, as its widgets show it; of several values all."""
    found = {key.removeprefix(prefix): data.getlist(key) for key in data if key.startswith(prefix)}
    return {name: told[0] if len(told) == 1 and name != "citations" else told for name, told in found.items()}


def moved(data: QueryDict, act: str) -> tuple[QueryDict, Focus]:
    """What was sent, with a row more or less or in another place, and which row that was.

    ``act``: ``add:list``, ``remove:list:2``, ``up:list:2``, ``down:list:2``. Raises InvalidInput.
    """
    verb, _, rest = act.partition(":")
    prefix, _, place = rest.partition(":")
    count = count_of(data, prefix)
    at = count if verb == "add" else int(place) if place.isascii() and place.isdigit() else -1
    rows = [_row_of(data, f"{prefix}-{each}-") for each in range(count)]
    if verb == "add" and count < _MOST_ROWS:
        rows.append({})
    elif verb == "remove" and 0 <= at < count:
        del rows[at]
    elif verb in ("up", "down") and 0 <= at < count:
        to = max(0, at - 1) if verb == "up" else min(count - 1, at + 1)
        rows.insert(to, rows.pop(at))
        at = to
    else:
        raise InvalidInput("There is no such row.")
    return _laid_out(data, prefix, rows), Focus(verb, prefix, f"{prefix}-{at}")


def _row_of(data: QueryDict, prefix: str) -> dict[str, list[str]]:
    return {key.removeprefix(prefix): data.getlist(key) for key in data if key.startswith(prefix)}


def _laid_out(data: QueryDict, prefix: str, rows: list[dict[str, list[str]]]) -> QueryDict:
    fresh = data.copy()
    for key in [each for each in fresh if each.startswith(f"{prefix}-")]:
        del fresh[key]
    fresh[f"{prefix}-count"] = str(len(rows))
    for at, row in enumerate(rows):
        for name, told in row.items():
            fresh.setlist(f"{prefix}-{at}-{name}", told)
    return fresh


def fits_rows(schema: Any, given: Any) -> bool:
    """Whether it is a list of simple things, or of objects of such, and not too long for a form."""
    if not isinstance(schema, Mapping) or schema.get("type") != "array":
        return False
    fields = (_row_schema(schema).get("properties") or {}).values()
    if not 1 <= len(fields) <= 12 or not all(_is_simple(each) for each in fields):
        return False
    return len(given if isinstance(given, list) else ()) * len(fields) <= MOST_FIELDS


class SchemaRow(SchemaForm):
    """A row of a list that a schema describes."""

    def __init__(self, schema: Mapping[str, Any], *, given: Json, initial: Any, **kwargs: Any) -> None:
        self._shape = _row_schema(schema)
        self._is_plain = _is_simple(schema.get("items"))
        begun: Json = {_VALUE: given} if self._is_plain and given is not None else given
        super().__init__(_loosened(self._shape), given=begun, initial=initial, **kwargs)

    def value(self) -> Json:
        told = super().value()
        assert isinstance(told, dict)
        for name in self._shape.get("required", ()):
            if _may_be_blank(self._shape["properties"][name]):
                told.setdefault(name, "")
        return told.get(_VALUE) if self._is_plain else told


def _row_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    items = schema.get("items")
    if _is_simple(items):
        return {"type": "object", "required": [_VALUE], "properties": {_VALUE: items}}
    return items if isinstance(items, dict) else {}


def _is_simple(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") in _SIMPLE or "enum" in schema)


def _may_be_blank(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not schema.get("minLength") and "enum" not in schema


def _loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """A text that has to be there may still be empty."""
    required = [each for each in schema.get("required", ()) if not _may_be_blank(schema["properties"][each])]
    return {**schema, "required": required, "x-order": list(schema.get("properties", ()))}


class AdviceRow(StyledForm):
    """One recommendation."""

    title = forms.CharField(max_length=300)
    detail = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)
    confidence = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100,
        label="Confidence, %",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    citations = forms.MultipleChoiceField(
        required=False, label="Rests on", widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, choices: Sequence[tuple[str, str]], *, given: Any, initial: Any, **kwargs: Any
    ) -> None:
        super().__init__(initial=initial if initial is not None else given, **kwargs)
        field: Any = self.fields["citations"]
        field.choices = choices

    @property
    def chosen(self) -> int:
        return len(self["citations"].value() or ())
