"""Tapes come to be: written as they are heard, imported from files, made up from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, ProtectedError, Q

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from trading.domain.made_up import Wanted, made_up_markets, made_up_messages
from trading.domain.messages import Gap, Message, Resolved
from trading.domain.tapes import BadTape, pack, read_tape
from trading.domain.vocabulary import TapeOrigin, TapeStatus
from trading.models import Tape, TapeChunk
from trading.queries.tapes import moment_of
from trading.services.markets import learn_markets
from trading.services.nudging import nudge_feed_on_commit

CHUNK: Final = 5_000
MOST_MADE_UP: Final = 2_000_000
MOST_TOKENS: Final = 500
UNPACKED: Final = 20
"""How many times its own size a tape's file may unpack to."""
_LONGEST_NAME: Final = 200
_LONGEST_KEY: Final = 100


def find_tape(user: User, tape_id: UUID, *, own: bool = False, lock: bool = False) -> Tape:
    """A tape that the person sees; ``own``: one that they may change. Raises NotFound, NotAllowed."""
    rows = Tape.objects.visible_to(user).filter(Q(pk=tape_id))
    tape = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if tape is None:
        raise NotFound("There is no such tape, or none that you may see.")
    if own and tape.owner_id != user.pk and not user.is_admin:
        raise NotAllowed("Only whoever made this tape may change it.")
    return tape


@transaction.atomic
def once(user: User, key: str, make: Callable[[], Tape]) -> tuple[Tape, bool]:
    """What ``make`` makes, or, asked again with the same key, what it made then; and whether it is new.

    Raises InvalidInput about the key, and what ``make`` raises: then the key may be used again.
    """
    if not key:
        return make(), True
    if len(key) > _LONGEST_KEY or not key.isprintable():
        message = f"Between 1 and {_LONGEST_KEY} printable characters."
        raise InvalidInput(message, fields={"idempotency_key": [message]})
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # the second waits for the first
    known = Tape.objects.filter(owner=user, idempotency_key=key).first()
    if known is not None:
        return known, False
    tape = make()
    tape.idempotency_key = key
    tape.save(update_fields=["idempotency_key"])
    return tape, True


def generate_tape(
    user: User | None, *, name: str, seed: int, messages: int, markets: int = 3, resolves: bool = False
) -> Tape:
    """A tape that nobody traded, labelled as generated; without a person it is everybody's.

    Raises NotAllowed, InvalidInput.
    """
    bounds = {
        "seed": (seed, 0, 2**31 - 1),
        "messages": (messages, 100, MOST_MADE_UP),
        "markets": (markets, 1, 50),
    }
    for field, (value, least, most) in bounds.items():
        if not least <= value <= most:
            message = f"Between {least:,} and {most:,}."
            raise InvalidInput(f"{field}: {message}", fields={field: [message]})
    wanted = Wanted(seed, messages, markets, resolves=resolves)
    return _keep(
        user, name, TapeOrigin.GENERATED, made_up_messages(wanted), made_up_markets(wanted), seed=seed
    )


def import_tape(user: User, stream: IO[bytes], *, name: str = "") -> Tape:
    """A tape out of a file, whole or not at all. Raises NotAllowed, and InvalidInput with the faulty line."""
    try:
        header, messages = read_tape(stream, most_bytes=settings.TAPE_MAX_BYTES * UNPACKED)
        is_generated = header.origin == TapeOrigin.GENERATED.value
        origin = TapeOrigin.GENERATED if is_generated else TapeOrigin.IMPORTED
        return _keep(user, name or header.name, origin, messages, header.markets, seed=header.seed)
    except BadTape as error:
        raise InvalidInput(str(error), fields={"file": [str(error)]}) from error


@transaction.atomic
def rename_tape(user: User, tape_id: UUID, *, name: str) -> Tape:
    """Raises NotFound, NotAllowed, InvalidInput."""
    tape = find_tape(user, tape_id, own=True, lock=True)
    before, tape.name = tape.name, _name(name)
    tape.save(update_fields=["name"])
    record_audit(user, "tape.renamed", tape, before={"name": before}, after={"name": tape.name})
    return tape


@transaction.atomic
def delete_tape(user: User, tape_id: UUID) -> None:
    """Raises NotFound, NotAllowed, and WrongState for one that is being recorded or that a run rests on."""
    tape = find_tape(user, tape_id, own=True, lock=True)
    if tape.status == TapeStatus.RECORDING:
        raise WrongState("This tape is being recorded. Stop that first.")
    record_audit(user, "tape.deleted", tape, before={"name": tape.name})
    try:
        with transaction.atomic():
            Tape.objects.filter(pk=tape.pk).delete()
            connection.check_constraints()  # runs that the person cannot see rest on it too
    except (ProtectedError, IntegrityError) as error:
        raise WrongState(
            "Runs, or orders placed by hand, rest on this tape, so it is kept with them."
        ) from error


