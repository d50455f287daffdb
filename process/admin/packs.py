"""Packs put into many phases at once, in the admin: what would come is shown before it comes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError
from process.admin.places import version_context, version_url
from process.models import ProcessVersion, PromptPack
from process.queries.packs import PlannedPhase, fingerprint
from process.services.packs import PlanChanged, apply_pack, check_plan, usable_pack

_PAGE: Final = "admin/process/processversion/packs.html"
_CHOOSE: Final = "admin/process/promptpack/choose_version.html"


def packs_page(admin: Any, request: HttpRequest, version: ProcessVersion) -> HttpResponse:
    """A GET, and a POST with ``preview``, only show; a POST with ``apply`` does what the preview showed."""
    given = request.POST if request.method == "POST" else request.GET
    context = version_context(admin, request, version, "packs", f"Apply a pack to {version}")
    context |= {
        "packs": PromptPack.objects.usable_in(version).prefetch_related("prompts"),
        "nodes": version.nodes.select_related("node_type"),
        "sections": version.sections.all(),
        "pack": given.get("pack", ""),
        "chosen": given.getlist("nodes"),
        "prefix": given.get("prefix", "").strip(),
        "section": given.get("section", ""),
    }
    if request.method != "POST":
        return TemplateResponse(request, _PAGE, context)
    try:
        if "apply" in request.POST:
            return _apply(admin, request, version, context)
        context |= _plan(version, context)
    except PlanChanged as error:
        context |= {"error": error.message, **_plan(version, context)}
        return TemplateResponse(request, _PAGE, context, status=error.status)
    except DomainError as error:
        context |= {"error": error.message, "fields": error.fields}
        return TemplateResponse(request, _PAGE, context, status=error.status)
    return TemplateResponse(request, _PAGE, context)


def choose_version(admin: Any, request: HttpRequest, pack: PromptPack) -> HttpResponse:
    """From a pack's page: the drafts that may use it."""
    drafts = ProcessVersion.objects.filter(frozen_at=None).order_by("-id")
    if not pack.is_global:
        drafts = drafts.filter(pk=pack.process_version_id)
    context = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": f"Apply {pack}"}
    return TemplateResponse(request, _CHOOSE, context | {"pack": pack, "drafts": drafts[:200]})


def _plan(version: ProcessVersion, context: dict[str, Any]) -> dict[str, list[PlannedPhase] | str]:
    pack = usable_pack(version, _pack_id(context))
    plan = check_plan(version, pack, context["chosen"], context["prefix"])
    return {"plan": plan, "previewed": fingerprint(plan, context["section"])}


def _apply(
    admin: Any, request: HttpRequest, version: ProcessVersion, context: dict[str, Any]
) -> HttpResponse:
    made = apply_pack(
        person(request),
        version.pk,
        _pack_id(context),
        context["chosen"],
        prefix=context["prefix"],
        section_key=context["section"],
        previewed=request.POST.get("previewed", ""),
    )
    phases = len({prompt.process_node_id for prompt in made})
    if made:
        message = f"{_many(len(made), 'prompt')} came into {_many(phases, 'phase')} of {version}."
        admin.message_user(request, message, messages.SUCCESS)
    else:
        message = "Nothing came: these phases have prompts of all these keys already. Choose a prefix."
        admin.message_user(request, message, messages.WARNING)
    return HttpResponseRedirect(version_url(version.pk))


def _pack_id(context: dict[str, Any]) -> UUID:
    try:
        return UUID(context["pack"])
    except ValueError:
        return UUID(int=0)


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
