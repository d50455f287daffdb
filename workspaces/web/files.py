"""Files of timelines, given out to those who see the workspace, so that nothing in them can act."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.web.ranges import harmless_file_answer
from workspaces.access import find_workspace
from workspaces.domain.files import FILE, kind_named
from workspaces.services.attachments import find_file


@login_required
@require_safe
def file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponseBase:
    """As the type that its content had when it came; whatever is no picture or video is a download."""
    workspace = find_workspace(person(request), pk)
    row, path = find_file(workspace, file_id)
    download = kind_named(row.media_type).group == FILE
    return harmless_file_answer(request, path, row.media_type, row.name, download=download)
