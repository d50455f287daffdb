"""A version from a JSON file, in the admin: a new draft, or every fault of the file by its place."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.json import Json
from process.admin.places import version_url
from process.services.interchange import import_version

_PAGE: Final = "admin/process/processversion/import.html"
_MOST_BYTES: Final = 20_000_000


class ImportForm(forms.Form):
    file = forms.FileField(label="File", help_text="As “Export” writes it.")
    name = forms.CharField(
        label="Name", required=False, max_length=100, help_text="In place of the one in the file."
    )

    def document(self) -> Json:
        """Raises InvalidInput for what is no JSON."""
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            raise InvalidInput(f"The file has {file.size:,} bytes; at most {_MOST_BYTES:,} are taken.")
        try:
            document: Json = json.loads(file.read())
        except json.NotJson as error:
            raise InvalidInput(f"This file is not JSON: {error}") from error
        return document


def import_page(admin: Any, request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": "Import a version"}
    context["form"] = form
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                version = import_version(person(request), form.document(), name=form.cleaned_data["name"])
                admin.message_user(request, f"{version} is a draft now.", messages.SUCCESS)
                return HttpResponseRedirect(version_url(version.pk))
        except DomainError as error:
            context |= {"error": error.message, "faults": sorted(error.fields.items())}
        status = 400
    return TemplateResponse(request, _PAGE, context, status=status)
