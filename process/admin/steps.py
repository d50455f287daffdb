"""What can be done with a whole version in the admin, each from its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError
from process.admin.compare import comparison
from process.admin.importing import import_page
from process.admin.packs import packs_page
from process.admin.simulator import simulator
from process.domain.validation import validate
from process.models import ProcessVersion
from process.queries.compiled import process_of
from process.queries.exported import export_version
from process.queries.preview import standings
from process.services.interchange import clone_version
from process.services.versions import activate_version

_CONFIRM = "admin/process/processversion/confirm.html"


class VersionSteps:
    """Buttons at the top of a version's page. What changes something asks first, and is sent as POST."""

    actions_detail = (
        "graph",
        "simulate",
        "compare",
        "packs",
        {"title": "More", "icon": "more_horiz", "items": ["find_faults", "export", "clone"]},
        "activate",
    )
    actions_list = ("import_file",)
    admin_site: Any
    get_object: Any
    message_user: Any
    opts: Any

    @action(description="Simulate", permissions=["view"])  # type: ignore[untyped-decorator]  # has no types
    def simulate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return simulator(self, request, self._version(request, object_id))

    @action(description="Compare", permissions=["view"])  # type: ignore[untyped-decorator]  # has no types
    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return comparison(self, request, self._version(request, object_id))

    @action(description="Apply a pack", permissions=["change"])  # type: ignore[untyped-decorator]  # has no types
    def packs(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return packs_page(self, request, self._version(request, object_id))

    @action(description="Import a file", permissions=["add"])  # type: ignore[untyped-decorator]  # has no types
    def import_file(self, request: HttpRequest) -> HttpResponse:
        return import_page(self, request)

    @action(description="Validate", permissions=["view"])  # type: ignore[untyped-decorator]  # has no types
    def find_faults(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        findings = validate(process_of(version))
        for finding in findings:
            level = messages.ERROR if finding.forbids else messages.WARNING
            self.message_user(request, f"{finding.message} ({finding.place or 'version'})", level)
        if not findings:
            self.message_user(request, "Nothing is wrong with this version.", messages.SUCCESS)
        return _to(version)

    @action(description="Export", permissions=["view"])  # type: ignore[untyped-decorator]  # has no types
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        return HttpResponse(
            json.dumps(export_version(version)),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="process-{version.pk}.json"'},
        )

    @action(description="Clone", permissions=["change"])  # type: ignore[untyped-decorator]  # has no types
    def clone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        if request.method != "POST":
            return self._ask(request, version, "Clone")
        try:
            copy = clone_version(person(request), version.pk)
        except DomainError as error:
            return self._refuse(request, version, error)
        self.message_user(request, f"{copy} is a draft with all of {version}.", messages.SUCCESS)
        return _to(copy)

    @action(description="Activate", permissions=["change"])  # type: ignore[untyped-decorator]  # has no types
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        if request.method != "POST":
            return self._ask(
                request,
                version,
                "Activate",
                findings=validate(process_of(version)),
                standings=standings(version),
            )
        try:
            activate_version(person(request), version.pk)
        except DomainError as error:
            return self._refuse(request, version, error)
        self.message_user(request, f"New sessions get {version} from now on.", messages.SUCCESS)
        return _to(version)

    def _version(self, request: HttpRequest, object_id: str) -> ProcessVersion:
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        assert isinstance(version, ProcessVersion)
        return version

    def _ask(self, request: HttpRequest, version: ProcessVersion, verb: str, **more: object) -> HttpResponse:
        title = f"{verb} {version}?"
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        context |= {"version": version, "verb": verb, "back": _address(version), **more}
        return TemplateResponse(request, _CONFIRM, context)

    def _refuse(self, request: HttpRequest, version: ProcessVersion, error: DomainError) -> HttpResponse:
        self.message_user(request, error.message, messages.ERROR)
        return _to(version)


def _address(version: ProcessVersion) -> str:
    return reverse("admin:process_processversion_change", args=[version.pk])


def _to(version: ProcessVersion) -> HttpResponse:
    return HttpResponseRedirect(_address(version))
