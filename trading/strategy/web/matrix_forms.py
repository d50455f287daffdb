"""Forms of matrices, which do everything that the grid does, without a script."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.web.forms import StyledForm
from trading.strategy.domain.drafts import NAME, SOURCE, TEXT, CriterionDraft, MatrixDraft, OptionDraft
from trading.strategy.domain.matrix import MOST_SCORE, MOST_WEIGHT, PLACES, MatrixFault
from trading.strategy.domain.matrix_csv import MOST_BYTES, read_matrix
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation
from trading.strategy.models.corporations import CorporationQuerySet
from trading.strategy.queries.matrices import ShownCriterion, ShownScore, plain


def _lines() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line. More can be added later.",
    )


class NewMatrixForm(StyledForm):
    """By its names, or by a table out of a file."""

    corporation = forms.ChoiceField()
    title = forms.CharField(max_length=NAME)
    options = _lines()
    criteria = _lines()
    file = forms.FileField(
        required=False,
        label="Or a table with its scores",
        help_text="CSV, as a matrix gives it out: criteria across, weights below, a row for each option.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    draft: MatrixDraft = MatrixDraft((), (), ())

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["corporation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), name) for pk, name in workable(user).values_list("pk", "name")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("file") and (data.get("options") or data.get("criteria")):
            self.add_error("file", "Give either names or a table.")
        elif data.get("file"):
            self._read(data["file"])
        else:
            self.draft = MatrixDraft(
                tuple(OptionDraft(each) for each in _listed(data.get("options", ""))),
                tuple(CriterionDraft(each) for each in _listed(data.get("criteria", ""))),
                (),
            )
        return data

    def _read(self, file: UploadedFile[Any]) -> None:
        if (file.size or 0) > MOST_BYTES:
            self.add_error("file", "This file is larger than any matrix.")
            return
        try:
            self.draft = read_matrix(file.read().decode())
        except UnicodeDecodeError:
            self.add_error("file", "This file is no text in UTF-8.")
        except MatrixFault as fault:
            self.add_error("file", str(fault))


def workable(user: User) -> CorporationQuerySet:
    """Corporations whose matrices the person may begin and change, by name."""
    mine = Q(owner=user) | Q(members__user=user, members__access=Access.EDITOR.value)
    rows = Corporation.objects.visible_to(user).filter(mine).distinct().order_by("name", "pk")
    return rows if user.may_build else rows.none()


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class TitleForm(StyledForm):
    title = forms.CharField(max_length=NAME)


class OptionForm(StyledForm):
    """``NewOptionForm`` and ``NewCriterionForm`` are the same, named for pages that have both."""

    name = forms.CharField(max_length=NAME)
    description = forms.CharField(max_length=TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CriterionForm(OptionForm):
    weight = forms.DecimalField(
        min_value=0, max_value=MOST_WEIGHT, max_digits=8, decimal_places=PLACES, initial=Decimal(1)
    )


class NewOptionForm(OptionForm):
    name = forms.CharField(label="New option", max_length=NAME)


class NewCriterionForm(CriterionForm):
    name = forms.CharField(label="New criterion", max_length=NAME)


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
