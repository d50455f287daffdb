"""Files in a timeline: what they are is told by their content, and nothing in them can act."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image
from pytest_django import Settings

from orchestrator.core.errors import InvalidInput
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from workspaces.domain.files import kind_of, shown_name
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMessage
from workspaces.services.notes import write_note

pytestmark = pytest.mark.django_db

MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00" + bytes(range(256)) * 8
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 64


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.WORKSPACE_FILES = tmp_path / "files"


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, form, **options)
    return file.getvalue()


def attach(workspace: PatternWorkspace, name: str, content: bytes) -> Attachment:
    write_note(workspace.created_by, workspace.pk, text="", files=[SimpleUploadedFile(name, content)])
    return Attachment.objects.latest("pk")


def url_of(row: Attachment) -> str:
    return f"/workspaces/{row.workspace_id}/files/{row.pk}/"


def stored(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.WORKSPACE_FILES).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", picture("PNG"), "image/png"),
        ("a.png", picture("JPEG"), "image/jpeg"),
        ("a", picture("WEBP"), "image/webp"),
        ("a.html", MP4, "video/mp4"),
        ("a.mkv", WEBM, "video/webm"),
        ("a.csv", b"%PDF-1.7 x", "application/pdf"),
        ("a.CSV", "a;b\nä;1\n".encode(), "text/csv"),
        ("a.html", b"<script>alert(1)</script>", "text/plain"),
        ("a.txt", b"MZ\x90\x00\x03", None),
        ("a.txt", b"caf\xe9", None),
        ("a.txt", b"", None),
        ("a.svg", b"GIF89a\x01\x00", None),
    ],
)
def test_the_content_says_what_a_file_is(name: str, content: bytes, kind: str | None) -> None:
    found = kind_of(content, name)
    assert (found.media_type if found else None) == kind


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "etc passwd.txt"),
        ("chart.html", "chart.txt"),
        ("a\u202egpj.exe", "a gpj.txt"),
        ("", "file.txt"),
        ("...", "file.txt"),
        ("My notes.v2 final.txt", "My notes.v2 final.txt"),
    ],
)
def test_a_name_is_shown_with_the_ending_of_what_it_is_and_leads_nowhere(given: str, name: str) -> None:
    kind = kind_of(b"text", "a.txt")
    assert kind is not None
    assert shown_name(given, kind) == name


def test_a_picture_is_encoded_anew_without_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    row = attach(make_workspace(), "../x.jpg", picture("JPEG", exif=exif))

    answer = client_of(row.uploaded_by).get(url_of(row))

    content = answer.getvalue()
    assert b"taken at home" not in content
    assert Image.open(io.BytesIO(content)).size == (40, 30)
    assert (row.name, answer["Content-Type"]) == ("x.jpg", "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Disposition"].startswith("inline")


def test_whatever_is_no_picture_or_video_is_a_download() -> None:
    row = attach(make_workspace(), "page.html", b"<script>alert(1)</script>")
    answer = client_of(row.uploaded_by).get(url_of(row))
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == 'attachment; filename="page.txt"'


def test_a_video_is_served_in_the_part_that_a_player_asks_for() -> None:
    row = attach(make_workspace(), "a.mp4", MP4)
    client = client_of(row.uploaded_by)

    part = client.get(url_of(row), headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")
    assert part["Content-Range"] == f"bytes 4-7/{len(MP4)}"
    assert client.get(url_of(row), headers={"Range": "bytes=0-"}).status_code == 206
    assert client.get(url_of(row), headers={"Range": f"bytes={len(MP4)}-"}).status_code == 416
    assert client.get(url_of(row)).getvalue() == MP4


def test_only_who_sees_the_workspace_gets_its_files() -> None:
    row = attach(make_workspace(), "a.txt", b"secret")
    other = make_workspace(make_user("other"), pattern_type="bos")
    stranger = client_of(other.created_by)
    assert stranger.get(url_of(row)).status_code == 404
    assert stranger.get(f"/workspaces/{other.pk}/files/{row.pk}/").status_code == 404, (
        "not by another's address"
    )
    assert Client().get(url_of(row)).status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.exe", b"MZ\x90\x00", "none of the types"),
        ("a.png", picture()[:40], "no picture that can be read"),
        ("big.txt", b"x" * 2_000, "larger than"),
    ],
)
def test_a_refused_file_leaves_nothing(settings: Settings, name: str, content: bytes, told: str) -> None:
    settings.ATTACHMENT_MAX_BYTES = {**settings.ATTACHMENT_MAX_BYTES, "file": 1_000}
    workspace = make_workspace()
    files = [SimpleUploadedFile("good.txt", b"good"), SimpleUploadedFile(name, content)]
    with pytest.raises(InvalidInput, match=told):
        write_note(workspace.created_by, workspace.pk, text="x", files=files)
    assert not WorkspaceMessage.objects.filter(type="note").exists()
    assert not stored(settings)


def test_a_full_workspace_takes_no_more_and_its_disk_is_left_clean(settings: Settings) -> None:
    settings.ATTACHMENT_MAX_PER_WORKSPACE = 10
    workspace = make_workspace()
    attach(workspace, "a.txt", b"12345678")
    with pytest.raises(InvalidInput, match="together"):
        attach(workspace, "b.txt", b"12345678")
    assert len(stored(settings)) == 1


def test_files_lie_under_names_that_nobody_typed_and_are_shown_in_the_timeline(settings: Settings) -> None:
    workspace = make_workspace()
    with transaction.atomic():
        row = attach(workspace, "Entry chart.png", picture())
    [path] = stored(settings)
    assert "chart" not in str(path.relative_to(settings.WORKSPACE_FILES))
    page = client_of(workspace.created_by).get(f"/workspaces/{workspace.pk}/").content.decode()
    assert f'src="{url_of(row)}"' in page
    assert 'alt="Entry chart.png"' in page
