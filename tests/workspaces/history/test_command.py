"""The command: its options, what it prints, its documentation, and being killed in the middle."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from orchestrator.core import json
from tests.factories import make_user
from tests.workspaces.history.scene import everything, example, make_people, written
from workspaces.models import PatternSession, PatternWorkspace

ROOT = Path(__file__).parents[3]
HOWTO = ROOT / "docs" / "howto" / "import-pattern-history.md"


def command(*arguments: object, **options: Any) -> str:
    out = io.StringIO()
    call_command(
        "import_pattern_history", *(str(each) for each in arguments), stdout=out, stderr=out, **options
    )
    return out.getvalue()


@pytest.mark.django_db
def test_it_says_what_it_took_over_and_what_there_was_before(tmp_path: Path) -> None:
    make_people()
    path = written(tmp_path, example())
    begun = "swings: begun, with 1 set of candles, 1 session, 2 detections, 2 reviews, 1 case"
    trial = command(path, "--dry-run")
    assert f"would be {begun.removeprefix('swings: ')}" in trial
    assert "Nothing was changed" in trial
    assert begun in command(path, "--report", tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_bytes())["workspaces"][0]["sessions"] == 1
    assert "swings: nothing new; 4 records were taken over before" in command(path)


@pytest.mark.django_db
def test_faults_are_printed_and_strict_takes_over_nothing(tmp_path: Path) -> None:
    make_people()
    given = example()
    given["feedback"][0]["bar"] = 99
    path = written(tmp_path, given)
    with pytest.raises(CommandError, match="nothing was taken over"):
        command(path, "--strict")
    assert not any(everything().values())
    told = command(path)
    assert f"{path}, feedback 1: bar 99 is not in its session" in told
    assert PatternSession.objects.count() == 1
    path = written(tmp_path, example())
    assert "1 review" in command(path, "--strict")


@pytest.mark.django_db
def test_candles_may_lie_beside_the_file_and_nowhere_else(tmp_path: Path) -> None:
    make_people()
    given = example()
    (tmp_path / "bars.csv").write_text(given["candles"][0].pop("csv"))
    given["candles"][0]["file"] = "../bars.csv"
    inner = tmp_path / "inner"
    inner.mkdir()
    assert "not beside its file" in command(written(inner, given), "--dry-run")
    given["candles"][0]["file"] = "bars.csv"
    assert "begun" in command(written(tmp_path, given))


@pytest.mark.django_db
def test_bars_may_stand_in_the_file_and_pattern_types_get_their_names_here(tmp_path: Path) -> None:
    make_user("ann", email="ann@example.com")
    given = example()
    head, *rows = given["candles"][0].pop("csv").splitlines()
    given["candles"][0]["bars"] = [dict(zip(head.split(","), row.split(","), strict=True)) for row in rows]
    for each in (*given["patterns"], *given["sessions"], *given["implementationSessions"]):
        each["patternType"] = "swing_points"
    users = written(tmp_path, {"ben": "ann@example.com"}, "users.json")
    told = command(written(tmp_path, given), "--users", users, "--pattern", "swing_points=swings")
    assert "begun" in told
    assert "left out" not in told
    assert PatternWorkspace.objects.get().pattern_type == "swings"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name the files"),
        (["gone.json"], "cannot be read"),
        ([__file__, "--owner", "nobody"], "nobody called"),
        ([__file__, "--pattern", "a=b"], "there are swings"),
        ([__file__, "--users", __file__], "not JSON"),
    ],
)
def test_bad_options_are_told(arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        command(*arguments)


@pytest.mark.django_db
def test_the_example_is_printed_documented_and_can_be_taken_over(tmp_path: Path) -> None:
    printed = command("--example")
    assert printed.strip() in HOWTO.read_text()
    make_people()
    path = tmp_path / "example.json"
    path.write_text(printed)
    assert "fault" not in command(path, "--strict")


@pytest.mark.django_db
def test_the_documented_query_writes_a_file_out_of_the_older_tables(tmp_path: Path) -> None:
    """Tables of the names and columns that the older product had, as far as they are known."""
    make_people()
    given = example()
    [query] = re.findall(r"```sql\n(.*?)```", HOWTO.read_text(), re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE SCHEMA older; SET LOCAL search_path TO older; CREATE TABLE "User" (id text, email text);'
            'CREATE TABLE "Candles" (id text, name text, csv text);'
            'CREATE TABLE "PatternSession" (id text, "patternType" text, "createdAt" timestamp(3), '
            '"createdById" text, candles text, detections jsonb, feedback jsonb);'
            'CREATE TABLE "FeedbackItem" (id text, "sessionId" text, verdict text, kind text, '
            'direction text, bar int, "createdById" text, "createdAt" timestamp(3));'
            'CREATE TABLE "ImplementationSession" (id text, "patternType" text, "createdAt" timestamp(3));'
            "INSERT INTO \"User\" VALUES ('u1', 'ann@example.com');"
            "INSERT INTO \"FeedbackItem\" VALUES ('f', 's', 'missed', 'swing_low', 'bullish', 5, 'u1', "
            "'2025-03-05');"
            "INSERT INTO \"ImplementationSession\" VALUES ('i', 'swings', '2025-03-01')"
        )
        cursor.execute('INSERT INTO "Candles" VALUES (%s, %s, %s)', ["c", "Old", given["candles"][0]["csv"]])
        seen = json.dumps(given["sessions"][0]["detections"]).decode()
        cursor.execute(
            "INSERT INTO \"PatternSession\" VALUES ('s', 'swings', '2025-03-04', 'u1', 'c', %s, "
            '\'[{"verdict": "right", "detection": 1}]\')',
            [seen],
        )
        cursor.execute(query)
        [text] = cursor.fetchone()
        cursor.execute("SET LOCAL search_path TO public")
    written_ = text if isinstance(text, dict) else json.loads(text)
    told = command(written(tmp_path, written_))
    assert "1 set of candles, 1 session, 2 detections, 2 reviews" in told
    assert "1 implementation session" in told
    assert "left out" not in told


DIES = """
import django
django.setup()
from django.core.management import call_command
from workspaces.services.history import storing
import os, signal, sys
real, calls = storing._draw_figures, []
def draw(catch):
    calls.append(catch)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    real(catch)
storing._draw_figures = draw
call_command("import_pattern_history", sys.argv[1])
"""


def _address() -> str:
    here = connection.settings_dict
    options = here["OPTIONS"]
    host = quote(str(options.get("host") or here["HOST"]), safe="")
    return (
        f"postgresql://{here['USER']}@/{here['NAME']}?host={host}&port={options.get('port') or here['PORT']}"
    )


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """The first workspace is whole, of the second there is nothing, and the next run brings it."""
    make_people()
    given = example()
    other = {
        **given["sessions"][0],
        "id": "session-2",
        "patternType": "bos",
        "detections": [],
        "feedback": [],
    }
    given["sessions"].append(other)
    path = written(tmp_path, given)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIES, str(path)],
        env={**os.environ, "DATABASE_URL": _address()},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert [each.pattern_type for each in PatternWorkspace.objects.all()] == ["swings"]
    first = everything()

    told = command(path)

    assert "bos: begun, with 1 session" in told
    assert "swings: nothing new" in told
    after = everything()
    for table, rows in first.items():
        assert all(row in after[table] for row in rows), table
    assert PatternSession.objects.count() == 2
    assert command(path).count("nothing new") == 2
