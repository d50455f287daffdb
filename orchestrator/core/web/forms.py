"""Forms as all pages show them, and how a service's complaints reach their fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from orchestrator.core.errors import InvalidInput

_CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxInput: "checkbox checkbox-sm checkbox-primary",
    forms.CheckboxSelectMultiple: "checkbox checkbox-sm checkbox-primary",
    forms.RadioSelect: "radio radio-sm radio-primary",
    forms.Select: "select w-full",
    forms.Textarea: "textarea w-full",
    forms.FileInput: "file-input w-full",
    forms.widgets.Input: "input w-full",
}


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, be it nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


class StyledForm(forms.Form):
    """A form whose widgets carry the classes that ``components/field.html`` expects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.style()

    def style(self) -> None:
        """For fields that a form adds by itself after it was made: call it then."""
        for field in self.fields.values():
            given = field.widget.attrs.get("class", "")
            field.widget.attrs["class"] = f"{_classes_of(field.widget)} {given}".strip()

    def take(self, error: InvalidInput, *, prefix: str = "") -> None:
        """Show a service's complaints beside the fields they are about, the rest above the form.

        ``prefix`` is stripped from the names, for services that speak of ``settings.timeout_seconds``.
        """
        if not error.fields:
            self.add_error(None, error.message)
        for path, messages in error.fields.items():
            name = path.removeprefix(prefix)
            for message in messages:
                known = name in self.fields
                self.add_error(name if known else None, message if known else f"{name}: {message}")


def _classes_of(widget: forms.Widget) -> str:
    return next((classes for kind, classes in _CLASSES.items() if isinstance(widget, kind)), "")
