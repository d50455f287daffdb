"""Files in a timeline: looked into, kept under random names, and given out with their true type."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound
from workspaces.domain.files import IMAGE, NAMES, Kind, address_of, kind_of, shown_name
from workspaces.domain.pictures import BadPicture, prepare_picture
from workspaces.models import Attachment, PatternWorkspace

MOST_FILES: Final = 10
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was looked into. ``data`` is a picture that was encoded anew, ``source`` all else."""

    name: str
    kind: Kind
    size: int
    data: bytes | None
    source: UploadedFile[bytes]


def prepared(files: Sequence[UploadedFile[bytes]]) -> list[Ready]:
    """Raises InvalidInput about ``files``, for each file that is none of the known types, or too large."""
    if len(files) > MOST_FILES:
        _refuse(f"At most {MOST_FILES} files at once.")
    return [_look_into(each) for each in files]


def _look_into(file: UploadedFile[bytes]) -> Ready:
    given = file.name or "file"
    file.seek(0)
    kind = kind_of(file.read(_PIECE), given)
    if kind is None:
        _refuse(f"“{given[:100]}” is none of the types that can be attached: {NAMES}.")
    most = settings.ATTACHMENT_MAX_BYTES[kind.group]
    size = file.size or 0
    if size > most:
        _refuse(f"“{given[:100]}” is larger than {most / 1024**2:g} MB.")
    data = None
    if kind.group == IMAGE:
        file.seek(0)
        try:
            data = prepare_picture(file.read(), kind.media_type)
        except BadPicture as error:
            _refuse(f"“{given[:100]}”: {error}")
        size = len(data)
    return Ready(shown_name(given, kind), kind, size, data, file)


@contextmanager
def on_disk(workspace_id: UUID, ready: Sequence[Ready]) -> Iterator[list[Attachment]]:
    """Write the files before the transaction begins; they go again if the block does not come to its end."""
    written: list[Path] = []
    try:
        rows = []
        for each in ready:
            row = Attachment(
                workspace_id=workspace_id,
                name=each.name,
                media_type=each.kind.media_type,
                size=each.size,
                path=f"{workspace_id}/{secrets.token_hex(16)}",
            )
            written.append(path_of(row))
            _write(path_of(row), each)
            rows.append(row)
        yield rows
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _write(path: Path, ready: Ready) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") as target:
        if ready.data is not None:
            target.write(ready.data)
            return
        ready.source.seek(0)
        while piece := ready.source.read(_PIECE):
            target.write(piece)


def keep_files(user: User, workspace: PatternWorkspace, rows: Sequence[Attachment]) -> list[str]:
    """Their rows, in the caller's transaction; the addresses for a message. Raises InvalidInput.

    The workspace's row is locked, so that two who add files at once do not pass the limit together.
    """
    if not rows:
        return []
    assert transaction.get_connection().in_atomic_block, "a file stands or falls with its message"
    held = Attachment.objects.filter(workspace=workspace).aggregate(all=Sum("size"))["all"] or 0
    most = settings.ATTACHMENT_MAX_PER_WORKSPACE
    if held + sum(each.size for each in rows) > most:
        _refuse(f"The files of a workspace together have at most {most / 1024**2:g} MB.")
    for row in rows:
        row.uploaded_by = user
    Attachment.objects.bulk_create(rows)
    return [address_of(workspace.pk, row.pk) for row in rows]


def path_of(row: Attachment) -> Path:
    """Where it lies. Nothing of it comes from what somebody typed."""
    return Path(settings.WORKSPACE_FILES) / row.path


def find_file(workspace: PatternWorkspace, file_id: UUID) -> tuple[Attachment, Path]:
    """A file of this workspace, and where it lies. Raises NotFound, also if it is gone."""
    row = Attachment.objects.filter(workspace=workspace, pk=file_id).first()
    if row is None:
        raise NotFound("There is no such file.")
    if not path_of(row).is_file():
        raise NotFound("This file is no longer there.")
    return row, path_of(row)


def forget_files(workspace_id: UUID) -> None:
    """Take all files of a workspace off the disk; for after its rows are gone."""
    shutil.rmtree(Path(settings.WORKSPACE_FILES) / str(workspace_id), ignore_errors=True)


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, fields={"files": [message]})
