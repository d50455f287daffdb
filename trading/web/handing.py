"""The page that hands outcomes of a market to a strategy, a new one or one that there is."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm, sent
from orchestrator.workflows.models import Workflow, WorkflowStatus
from orchestrator.workflows.queries.templates import templates_for
from trading.models import Market
from trading.queries import market_pages as pages
from trading.queries.strategies import CATEGORY
from trading.services.handing import add_outcomes, begin_with_outcomes

_MOST_STRATEGIES: Final = 100
_NEW: Final = "template:"
_OLD: Final = "workflow:"


class UseForm(StyledForm):
    """``target`` is ``template:<id>`` or ``workflow:<id>``."""

    tokens = forms.MultipleChoiceField(
        label="Outcomes",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one outcome."},
    )
    target = forms.ChoiceField(
        label="Strategy",
        error_messages={"required": "Choose where they go.", "invalid_choice": "It is gone."},
    )

    def __init__(self, user: User, market: Market, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = [(each.token, each.name) for each in pages.outcomes_of(market) if each.token]
        self.initial.setdefault("tokens", [token for token, _ in outcomes])
        templates = templates_for(user, category=CATEGORY).order_by("id")
        rows = Workflow.objects.editable_by(user).filter(category=CATEGORY)
        strategies = rows.exclude(status=WorkflowStatus.ARCHIVED).order_by("-updated_at")[:_MOST_STRATEGIES]
        _choose(self, "tokens", outcomes)
        groups = [
            ("A new one, from a template", [(f"{_NEW}{each.pk}", each.name) for each in templates]),
            ("Add to the draft of", [(f"{_OLD}{each.pk}", each.name) for each in strategies]),
        ]
        _choose(self, "target", [group for group in groups if group[1]])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose outcomes and a strategy; a new one can be tested at once, a draft has to be published."""
    user, market = person(request), pages.find_market(pk)
    chosen = request.GET.getlist("token")
    form = UseForm(user, market, sent(request), initial={"tokens": chosen} if chosen else {})
    if form.is_bound and form.is_valid():
        try:
            return _handed(request, user, market, form.cleaned_data)
        except InvalidInput as error:
            for name, complaints in error.fields.items():
                form.add_error("tokens" if name == "tokens" else "target", " ".join(complaints))
    context = {"here_tab": "markets", "market": market, "form": form, "may_build": user.may_build}
    return render(request, "trading/use_market.html", context, status=400 if form.errors else 200)


def _handed(request: HttpRequest, user: User, market: Market, data: dict[str, Any]) -> HttpResponse:
    target = data["target"]
    if target.startswith(_NEW):
        workflow = begin_with_outcomes(user, UUID(target.removeprefix(_NEW)), market, data["tokens"])
        messages.success(
            request, f"“{workflow.name}” is yours and reads “{market.question}”: test it as it is."
        )
        return redirect("trading:strategy", workflow.pk)
    draft = add_outcomes(user, UUID(target.removeprefix(_OLD)), market, data["tokens"])
    messages.success(request, f"The draft reads “{market.question}”, too. Publish it to let runs use it.")
    return redirect("workflows:edit", draft.workflow_id)


def _choose(form: StyledForm, name: str, choices: list[Any]) -> None:
    field: Any = form.fields[name]
    field.choices = choices
