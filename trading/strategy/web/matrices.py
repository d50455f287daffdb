"""Pages of decision matrices: which there are, the editor, and the plain forms behind it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.web.forms import StyledForm, sent
from orchestrator.core.web.paging import keyset_page
from trading.strategy.access import May, find_matrix, rights_in
from trading.strategy.domain.vocabulary import SessionStatus
from trading.strategy.models import Corporation, StrategicMatrix
from trading.strategy.queries.matrices import (
    ShownMatrix,
    matrices_for,
    shown_matrix,
    told_matrix,
)
from trading.strategy.services import matrices, matrix_parts
from trading.strategy.services.matrix_parts import Kind
from trading.strategy.services.matrix_scores import ScoreChange, set_scores
from trading.strategy.web import pictures, sensitivity
from trading.strategy.web.matrix_forms import (
    CriterionForm,
    NewCriterionForm,
    NewMatrixForm,
    NewOptionForm,
    OptionForm,
    RowForm,
    TitleForm,
    workable,
)
from trading.strategy.web.params import ids_of

_FILTERS: Final = ("corporation", "session")
_RANGES: Final = 8
"""Criteria of which is shown at once what would change the winner, the most delicate first."""
_STEPS: Final = {"earlier": -1, "later": 1}


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Matrices of the corporations that the person sees."""
    user = person(request)
    chosen = ids_of(request.GET, _FILTERS)
    context = {
        "here_tab": "matrices",
        "page": keyset_page(request, matrices_for(user, chosen), ordering="-id", size=30),
        "chosen": chosen,
        "corporations": list(Corporation.objects.visible_to(user).order_by("name")[:200]),
        "may_begin": workable(user).exists(),
    }
    return render(request, "strategy/matrices.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NewMatrixForm(
        user, sent(request), request.FILES or None, initial=ids_of(request.GET, ["corporation"])
    )
    if form.is_bound and form.is_valid():
        data, draft = form.cleaned_data, form.draft
        try:
            made = matrices.create_matrix(
                user,
                UUID(data["corporation"]),
                title=data["title"],
                options=draft.options,
                criteria=draft.criteria,
                scores=draft.scores,
            )
        except InvalidInput as error:
            form.take(error)
        else:
            return redirect("strategy:matrix", made.pk)
    context = {"here_tab": "matrices", "form": form, "may_begin": workable(user).exists()}
    return render(request, "strategy/new_matrix.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The editor, its pictures, and how sensitive the winner is."""
    return _detail(request, find_matrix(person(request), pk))


@login_required
@require_safe
def picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pictures alone, for the editor that just saved."""
    found = shown_matrix(find_matrix(person(request), pk))
    return render(request, "strategy/_matrix_pictures.html", _pictures(found))


@login_required
@require_POST
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    form = TitleForm(request.POST)
    if form.is_valid():
        matrices.rename_matrix(user, pk, title=form.cleaned_data["title"])
        return redirect("strategy:matrix", pk)
    return _detail(request, find_matrix(user, pk, May.WORK), rename=form)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    title = find_matrix(user, pk).title
    matrices.delete_matrix(user, pk)
    messages.success(request, f"“{title}” was deleted.")
    return redirect("strategy:matrices")


@login_required
@require_POST
def add(request: HttpRequest, pk: UUID, kind: Kind) -> HttpResponse:
    """An option or a criterion, at the end."""
    user = person(request)
    made = NewOptionForm if kind == "option" else NewCriterionForm
    form = made(request.POST, auto_id=f"{kind}_%s")
    if form.is_valid():
        try:
            matrix_parts.add_part(user, pk, kind, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            return redirect(f"{reverse('strategy:matrix', args=[pk])}#add-{kind}")
    return _detail(request, find_matrix(user, pk, May.WORK), **{kind: form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def option(request: HttpRequest, pk: UUID, part_id: UUID) -> HttpResponse:
    """One option: its name, its place, and its scores with their reasons."""
    user = person(request)
    matrix = find_matrix(user, pk, May.WORK if request.method == "POST" else May.READ)
    found = shown_matrix(matrix)
    at, row = _place([each.id for each in found.options], part_id, "option"), None
    if request.method == "POST" and request.POST.get("act") != "scores":
        form = OptionForm(request.POST)
        return _act(request, pk, "option", part_id, at, form) or _option(request, found, at, form, None)
    if request.method == "POST":
        row = RowForm(found.criteria, found.cells[at], request.POST)
        if row.is_valid():
            set_scores(user, pk, _changes(part_id, row))
            messages.success(request, "The scores were saved.")
            return redirect("strategy:matrix", pk)
    return _option(request, found, at, None, row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: HttpRequest, pk: UUID, part_id: UUID) -> HttpResponse:
    """One criterion: its name, its place and its weight."""
    user = person(request)
    matrix = find_matrix(user, pk, May.WORK if request.method == "POST" else May.READ)
    found = shown_matrix(matrix)
    at = _place([each.id for each in found.criteria], part_id, "criterion")
    part = found.criteria[at]
    told = {"name": part.name, "description": part.description, "weight": part.plain_weight}
    form = CriterionForm(sent(request), initial=told)
    if form.is_bound:
        answer = _act(request, pk, "criterion", part_id, at, form)
        if answer is not None:
            return answer
    context = {**_head(request, matrix), "form": form, "part": part, "kind": "criterion"}
    return render(request, "strategy/matrix_part.html", context, status=400 if form.errors else 200)


def _act(
    request: HttpRequest, pk: UUID, kind: Kind, part_id: UUID, at: int, form: OptionForm
) -> HttpResponse | None:
    """What the pressed button says. None where the form has faults to show."""
    user, act = person(request), request.POST.get("act", "save")
    if act == "delete":
        matrix_parts.delete_part(user, pk, kind, part_id)
    elif act in _STEPS:
        matrix_parts.change_part(user, pk, kind, part_id, position=max(0, at + _STEPS[act]))
    elif not form.is_valid():
        return None
    else:
        try:
            data = dict(form.cleaned_data)
            weight = data.pop("weight", None)
            if weight is not None:
                matrix_parts.set_weights(user, pk, {part_id: weight})
            matrix_parts.change_part(user, pk, kind, part_id, **data)
        except InvalidInput as error:
            form.take(error)
            return None
    if act in _STEPS:
        return redirect(f"strategy:matrix-{kind}", pk, part_id)
    return redirect("strategy:matrix", pk)


def _option(
    request: HttpRequest, found: ShownMatrix, at: int, form: OptionForm | None, row: RowForm | None
) -> HttpResponse:
    part = found.options[at]
    context = {
        **_head(request, found.matrix),
        "form": form or OptionForm(initial={"name": part.name, "description": part.description}),
        "row": row or RowForm(found.criteria, found.cells[at]),
        "part": part,
        "kind": "option",
    }
    is_wrong = bool((form and form.errors) or (row and row.errors))
    return render(request, "strategy/matrix_part.html", context, status=400 if is_wrong else 200)


def _changes(option_id: UUID, row: RowForm) -> list[ScoreChange]:
    data = row.cleaned_data
    return [
        ScoreChange(
            option_id,
            each.id,
            data[f"score-{each.id}"],
            data[f"reason-{each.id}"],
            data[f"source-{each.id}"],
        )
        for each in row.criteria
    ]


def _place(ids: list[UUID], part_id: UUID, kind: Kind) -> int:
    if part_id not in ids:
        raise NotFound(f"There is no such {kind} in this matrix.")
    return ids.index(part_id)


def _detail(request: HttpRequest, matrix: StrategicMatrix, **forms: StyledForm) -> HttpResponse:
    found = shown_matrix(matrix)
    context: dict[str, Any] = {
        **_head(request, matrix),
        **_pictures(found),
        "told": told_matrix(found),
        "rename": forms.get("rename") or TitleForm(initial={"title": matrix.title}),
        "option_form": forms.get("option") or NewOptionForm(auto_id="option_%s"),
        "criterion_form": forms.get("criterion") or NewCriterionForm(auto_id="criterion_%s"),
        "wrong": next(iter(forms), ""),
        "option_link": _link("option", matrix.pk),
        "criterion_link": _link("criterion", matrix.pk),
    }
    return render(request, "strategy/matrix.html", context, status=400 if forms else 200)


def _head(request: HttpRequest, matrix: StrategicMatrix) -> dict[str, Any]:
    rights = rights_in(person(request), matrix.corporation) or May.READ
    is_archived = matrix.session is not None and matrix.session.status == SessionStatus.ARCHIVED
    return {
        "here_tab": "matrices",
        "matrix": matrix,
        "may_work": rights >= May.WORK and not is_archived,
        "is_archived": is_archived,
    }


def _pictures(found: ShownMatrix) -> dict[str, Any]:
    tones = pictures.tones(found)
    bars = pictures.bars(found, tones)
    ranges = sensitivity.ranges(found, tones)
    return {
        "found": found,
        "bars": bars,
        "more_bars": sum(each.total is not None for each in found.options) - len(bars),
        "radar": pictures.radar(found, tones),
        "ranges": ranges[:_RANGES],
        "more_ranges": ranges[_RANGES:],
        "least": ranges[0] if ranges and ranges[0].nearest else None,
        "winners": sensitivity.named(found, [at for at, each in enumerate(found.options) if each.rank == 1])
        if found.winners
        else "",
    }


def _link(kind: Kind, pk: UUID) -> str:
    """With PART where the editor puts the id."""
    nobody = UUID(int=0)
    return reverse(f"strategy:matrix-{kind}", args=[pk, nobody]).replace(str(nobody), "PART")
