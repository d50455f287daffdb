"""Forms of matrices, which do everything that the grid does, without a script."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from orchestrator.accounts.models import User
from orchestrator.core.web.forms import StyledForm
from trading.strategy.domain.drafts import NAME, SOURCE, TEXT
from trading.strategy.domain.matrix import MOST_SCORE, MOST_WEIGHT, PLACES
from trading.strategy.models import Corporation
from trading.strategy.queries.matrices import ShownCriterion, ShownScore, plain


def _lines() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line. More can be added later.",
    )


class NewMatrixForm(StyledForm):
    corporation = forms.ChoiceField()
    title = forms.CharField(max_length=NAME)
    options = _lines()
    criteria = _lines()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Corporation.objects.visible_to(user).values_list("pk", "name")
        field = self.fields["corporation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), name) for pk, name in rows]


class TitleForm(StyledForm):
    title = forms.CharField(max_length=NAME)


class OptionForm(StyledForm):
    name = forms.CharField(max_length=NAME)
    description = forms.CharField(max_length=TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CriterionForm(OptionForm):
    weight = forms.DecimalField(
        min_value=0, max_value=MOST_WEIGHT, max_digits=8, decimal_places=PLACES, initial=Decimal(1)
    )


class RowForm(StyledForm):
    """The scores of one option: three fields for each criterion."""

    def __init__(
        self, criteria: list[ShownCriterion], cells: list[ShownScore | None], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion, cell in zip(criteria, cells, strict=True):
            key = str(criterion.id)
            self.fields[f"score-{key}"] = forms.DecimalField(
                label="Score",
                required=False,
                min_value=0,
                max_value=MOST_SCORE,
                max_digits=6,
                decimal_places=PLACES,
                initial=plain(cell.score) if cell else None,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.fields[f"reason-{key}"] = forms.CharField(
                label="Reason", required=False, max_length=TEXT, initial=cell.reason if cell else ""
            )
            self.fields[f"source-{key}"] = forms.CharField(
                label="Source", required=False, max_length=SOURCE, initial=cell.source if cell else ""
            )
        self.style()

    @property
    def groups(self) -> list[tuple[ShownCriterion, list[forms.BoundField]]]:
        return [
            (each, [self[f"{name}-{each.id}"] for name in ("score", "reason", "source")])
            for each in self.criteria
        ]
