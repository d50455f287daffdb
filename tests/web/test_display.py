"""How values look on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from orchestrator.accounts.models import User
from orchestrator.core.templatetags.display import relative
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import ApprovalStatus, StepStatus
from orchestrator.workflows.models import VersionStatus, WorkflowStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(days=9, hours=5), "9 d ago"),
    ],
)
def test_times_are_told_from_here(ago: timedelta, text: str) -> None:
    assert relative(NOON - ago, NOON) == text


def test_a_time_names_the_exact_moment_in_the_readers_zone() -> None:
    with time_machine.travel(NOON, tick=False), timezone.override(ZoneInfo("Asia/Tokyo")):
        tag = shown("{% when moment %}", moment=NOON - timedelta(minutes=5))
        old = shown("{% when moment %}", moment=NOON - timedelta(days=200))
    assert 'title="21 November 2026, 20:55:00 JST"' in tag
    assert ">5 min ago<" in tag
    assert ">5 May 2026<" in old
    assert shown("{% when moment %}", moment=None).endswith("\N{EN DASH}</span>")


@pytest.mark.parametrize(
    "value",
    [*Status, *StepStatus.values, *ApprovalStatus.values, *WorkflowStatus.values, *VersionStatus.values],
)
def test_every_status_has_an_icon_and_a_word(value: str) -> None:
    pill = shown("{% status value %}", value=value)
    assert "#circle&quot;" not in pill
    assert not pill.endswith("#circle")
    assert re.search(r"icons.svg#([a-z-]+)", pill)[1] != "circle"  # type: ignore[index]


def test_a_status_nobody_knows_is_shown_escaped() -> None:
    assert "&lt;b&gt;" in shown("{% status value %}", value="<b>")


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    root = Path(__file__).parents[2]
    sprite = set(re.findall(r'symbol id="([^"]+)"', (root / "static/src/icons.svg").read_text()))
    used = {
        name
        for path in (root / "templates").rglob("*.html")
        for name in re.findall(r'(?:{% icon |icon=)"([^"]+)"', path.read_text())
    }
    assert used - sprite == set()
    assert len(used) > 20


def test_people_are_named_and_nobody_is_the_system() -> None:
    kim = User(username="kim")
    kay = User(username="kay", first_name="Kay", last_name="Ray")
    source = "{{ a|person_name }}, {{ b|person_name }}, {{ c|person_name }}, {{ b|initials }}{{ a|initials }}"
    assert shown(source, a=kim, b=kay, c=None) == "kim, Kay Ray, system, KRK"


def test_json_on_a_page_is_escaped() -> None:
    assert "<script>" not in shown("{{ value|pretty_json }}", value={"a": "<script>"})
