"""Rows ordered by dragging in the admin, also where they stand on several pages."""

from __future__ import annotations

from typing import Any


def ordered(formset: Any) -> Any:
    """The formset class, in which the rows of a page that were dragged share out the places that they had.

    The admin's script numbers the rows of each page from 0 when one is dragged: as they come, those of the
    second page would be mixed with those of the first.
    """

    class Ordered(formset):  # type: ignore[misc]  # whichever class the admin made
        def save_existing_objects(self, commit: bool = True) -> Any:
            rows = [
                form
                for form in self.initial_forms
                if "order_index" in form.fields and form not in self.deleted_forms
            ]
            if any("order_index" in form.changed_data for form in rows):
                places = rising(sorted(form["order_index"].initial or 0 for form in rows))
                rows.sort(key=lambda form: form.cleaned_data["order_index"])
                for form, place in zip(rows, places, strict=True):
                    form.instance.order_index = place
            return super().save_existing_objects(commit)

    return Ordered


def rising(places: list[int]) -> list[int]:
    """Each above the one before: rows that shared a place get one each."""
    found: list[int] = []
    for place in places:
        found.append(max(place, found[-1] + 1) if found else place)
    return found
