"""Who may help with the writing, what was sent to them, and how far something is that was asked for."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from orchestrator.accounts.current import person
from orchestrator.ai.queries import spending_of
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.web.paging import keyset_page
from process.domain.vocabulary import Help
from process.models import Answer, HelpRequest, Synthesis
from process.queries.helping import HelpState, state_of
from process.queries.sessions import session_of
from process.queries.texts import disclosures_of
from process.services.assistance import (
    choose_assistance,
    chosen_provider,
    providers_to_choose,
    title_of,
)
from process.services.journeys import opened, place_of
from process.services.material import material_of

PURPOSES = {
    Help.FOLLOW_UP: "A further question",
    Help.DRAFT: "A draft",
    Help.CHECKPOINT: "What was heard so far",
    Help.ARCHETYPES: "Patterns",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assistance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The choice, with what would be sent now and what never is."""
    user = person(request)
    error = ""
    if request.method == "POST":
        try:
            chosen = choose_assistance(user, pk, provider=request.POST.get("provider", ""))
        except InvalidInput as fault:
            error = fault.message
        else:
            messages.success(request, f"From now on: {title_of(chosen.provider)}.")
            return redirect("process:assistance", pk)
    place = place_of(session_of(user, pk))
    context = {
        "session": place.session,
        "chosen": chosen_provider(place.session),
        "providers": providers_to_choose(user),
        "material": material_of(place),
        "spending": spending_of(user),
        "error": error,
    }
    return render(request, "process/assistance.html", context, status=400 if error else 200)


@login_required
@require_safe
def sent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that was made ready for a helper, the latest first, word by word."""
    session = session_of(person(request), pk)
    page = keyset_page(request, disclosures_of(session), ordering="-id", size=20)
    known = Answer.objects.filter(pk__in={each for row in page.items for each in row.answer_ids})
    questions = dict(known.values_list("pk", "prompt__prompt_text"))
    rows = [
        {
            "row": row,
            "purpose": PURPOSES[Help(row.purpose)],
            "helper": title_of(row.provider),
            "text": opened(row.text),
            "questions": Counter(questions[each] for each in row.answer_ids if each in questions),
        }
        for row in page.items
    ]
    return render(request, "process/sent.html", {"session": session, "rows": rows, "page": page})


@login_required
@require_safe
def help_state(request: HttpRequest, pk: UUID, request_id: UUID) -> HttpResponse:
    """A fragment that asks for itself again while something is being made."""
    session = session_of(person(request), pk)
    found = HelpRequest.objects.filter(session=session, pk=request_id).select_related("section").first()
    if found is None:
        raise NotFound("Nothing of that kind was asked for in this session.")
    state = state_of(found)
    context = {"session": session, "state": with_link(state), "in_room": "room" in request.GET, "later": True}
    return render(request, "process/_help_state.html", context)


def with_link(state: HelpState) -> dict[str, object]:
    """A state with the address of what was made."""
    request, pk = state.request, state.request.session_id
    link = ""
    if state.word == "done" and request.kind == Help.ARCHETYPES:
        link = reverse("process:patterns", args=[pk])
    elif state.word == "done":
        text = Synthesis.objects.filter(session=pk, execution_id=request.execution_id).first()
        link = reverse("process:chapter", args=[pk, text.pk]) if text else ""
    return {"request": request, "word": state.word, "reason": state.reason, "link": link}
