"""Recording from an exchange: what is heard is on the tape, in order, once."""

from __future__ import annotations

import time
from functools import partial

import pytest
from django.db import connection
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from tests.factories import make_user
from tests.trading.feed.making import (
    Said,
    changes,
    feeding,
    is_continuous,
    messages,
    recording,
    sizes,
    until,
)
from tests.trading.polymarket.exchange import exchange
from tests.trading.polymarket.payloads import NO, NOON, YES, market_resolved
from tests.trading.polymarket.stand_in import Line, stay
from trading.domain.messages import Book, Gap, Message, PriceChange, Resolved
from trading.models import Tape
from trading.queries.recording import LOCK
from trading.services import recording as rows
from trading.services.tapes import ask_to_stop, begin_recording

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann() -> User:
    return make_user("ann")


def test_what_is_heard_is_on_the_tape_until_it_is_stopped(ann: User, settings: Settings) -> None:
    said = Said()
    with exchange(settings, said, markets=[]), feeding():
        tape = recording(ann)
        said.say(*changes(1, 50))
        until(lambda: len(sizes(tape)) == 50)
        ask_to_stop(ann, tape.pk, at=utc_now())
        until(lambda: Tape.objects.get(pk=tape.pk).status == "ready")
    assert sizes(tape) == list(range(1, 51))
    assert [type(each) for each in messages(tape)[:2]] == [Book, Book]
    assert is_continuous(tape)
    assert tape.heard_at is not None
    assert (tape.error, tape.trouble, tape.gap_count) == ("", "", 0)
    assert AuditRecord.objects.get(action="tape.ready").actor is None


def test_nothing_is_asked_of_the_exchange_while_nothing_is_recorded(ann: User, settings: Settings) -> None:
    with exchange(settings, markets=[]) as made, feeding():
        assert made.channel is not None
        tape = recording(ann)
        until(lambda: Tape.objects.get(pk=tape.pk).message_count == 2)
        ask_to_stop(ann, tape.pk, at=utc_now())
        until(lambda: Tape.objects.get(pk=tape.pk).status == "ready")
        before = made.channel.connections
        with pytest.raises(AssertionError):
            until(lambda: made.channel is not None and made.channel.connections > before, seconds=0.5)
        assert before == 1


def test_tapes_that_share_a_token_share_the_stream_and_each_begins_with_a_book(
    ann: User, settings: Settings
) -> None:
    said = Said()
    with exchange(settings, said, markets=[]) as made, feeding():
        first = recording(ann, YES, name="First")
        said.say(*changes(1, 10))
        until(lambda: len(sizes(first)) == 10)
        second = recording(ann, YES, NO, name="Second")
        until(lambda: Tape.objects.get(pk=second.pk).message_count == 2)
        said.say(*changes(11, 20))
        until(lambda: len(sizes(second)) == 10 and len(sizes(first)) == 20)
        assert made.channel is not None
        assert made.channel.connections == 1
    books = {each.token: each for each in messages(second) if isinstance(each, Book)}
    assert books.keys() == {YES, NO}
    assert [str(level.size) for level in books[YES].bids if str(level.price) == "0.40"] == ["10"]
    assert sizes(second) == list(range(11, 21))
    assert [each for each in messages(first) if isinstance(each, Book)] == messages(first)[:1]
    assert is_continuous(first)
    assert is_continuous(second)


def test_a_connection_that_breaks_leaves_a_gap_and_a_fresh_book(ann: User, settings: Settings) -> None:
    said = Said()
    with exchange(settings, said, markets=[]), feeding():
        tape = recording(ann, YES)
        said.say(*changes(1, 5))
        until(lambda: len(sizes(tape)) == 5)
        said.break_off()
        until(lambda: len(messages(tape)) == 8)
        said.say(*changes(6, 9))
        until(lambda: len(sizes(tape)) == 9)
    kinds = [type(each) for each in messages(tape)]
    assert kinds == [Book, *[PriceChange] * 5, Gap, Book, *[PriceChange] * 4]
    assert is_continuous(tape)
    assert tape.gap_count == 1


def test_another_process_goes_on_with_a_gap_and_a_fresh_book(ann: User, settings: Settings) -> None:
    said = Said()
    with exchange(settings, said, markets=[]):
        with feeding():
            tape = recording(ann, YES)
            said.say(*changes(1, 5))
            until(lambda: len(sizes(tape)) == 5)
        with feeding():
            until(lambda: len(messages(tape)) == 8)
            said.say(*changes(6, 9))
            until(lambda: len(sizes(tape)) == 9)
    gap = messages(tape)[6]
    assert isinstance(gap, Gap)
    assert gap.reason.startswith("nobody recorded for")
    assert [type(each) for each in messages(tape)[5:8]] == [PriceChange, Gap, Book]
    assert is_continuous(tape)


