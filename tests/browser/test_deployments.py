"""Where versions go, and how a deployment is followed, in the browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.browser.conftest import OpenAs
from tests.factories import make_user
from tests.workspaces.deployments.scene import finish, look, make_done, make_version
from tests.workspaces.deployments.wire import TOKEN, hosting
from tests.workspaces.making import make_workspace
from workspaces.models import Deployment

Looks = Callable[[Page], None]


def test_an_owner_connects_deploys_and_reads_what_became_of_it(
    open_as: OpenAs, looks_right: Looks, settings: Settings
) -> None:
    owner = make_user("owner")
    workspace = make_workspace(owner)
    make_version(workspace, number="0.0.2")
    make_done(workspace)
    with hosting(settings, states=["BUILDING", "ERROR"], error="No module named 'numpy'") as host:
        settings.VERCEL_TOKEN = ""
        page = open_as(owner, f"/workspaces/{workspace.pk}/deployments/")
        expect(page.get_by_label("Vercel, too")).to_be_disabled()
        page.get_by_label("Token", exact=True).fill(TOKEN)
        page.get_by_role("button", name="Save").click()
        page.get_by_label("Vercel, too").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("ending in OKEN")).to_be_visible()
        looks_right(page)
        page.get_by_role("button", name="Deploy 0.0.2").click()
        expect(page.get_by_text("Queued")).to_be_visible()
        row = look(look(Deployment.objects.get(target="vercel")))
        expect(page.get_by_text("Building")).to_be_visible()
        looks_right(page)
        look(row)
        expect(page.get_by_text("No module named 'numpy'")).to_be_visible()
        expect(page.get_by_text("Build completed")).to_be_visible()
        looks_right(page)
        page.goto(page.url.split("/deployments/")[0] + "/")
        looks_right(page)
        host.states = ["READY"]
        page.get_by_role("button", name="Deploy again").click()
        expect(page.get_by_role("heading", name="Version 0.0.2 to Vercel")).to_be_visible()
        again = finish(Deployment.objects.get(retry_of=row))
        assert again.status == "ready"
        expect(page.get_by_role("link", name=again.url)).to_be_visible()


def test_a_viewer_reads_and_is_offered_nothing(open_as: OpenAs, looks_right: Looks) -> None:
    workspace = make_workspace(make_user("owner"))
    make_done(workspace)
    reader = make_user("reader")
    workspace.members.create(user=reader, access="viewer")
    page = open_as(reader, f"/workspaces/{workspace.pk}/deployments/", phone=True, scheme="dark")
    expect(page.get_by_text("The owner chooses where they go.")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Roll back")).to_have_count(0)
    looks_right(page)
