"""The book of a session in a browser: its pages look right, a photo is taken, chapters are moved."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from orchestrator.accounts.models import Role
from process.models import Session, SessionPhoto, Synthesis
from process.services import lending
from tests.browser.conftest import OpenAs
from tests.browser.test_process import LooksRight, begun
from tests.factories import make_user
from tests.process.output.making import CHAPTER, make_image


def make_chapters(session: Session) -> None:
    for section in session.process_version.sections.all()[:2]:
        Synthesis.objects.create(
            session=session,
            section=section,
            synthesis_type="chapter",
            content=CHAPTER,
            is_provisional=False,
            user_approved=True,
        )


def test_a_person_makes_a_book_and_takes_it_along(
    open_as: OpenAs, looks_right: LooksRight, tmp_path: Path
) -> None:
    user, session = begun()
    page = open_as(user, f"/processes/sessions/{session.pk}/book/")
    expect(page.get_by_text("No chapter yet")).to_be_visible()
    looks_right(page)
    make_chapters(session)
    file = tmp_path / "photo.png"
    file.write_bytes(make_image((300, 200), kind="PNG"))
    page.get_by_role("textbox", name="Title").fill("The blue house")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("A photo", exact=True).set_input_files(file)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_alt_text("The photo on your title page")).to_be_visible()
    assert SessionPhoto.objects.get().width == 300
    page.get_by_role("button", name="Move Childhood up").click()
    expect(page.locator("[data-chapter]").first).to_contain_text("Childhood")
    looks_right(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert download.value.suggested_filename == "The blue house.pdf"
    page.get_by_role("link", name="Read it").click()
    expect(page.get_by_role("heading", name="Childhood")).to_be_visible()
    looks_right(page)


def test_a_reader_reads_what_is_lent(open_as: OpenAs, looks_right: LooksRight) -> None:
    user, session = begun()
    make_chapters(session)
    reader = make_user()
    page = open_as(user, f"/processes/sessions/{session.pk}/readers/")
    page.get_by_label("User name or e-mail address").fill(reader.username)
    page.get_by_role("button", name="Let them read").click()
    expect(page.get_by_role("button", name=f"Take back from {reader.username}")).to_be_visible()
    looks_right(page)
    theirs = open_as(reader, "/processes/")
    with theirs.expect_navigation():
        theirs.get_by_role("link", name="Lent to you").click()
    looks_right(theirs)
    theirs.get_by_role("link", name="Life story").click()
    expect(theirs.get_by_text("lets you read this")).to_be_visible()
    looks_right(theirs)
    lending.take_back(user, session.pk, reader_id=reader.pk)


def test_staff_see_how_people_fare(open_as: OpenAs, looks_right: LooksRight) -> None:
    _, session = begun()
    version, node = session.process_version, session.current_node
    rows = [Session(user=make_user(), process_version=version, current_node=node) for _ in range(2)]
    Session.objects.bulk_create(rows)
    page = open_as(make_user(role=Role.ADMIN), "/processes/analytics/")
    expect(page.get_by_role("heading", name="Phases")).to_be_visible()
    looks_right(page)