def test_only_one_records_and_the_other_takes_over(ann: User, settings: Settings) -> None:
    said = Said()
    with exchange(settings, said, markets=[]):
        with feeding():
            tape = recording(ann, YES)
            said.say(*changes(1, 5))
            until(lambda: len(sizes(tape)) == 5)
            with feeding():
                said.say(*changes(6, 9))
                until(lambda: len(sizes(tape)) == 9)
        assert is_continuous(tape)
        assert tape.gap_count == 0


def test_the_place_goes_to_whoever_waits_for_it(ann: User, settings: Settings) -> None:
    with exchange(settings, markets=[]), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with feeding():
            tape = recording(ann, YES)
            with pytest.raises(AssertionError):
                until(lambda: Tape.objects.get(pk=tape.pk).message_count > 0, seconds=0.5)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            until(lambda: Tape.objects.get(pk=tape.pk).message_count == 1)


def test_a_lost_session_loses_nothing_that_was_heard(ann: User, settings: Settings) -> None:
    said = Said()
    with exchange(settings, said, markets=[]), feeding():
        tape = recording(ann, YES)
        for begin in range(1, 400, 20):
            said.say(*changes(begin, begin + 19))
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    " AND pid <> pg_backend_pid()"
                )
            until(partial(_is_last, tape, begin + 19))
    assert sizes(tape) == list(range(1, 401))
    assert is_continuous(tape)
    assert tape.gap_count == 0


def _is_last(tape: Tape, size: int) -> bool:
    return sizes(tape)[-1:] == [size]


def test_a_tape_whose_markets_are_resolved_is_ready_by_itself(ann: User, settings: Settings) -> None:
    async def script(line: Line) -> None:
        await line.send(market_resolved(at=NOON + 1))
        await stay(line)

    with exchange(settings, script, markets=[]), feeding():
        tape = recording(ann, YES, NO)
        until(lambda: Tape.objects.get(pk=tape.pk).status == "ready")
    assert isinstance(messages(tape)[-1], Resolved)


def test_a_tape_that_heard_nothing_has_failed_and_says_so(ann: User, settings: Settings) -> None:
    settings.POLYMARKET_URLS = {**settings.POLYMARKET_URLS, "stream": "ws://127.0.0.1:9/ws/market"}
    with feeding():
        tape = recording(ann, YES)
        until(lambda: "No connection" in Tape.objects.get(pk=tape.pk).trouble)
        ask_to_stop(ann, tape.pk, at=utc_now())
        until(lambda: Tape.objects.get(pk=tape.pk).status == "failed")
    tape.refresh_from_db()
    assert tape.error == "Nothing was heard before it was stopped."
    assert tape.trouble == ""


def test_a_fault_of_one_tape_ends_that_one_alone(
    ann: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, write = Said(), rows.write
    with exchange(settings, said, markets=[]), feeding():
        good, bad = recording(ann, YES, name="Good"), recording(ann, YES, name="Bad")

        def faulty(tape: Tape, chunk: list[Message], state: rows.State) -> Tape | None:
            if tape.name == "Bad":
                raise ValueError("this cannot be")
            return write(tape, chunk, state)

        monkeypatch.setattr(rows, "write", faulty)
        until(lambda: Tape.objects.get(pk=bad.pk).status == "failed")
        said.say(*changes(1, 5))
        until(lambda: len(sizes(good)) == 5)
    assert Tape.objects.get(pk=bad.pk).error == "It could not be written: ValueError: this cannot be"


def test_writing_that_lags_is_told(ann: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    said, write = Said(), rows.write

    def slow(tape: Tape, chunk: list[Message], state: rows.State) -> Tape | None:
        time.sleep(0.2)
        return write(tape, chunk, state)

    monkeypatch.setattr("trading.services.reels.BEHIND_MS", 150)
    monkeypatch.setattr(rows, "write", slow)
    with exchange(settings, said, markets=[]), feeding():
        tape = recording(ann, YES)
        for number in range(1, 200):
            said.say(*changes(number, number))
            time.sleep(0.01)
        until(lambda: len(sizes(tape)) == 199)
        told = Tape.objects.get(pk=tape.pk)
    assert told.trouble.startswith("Falling behind: what is written now was heard 0.")
    assert told.lag_ms is not None
    assert told.lag_ms > 150


def test_off_means_that_nothing_can_be_recorded(ann: User, settings: Settings) -> None:
    settings.MARKET_FEED = False
    with pytest.raises(WrongState, match="MARKET_FEED"):
        recording(ann)
    assert not Tape.objects.exists()


@pytest.mark.parametrize("tokens", [[], ["x" * 101], [""], [str(each) for each in range(501)]])
def test_tokens_that_cannot_be_are_refused(ann: User, tokens: list[str]) -> None:
    with pytest.raises(InvalidInput):
        begin_recording(ann, name="Live", tokens=tokens)
