"""``manage.py tape``: tapes on the command line."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from orchestrator.accounts.models import User
from tests.factories import make_user
from tests.trading.feed.making import feeding
from tests.trading.polymarket.exchange import exchange
from tests.trading.polymarket.payloads import gamma_market
from trading.models import Tape
from trading.queries.tapes import read_messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann() -> User:
    return make_user("ann")


def tape(*arguments: str) -> str:
    out = StringIO()
    call_command("tape", *arguments, stdout=out)
    return out.getvalue()


def test_what_is_generated_is_listed_exported_and_imported(ann: User, tmp_path: Path) -> None:
    tape("generate", "--as", "ann", "--messages", "500", "--name", "Autumn")
    first = Tape.objects.get()
    assert "Autumn" in tape("list", "--as", "Ann")
    file = str(tmp_path / "autumn.jsonl.gz")
    tape("export", str(first.pk), file)
    tape("import", file, "--as", "ann", "--name", "Copy")
    copy = Tape.objects.get(name="Copy")
    assert list(read_messages(copy.pk)) == list(read_messages(first.pk))
    with pytest.raises(CommandError, match="exists"):
        tape("export", str(first.pk), file)


def test_a_market_is_recorded_for_a_while(
    ann: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.management.commands.tape.LOOK_SECONDS", 0.1)
    with exchange(settings, markets=[gamma_market(1)]):
        with pytest.raises(CommandError, match="No market feed is running"):
            tape("record", "will-team-1-win-the-cup", "--as", "ann")
        with feeding():
            said = _when_running("record", "will-team-1-win-the-cup", "--as", "ann", "--seconds", "2")
    assert re.search(r"ready: 2 messages", said)
    assert Tape.objects.get().name == "Will team 1 win the cup?"


def _when_running(*arguments: str) -> str:
    for _ in range(100):
        try:
            return tape(*arguments)
        except CommandError as error:
            if "No market feed" not in str(error):
                raise
    raise AssertionError("the feed did not begin")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--as", "nobody"], "nobody called nobody"),
        (["import", "/no/such/file", "--as", "ann"], "No such file"),
        (["generate", "--as", "ann", "--messages", "1"], "Between 100"),
        (["export", "0199b1f0-0000-7000-8000-000000000000", "-"], "no such tape"),
    ],
)
def test_what_cannot_be_is_said_in_words(ann: User, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        tape(*arguments)
