"""Files of timelines, given out to those who see the workspace, so that nothing in them can act."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import NotFound
from orchestrator.core.web.ranges import file_answer
from orchestrator.workspaces.access import find_workspace
from orchestrator.workspaces.domain.files import FILE, kind_named
from orchestrator.workspaces.models import Attachment
from orchestrator.workspaces.services.attachments import path_of

_NOTHING_ACTS: Final = (
    "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"
)


@login_required
@require_safe
def file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponseBase:
    """As the type that its content had when it came; whatever is no picture or video is a download."""
    workspace = find_workspace(person(request), pk)
    row = Attachment.objects.filter(workspace=workspace, pk=file_id).first()
    if row is None:
        raise NotFound("There is no such file.")
    try:
        answer = file_answer(request, path_of(row), row.media_type)
    except FileNotFoundError as error:
        raise NotFound("This file is no longer there.") from error
    download = kind_named(row.media_type).group == FILE
    answer["Content-Disposition"] = content_disposition_header(download, row.name) or "attachment"
    answer["Content-Security-Policy"] = _NOTHING_ACTS
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
