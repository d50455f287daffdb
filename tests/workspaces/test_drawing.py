"""What was drawn is kept: never longer than it is true, and nothing of one reader comes to another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from workspaces.domain.files import address_of
from workspaces.domain.vocabulary import MessageStatus, MessageType
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMessage
from workspaces.queries.timeline import one_entry
from workspaces.services.members import let_in
from workspaces.services.notes import write_note
from workspaces.services.timeline import retell, tell
from workspaces.web import drawing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    drawing._kept.cache_clear()


def page_of(user: User, workspace: PatternWorkspace) -> str:
    return client_of(user).get(f"/workspaces/{workspace.pk}/").content.decode()


def html_of(user: User, message: WorkspaceMessage) -> str:
    entries = client_of(user).get(f"/workspaces/{message.workspace_id}/").context["entries"]
    html: str = next(each.html for each in entries if each.message.pk == message.pk)
    return html


def test_an_entry_is_drawn_once_for_all_who_read_it() -> None:
    workspace = make_workspace()
    write_note(workspace.created_by, workspace.pk, text="Look here")
    reader = make_user("reader")
    let_in(workspace.created_by, workspace.pk, username="reader")
    page_of(workspace.created_by, workspace)
    drawn = drawing._kept.cache_info().misses

    assert "Look here" in page_of(reader, workspace)

    assert drawing._kept.cache_info().misses == drawn


def test_an_entry_that_was_told_anew_is_drawn_anew() -> None:
    workspace = make_workspace()
    owner = workspace.created_by
    with transaction.atomic():
        phase = tell(
            workspace,
            MessageType.CLAUDE_PHASE_UPDATE,
            "Testing",
            status=MessageStatus.IN_PROGRESS,
            progress=10,
            data={"phase": "testing"},
        )
    assert 'value="10"' in html_of(owner, phase)
    with transaction.atomic():
        retell(phase, progress=60)
    assert 'value="60"' in html_of(owner, phase)
    with transaction.atomic():
        retell(phase, data={"phase": "refining"})
    assert "refining" in html_of(owner, phase)


def test_what_changes_without_a_stamp_of_its_own_is_seen_all_the_same() -> None:
    """An author's name and files are rows of their own, and an admin may mend a text in the database."""
    workspace = make_workspace()
    owner = workspace.created_by
    note = write_note(owner, workspace.pk, text="first words")
    file = Attachment.objects.create(
        workspace=workspace, uploaded_by=owner, name="chart.png", media_type="image/png", size=1, path="x"
    )
    WorkspaceMessage.objects.filter(pk=note.pk).update(attachments=[address_of(workspace.pk, file.pk)])
    assert "chart.png" in html_of(owner, note)

    User.objects.filter(pk=owner.pk).update(first_name="Ada", last_name="Lovelace")
    assert "Ada Lovelace" in html_of(owner, note)
    WorkspaceMessage.objects.filter(pk=note.pk).update(content="mended words")
    assert "mended words" in html_of(owner, note)
    file.delete()
    assert "chart.png" not in html_of(owner, note)
    WorkspaceMessage.objects.filter(pk=note.pk).update(author=None)
    assert "Somebody who left" in html_of(owner, note)


def test_each_reader_has_times_and_days_of_their_zone() -> None:
    workspace = make_workspace()
    owner, reader = workspace.created_by, make_user("reader")
    let_in(owner, workspace.pk, username="reader")
    note = write_note(owner, workspace.pk, text="late")
    moment = datetime(utc_now().year - 1, 5, 4, 23, 30, tzinfo=UTC)
    WorkspaceMessage.objects.filter(pk=note.pk).update(created_at=moment)
    User.objects.filter(pk=reader.pk).update(time_zone="Asia/Tokyo")

    for user, day, hour in ((owner, 4, "23:30:00 UTC"), (reader, 5, "08:30:00 JST"), (owner, 4, "23:30:00")):
        html = html_of(User.objects.get(pk=user.pk), note)
        assert f'data-date="{moment.year}-05-0{day}"' in html
        assert hour in html
        assert f'datetime="{moment.isoformat()}"' in html


def test_how_long_ago_it_was_is_told_each_time() -> None:
    workspace = make_workspace()
    note = write_note(workspace.created_by, workspace.pk, text="x")
    assert "just now" in html_of(workspace.created_by, note)
    WorkspaceMessage.objects.filter(pk=note.pk).update(created_at=utc_now() - timedelta(hours=3))
    assert "3 h ago" in html_of(workspace.created_by, note)


def test_what_somebody_wrote_is_text() -> None:
    workspace = make_workspace()
    note = write_note(workspace.created_by, workspace.pk, text="<script>alert(1)</script> & {{ secret }}")
    html = html_of(workspace.created_by, note)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ secret }}" in html


def test_long_entries_are_not_kept() -> None:
    workspace = make_workspace()
    drawing.drawn(one_entry(write_note(workspace.created_by, workspace.pk, text="x" * 5_000)))
    assert drawing._kept.cache_info().currsize == 0


def test_the_navigation_is_that_of_who_looks() -> None:
    workspace = make_workspace()
    staff = make_user("staff", is_staff=True)
    let_in(workspace.created_by, workspace.pk, username="staff")
    for user, sees in ((workspace.created_by, False), (staff, True), (workspace.created_by, False)):
        page = page_of(user, workspace)
        assert ("/operations/" in page) is sees
        assert page.count('aria-current="page"') == 3, "the place twice, and the tab"