@transaction.atomic
def begin_recording(user: User, *, name: str, tokens: list[str]) -> Tape:
    """A tape that the recorder takes up as soon as it looks.

    Raises NotAllowed, InvalidInput, and WrongState where the server records nothing.
    """
    _require_trader(user)
    if not settings.MARKET_FEED:
        raise WrongState("Live markets are not recorded on this server: its setting MARKET_FEED is off.")
    if not 0 < len(set(tokens)) <= MOST_TOKENS or any(not 0 < len(each) <= 100 for each in tokens):
        message = f"Choose at least one outcome, and at most {MOST_TOKENS}."
        raise InvalidInput(message, fields={"tokens": [message]})
    if strange := [each for each in tokens if not (each.isascii() and each.isdigit())]:
        message = f"“{strange[0]}” is no token of the exchange: those are long numbers, one for each outcome."
        raise InvalidInput(message, fields={"tokens": [message]})
    tape = Tape.objects.create(
        owner=user, name=_name(name), origin=TapeOrigin.RECORDED.value, tokens=sorted(set(tokens))
    )
    record_audit(user, "tape.recorded", tape, after={"name": tape.name, "tokens": len(tape.tokens)})
    nudge_feed_on_commit()
    return tape


@transaction.atomic
def ask_to_stop(user: User, tape_id: UUID, *, at: datetime) -> Tape:
    """The recorder ends the tape when it next looks. Raises NotFound, NotAllowed, WrongState."""
    tape = find_tape(user, tape_id, own=True, lock=True)
    if tape.status != TapeStatus.RECORDING:
        raise WrongState("This tape is not being recorded.")
    tape.stop_asked_at = tape.stop_asked_at or at
    tape.save(update_fields=["stop_asked_at"])
    record_audit(user, "tape.stopped", tape)
    nudge_feed_on_commit()
    return tape


def append(tape: Tape, messages: list[Message]) -> None:
    """One chunk more, in one transaction with the tape's counts. Nothing for no messages.

    For whoever writes the tape alone: the tape's own numbers say where the chunk goes, and a second writer
    is refused by the chunk's number.
    """
    if not messages:
        return
    data = pack(messages)
    first_at, last_at = moment_of(messages[0].at), moment_of(messages[-1].at)
    gaps = sum(isinstance(message, Gap) for message in messages)
    with transaction.atomic():
        TapeChunk.objects.create(
            tape=tape,
            number=tape.chunk_count,
            first=tape.message_count,
            count=len(messages),
            first_at=first_at,
            last_at=last_at,
            data=data,
        )
        Tape.objects.filter(pk=tape.pk).update(
            chunk_count=F("chunk_count") + 1,
            message_count=F("message_count") + len(messages),
            byte_count=F("byte_count") + len(data),
            gap_count=F("gap_count") + gaps,
            last_at=last_at,
            first_at=tape.first_at or first_at,
        )
    tape.chunk_count += 1
    tape.message_count += len(messages)
    tape.byte_count += len(data)
    tape.gap_count += gaps
    tape.first_at, tape.last_at = tape.first_at or first_at, last_at


@transaction.atomic
def _keep(
    user: User | None,
    name: str,
    origin: TapeOrigin,
    messages: Iterable[Message],
    markets: list[dict[str, Any]],
    *,
    seed: int | None,
) -> Tape:
    if user is not None:
        _require_trader(user)
    learn_markets(markets)
    tape = Tape.objects.create(owner=user, name=_name(name), origin=origin.value, seed=seed)
    tokens: set[str] = set()
    for chunk in _chunks(messages):
        tokens.update(message.token for message in chunk if not isinstance(message, Resolved))
        append(tape, chunk)
    if not tape.message_count:
        raise BadTape(0, "There is no message on this tape.")
    tape.tokens, tape.status = sorted(tokens), TapeStatus.READY.value
    tape.save(update_fields=["tokens", "status"])
    if user is not None:
        record_audit(user, f"tape.{origin.value}", tape, after={"messages": tape.message_count})
    return tape


def _chunks(messages: Iterable[Message]) -> Iterator[list[Message]]:
    rest = iter(messages)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _require_trader(user: User) -> None:
    if not user.may_build:
        raise NotAllowed("Your role lets you read tapes, not make them.")


def _name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME:
        message = f"Between 1 and {_LONGEST_NAME} characters."
        raise InvalidInput(f"name: {message}", fields={"name": [message]})
    return name
