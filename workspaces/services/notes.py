"""What a person writes into a timeline, with or without files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import MessageType
from workspaces.models import WorkspaceMessage
from workspaces.services.attachments import keep_files, on_disk, prepared
from workspaces.services.timeline import tell

LONGEST_NOTE: Final = 10_000


def write_note(
    user: User, workspace_id: UUID, *, text: str, files: Sequence[UploadedFile[bytes]] = ()
) -> WorkspaceMessage:
    """A note, a file, or both. Raises NotFound, NotAllowed, InvalidInput about ``text`` or ``files``."""
    find_workspace(user, workspace_id, May.WORK)  # before files are looked into
    words = text.replace("\r\n", "\n").strip()
    if not words and not files:
        _refuse("Write something, or add a file.")
    if len(words) > LONGEST_NOTE:
        _refuse(f"A note has at most {LONGEST_NOTE:,} characters. This one has {len(words):,}.")
    if "\x00" in words:
        _refuse("A note is plain text.")
    with on_disk(workspace_id, prepared(files)) as rows, transaction.atomic():
        workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
        return tell(
            workspace,
            MessageType.NOTE,
            "",
            by=user,
            content=words,
            attachments=keep_files(user, workspace, rows),
        )


def _refuse(message: str) -> None:
    raise InvalidInput(message, fields={"text": [message]})
