"""Files by the API and with a description, and the limit that two who send at once do not pass together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import Settings

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_attachments import MP4, picture, stored
from tests.workspaces.test_pages import client_of
from workspaces.access import find_workspace
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMember, WorkspaceMessage
from workspaces.services import notes
from workspaces.services.notes import write_note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.WORKSPACE_FILES = tmp_path / "files"


def text(name: str, content: bytes = b"text") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_note_takes_several_files_which_are_listed_and_given_out() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}"
    sent = {"content": "Look", "files": [text("a.png", picture()), text("b.html", b"<script>")]}
    made = client.post(f"{url}/messages/", sent)
    assert made.status_code == 201
    assert len(made.json()["attachments"]) == 2

    page, shot = client.get(f"{url}/files/").json()["results"]
    assert (shot["name"], shot["media_type"], page["name"]) == ("a.png", "image/png", "b.txt")
    answer = client.get(page["url"])
    assert (answer.status_code, answer.getvalue()) == (200, b"<script>")
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_part_of_a_video_is_given_out_by_the_api() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    client.post(f"/api/v1/workspaces/{workspace.pk}/messages/", {"files": [text("a.mp4", MP4)]})
    [file] = client.get(f"/api/v1/workspaces/{workspace.pk}/files/").json()["results"]
    part = client.get(file["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")


def test_only_who_sees_the_workspace_gets_its_files_and_only_who_works_in_it_sends_some() -> None:
    workspace, reader = make_workspace(), make_user("reader")
    WorkspaceMember.objects.create(workspace=workspace, user=reader, access="viewer")
    url = f"/api/v1/workspaces/{workspace.pk}"
    client_of(workspace.created_by).post(f"{url}/messages/", {"files": [text("a.txt")]})
    [file] = client_of(reader).get(f"{url}/files/").json()["results"]
    assert client_of(reader).get(file["url"]).status_code == 200
    assert client_of(reader).post(f"{url}/messages/", {"files": [text("b.txt")]}).status_code == 403
    stranger = client_of(make_user("stranger"))
    for address in (f"{url}/files/", file["url"]):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{url}/messages/", {"files": [text("b.txt")]}).status_code == 404


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("a.exe", b"MZ\x90\x00\x03")], "none of the types"),
        ([(f"{number}.txt", b"x") for number in range(11)], "At most 10 files"),
    ],
)
def test_refused_files_are_told_and_leave_nothing(
    settings: Settings, files: list[tuple[str, bytes]], told: str
) -> None:
    workspace = make_workspace()
    sent = {"content": "x", "files": [text(*each) for each in files]}
    refused = client_of(workspace.created_by).post(f"/api/v1/workspaces/{workspace.pk}/messages/", sent)
    assert refused.status_code == 400
    assert told in refused.json()["errors"]["files"][0]
    assert not stored(settings)
    assert not WorkspaceMessage.objects.filter(type="note").exists()


def patched(user: User, workspace: PatternWorkspace, data: dict[str, Any]) -> Any:
    body = encode_multipart(BOUNDARY, data)
    return client_of(user).patch(f"/api/v1/workspaces/{workspace.pk}/", body, content_type=MULTIPART_CONTENT)


def test_a_description_takes_files_by_the_api_and_keeps_those_that_it_has() -> None:
    workspace = make_workspace()
    first = {"description": "It turns", "identification_steps": ["One", "Two"], "files": [text("a.txt")]}
    assert patched(workspace.created_by, workspace, first).status_code == 200
    kept = patched(workspace.created_by, workspace, {"files": [text("b.png", picture())]}).json()
    assert (kept["description"], kept["identification_steps"]) == ("It turns", ["One", "Two"])
    assert len(kept["attachments"]) == 2
    assert len(WorkspaceMessage.objects.latest("pk").attachments) == 1


def test_the_form_of_a_description_takes_files_and_shows_those_that_are_there(settings: Settings) -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/workspaces/{workspace.pk}/description/"
    sent = {"description": "It turns", "files": [text("chart.png", picture()), text("why.txt")]}
    assert client.post(url, sent).status_code == 302
    assert len(stored(settings)) == 2
    page = client.get(url).content.decode()
    assert "chart.png" in page
    assert "why.txt" in page

    bad = client.post(url, {"description": "It turns", "files": [text("a.exe", b"MZ\x90\x00\x03")]})
    assert bad.status_code == 400
    assert "none of the types" in bad.content.decode()
    part = client.post(url, {"description": " ", "files": [text("a.txt")]}, headers={"X-Part": "description"})
    assert (part.status_code, "detail" in part.json()) == (400, True)
    assert len(stored(settings)) == 2


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Both have looked how much there is before either writes, if nothing keeps them apart."""
    gate = threading.Barrier(2)
    real = Attachment.objects.bulk_create

    def wait(*args: Any, **kwargs: Any) -> Any:
        with suppress(threading.BrokenBarrierError):  # the other one waits for the row, as it should
            gate.wait(timeout=2)
        return real(*args, **kwargs)

    monkeypatch.setattr(Attachment.objects, "bulk_create", wait)
    return gate


def both_at_once(workspace: PatternWorkspace) -> list[str]:
    def send(number: int) -> str:
        try:
            write_note(
                workspace.created_by, workspace.pk, text="", files=[text(f"{number}.txt", b"12345678")]
            )
        except InvalidInput:
            return "refused"
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(send, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_do_not_pass_the_limit_together(
    settings: Settings, meeting: threading.Barrier
) -> None:
    settings.ATTACHMENT_MAX_PER_WORKSPACE = 10
    assert both_at_once(make_workspace()) == ["kept", "refused"]
    assert len(stored(settings)) == Attachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would(
    settings: Settings, meeting: threading.Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the race is real, and the workspace's lock is what ends it."""
    settings.ATTACHMENT_MAX_PER_WORKSPACE = 10
    workspace = make_workspace()
    unlocked: Callable[..., PatternWorkspace] = lambda *args, lock=False: find_workspace(*args)  # noqa: E731
    monkeypatch.setattr(notes, "find_workspace", unlocked)
    assert both_at_once(workspace) == ["kept", "kept"]
    assert sum(each.size for each in Attachment.objects.all()) == 16
