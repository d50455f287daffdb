"""Tapes as rows: made up, imported, exported, read from any place on, and whose they are."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries, Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories import make_user, make_workflow
from trading.domain.made_up import Wanted, made_up_messages
from trading.domain.tapes import write_tape
from trading.models import Market, Portfolio, StrategyRun, Tape, TapeChunk
from trading.queries.tapes import header_of, markets_of, read_messages
from trading.services import tapes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user("ann")


def made_up(user: User | None, messages: int = 12_000) -> Tape:
    return tapes.generate_tape(user, name="Autumn", seed=5, messages=messages)


def file_of(tape: Tape) -> io.BytesIO:
    return io.BytesIO(b"".join(write_tape(header_of(tape), read_messages(tape.pk))))


def test_a_made_up_tape_says_so_and_knows_what_is_on_it(ann: User) -> None:
    tape = made_up(ann)
    assert (tape.origin, tape.status, tape.seed) == ("generated", "ready", 5)
    assert 12_000 <= tape.message_count <= 12_010
    assert tape.chunk_count == TapeChunk.objects.count() == 3
    assert len(tape.tokens) == 6
    assert [market.is_generated for market in markets_of(tape)] == [True] * 3
    assert tape.first_at is not None
    assert tape.last_at is not None
    assert tape.first_at < tape.last_at
    assert AuditRecord.objects.get(action="tape.generated").actor == ann


@pytest.mark.parametrize("position", [0, 1, 4_999, 5_000, 5_001, 11_999, 20_000])
def test_a_tape_is_read_from_any_place_on(ann: User, position: int) -> None:
    tape = made_up(ann)
    whole = list(made_up_messages(Wanted(5, 12_000)))
    assert list(read_messages(tape.pk, position=position)) == whole[position:]


def test_reading_on_asks_for_no_chunk_before(
    ann: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tape = made_up(ann)
    with django_assert_num_queries(2):
        next(read_messages(tape.pk, position=11_000))


def test_what_is_exported_is_imported_to_the_same_thing(ann: User) -> None:
    tape = made_up(ann, 700)
    Market.objects.all().delete()
    again = tapes.import_tape(ann, file_of(tape), name="Copy")
    assert list(read_messages(again.pk)) == list(read_messages(tape.pk))
    assert (again.name, again.origin, again.tokens) == ("Copy", "generated", tape.tokens)
    assert [market.question for market in markets_of(again)] == [
        m["question"] for m in header_of(tape).markets
    ]


def test_a_faulty_file_leaves_nothing_behind(ann: User) -> None:
    data = file_of(made_up(ann, 700)).getvalue()
    Tape.objects.all().delete()
    with pytest.raises(InvalidInput, match="cut off"):
        tapes.import_tape(ann, io.BytesIO(data[:-20]))
    assert not Tape.objects.exists()
    assert not TapeChunk.objects.exists()


def test_a_file_that_unpacks_to_too_much_is_refused(ann: User, settings: Settings) -> None:
    data = file_of(made_up(ann, 3_000))
    settings.TAPE_MAX_BYTES = 1_000
    with pytest.raises(InvalidInput, match="unpacks to more"):
        tapes.import_tape(ann, data)


def test_a_file_changes_no_market_that_is_known(ann: User) -> None:
    tape = made_up(ann, 200)
    data = file_of(tape)
    Market.objects.update(question="Known")
    tapes.import_tape(ann, data)
    assert {market.question for market in Market.objects.all()} == {"Known"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", -1), ("messages", 5), ("messages", 10**9), ("markets", 0), ("name", " "), ("name", "x" * 201)],
)
def test_what_cannot_be_made_up_is_told_by_its_field(ann: User, field: str, value: object) -> None:
    wanted: dict[str, object] = {"name": "x", "seed": 1, "messages": 200, "markets": 1, field: value}
    with pytest.raises(InvalidInput) as error:
        tapes.generate_tape(ann, **wanted)  # type: ignore[arg-type]
    assert field in (error.value.fields or {})


def test_others_neither_see_nor_change_a_tape(ann: User) -> None:
    tape, bob = made_up(ann, 200), make_user("bob")
    assert not Tape.objects.visible_to(bob).exists()
    for act in (tapes.find_tape, tapes.delete_tape):
        with pytest.raises(NotFound):
            act(bob, tape.pk)
    with pytest.raises(NotFound):
        tapes.find_tape(ann, uuid4())


def test_what_belongs_to_nobody_is_seen_by_all_and_changed_by_admins(ann: User) -> None:
    tape = made_up(None, 200)
    assert tapes.find_tape(ann, tape.pk) == tape
    with pytest.raises(NotAllowed):
        tapes.rename_tape(ann, tape.pk, name="Mine")
    tapes.rename_tape(make_user(role=Role.ADMIN), tape.pk, name="Ours")
    assert Tape.objects.get().name == "Ours"


def test_viewers_make_no_tapes() -> None:
    with pytest.raises(NotAllowed):
        made_up(make_user(role=Role.VIEWER))


def test_a_tape_that_runs_rest_on_is_kept(ann: User) -> None:
    tape = made_up(ann, 200)
    StrategyRun.objects.create(
        execution_id=uuid4(),
        workflow=make_workflow(ann),
        mode="backtest",
        tape=tape,
        portfolio=Portfolio.objects.create(owner=ann, name="x", mode="backtest"),
    )
    with pytest.raises(WrongState, match="rest on this tape"):
        tapes.delete_tape(ann, tape.pk)
    StrategyRun.objects.all().delete()
    tapes.delete_tape(ann, tape.pk)
    assert not Tape.objects.exists()


def test_a_recording_is_stopped_before_it_is_deleted(ann: User) -> None:
    tape = tapes.begin_recording(ann, name="Live", tokens=["2", "1", "2"])
    assert (tape.status, tape.tokens) == ("recording", ["1", "2"])
    with pytest.raises(WrongState, match="being recorded"):
        tapes.delete_tape(ann, tape.pk)
    assert tapes.ask_to_stop(ann, tape.pk, at=utc_now()).stop_asked_at is not None
    for wrong in ([], ["Will it rain?"], ["1", "generated-7-0-yes"], ["\uff11"]):
        with pytest.raises(InvalidInput) as caught:
            tapes.begin_recording(ann, name="Live", tokens=wrong)
        assert list(caught.value.fields) == ["tokens"]


def test_a_second_writer_of_a_tape_is_refused(ann: User) -> None:
    tape = tapes.begin_recording(ann, name="Live", tokens=["1"])
    messages = list(made_up_messages(Wanted(1, 200)))
    late = Tape.objects.get(pk=tape.pk)
    tapes.append(tape, messages)
    with pytest.raises(IntegrityError):
        tapes.append(late, messages)


def test_what_was_recorded_never_changes(ann: User) -> None:
    made_up(ann, 200)
    with pytest.raises(IntegrityError, match="never changed"), connection.cursor() as cursor:
        cursor.execute("UPDATE trading_tapechunk SET data = ''")
