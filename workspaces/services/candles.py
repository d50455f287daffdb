"""Candles that people upload or have made up: never changed, and deleted only where nothing uses them."""

from __future__ import annotations

import codecs
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge, WrongState
from orchestrator.core.json import Json
from workspaces.domain.archive import pack, span_of, step_of
from workspaces.domain.candle_files import BadCandles, Read, read_candles
from workspaces.domain.detectors import Candles
from workspaces.domain.made_up import made_up_candles
from workspaces.domain.moments import Ambiguous
from workspaces.models import CandleSet

MOST_MADE_UP: Final = 200_000
FOR_EVERYBODY: Final = (
    ("Generated, hourly, 2,000 bars", 2_000, 7, 3_600),
    ("Generated, 15 minutes, 20,000 bars", 20_000, 11, 900),
)
_LONGEST_NAME: Final = 200


def upload_candles(user: User, *, name: str, content: bytes, day_first: bool | None = None) -> CandleSet:
    """Candles out of a CSV file. Raises NotAllowed, TooLarge, and InvalidInput with every faulty row.

    Where days and months cannot be told apart the error is about ``day_first``.
    """
    _require_builder(user)
    limit = settings.CANDLES_MAX_BYTES
    if len(content) > limit:
        raise TooLarge(f"The file is larger than {limit / 1024 / 1024:g} MB. Upload it in parts.")
    read = _read(content, day_first)
    return _keep(user, name, read.candles, notices=list(read.notices))


def _read(content: bytes, day_first: bool | None) -> Read:
    has_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return read_candles(content.decode("utf-16" if has_utf16 else "utf-8-sig"), day_first=day_first)
    except UnicodeDecodeError as error:
        message = "This is no text. Save the table as CSV (UTF-8) and upload that."
        raise InvalidInput(message, fields={"file": [message]}) from error
    except BadCandles as error:
        if isinstance(error.__cause__, Ambiguous):
            message = str(error.__cause__)
            raise InvalidInput(message, fields={"day_first": [message]}, ambiguous=True) from error
        told = [str(fault) for fault in error.faults]
        if error.more:
            told.append(f"And {error.more:,} more rows.")
        faults: list[Json] = [{"row": fault.row, "message": fault.message} for fault in error.faults]
        raise InvalidInput("The file has faults.", fields={"file": told}, faults=faults) from error


def make_up_candles(user: User, *, name: str, bars: int, seed: int, step_seconds: int = 3_600) -> CandleSet:
    """Candles that nobody traded, labelled as generated; the same for the same seed.

    Raises NotAllowed, InvalidInput.
    """
    _require_builder(user)
    bounds = {
        "bars": (bars, 100, MOST_MADE_UP),
        "seed": (seed, 0, 2**31 - 1),
        "step_seconds": (step_seconds, 60, 604_800),
    }
    for field, (value, least, most) in bounds.items():
        if not least <= value <= most:
            message = f"Between {least:,} and {most:,}."
            raise InvalidInput(f"{field}: {message}", fields={field: [message]})
    return _keep(user, name, made_up_candles(bars, seed=seed, step=step_seconds), is_generated=True)


@transaction.atomic
def ensure_candles_for_everybody() -> list[CandleSet]:
    """Generated sets that all people may look at; made once. For the server's own processes."""
    kept = []
    for name, bars, seed, step in FOR_EVERYBODY:
        found = CandleSet.objects.defer("data").filter(owner__isnull=True, name=name).first()
        kept.append(
            found or _store(None, name, made_up_candles(bars, seed=seed, step=step), is_generated=True)
        )
    return kept


@transaction.atomic
def rename_candles(user: User, candles_id: UUID, *, name: str) -> CandleSet:
    """Raises NotFound, NotAllowed, InvalidInput."""
    candles = _own(user, candles_id)
    before, candles.name = candles.name, _clean_name(name)
    candles.save(update_fields=["name"])
    record_audit(user, "candles.renamed", candles, before={"name": before}, after={"name": candles.name})
    return candles


@transaction.atomic
def delete_candles(user: User, candles_id: UUID) -> None:
    """Raises NotFound, NotAllowed, and WrongState where a test session or a case still looks at them."""
    candles = _own(user, candles_id)
    record_audit(user, "candles.deleted", candles, before={"name": candles.name})
    try:
        with transaction.atomic():
            CandleSet.objects.filter(pk=candles.pk).delete()
            connection.check_constraints()  # sessions that the person cannot see hold them too
    except (ProtectedError, IntegrityError) as error:
        raise WrongState("Test sessions look at these candles, so they stay.") from error


def find_candles(user: User, candles_id: UUID, *, with_data: bool = False) -> CandleSet:
    """Raises NotFound, also for those that the person may not see."""
    rows = CandleSet.objects.visible_to(user)
    found = (rows if with_data else rows.defer("data")).filter(pk=candles_id).first()
    if found is None:
        raise NotFound("There are no such candles.")
    return found


def _own(user: User, candles_id: UUID) -> CandleSet:
    candles = find_candles(user, candles_id)
    if candles.owner_id != user.pk and not user.is_admin:
        raise NotAllowed("Only who uploaded these candles changes them.")
    _require_builder(user)
    return CandleSet.objects.defer("data").select_for_update().get(pk=candles.pk)


@transaction.atomic
def _keep(
    user: User, name: str, candles: Candles, *, is_generated: bool = False, notices: list[str] | None = None
) -> CandleSet:
    """The person's row is locked, so that two uploads at once do not pass the limit together."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    most = settings.CANDLES_MAX_SETS
    if CandleSet.objects.filter(owner=user).count() >= most:
        raise WrongState(f"You keep {most:,} sets of candles, the most there may be. Delete one first.")
    kept = _store(user, _clean_name(name), candles, is_generated=is_generated, notices=notices)
    record_audit(user, "candles.kept", kept, after={"name": kept.name, "bars": kept.count})
    return kept


def _store(
    owner: User | None,
    name: str,
    candles: Candles,
    *,
    is_generated: bool = False,
    notices: list[str] | None = None,
) -> CandleSet:
    first_at, last_at = span_of(candles)
    return CandleSet.objects.create(
        owner=owner,
        name=name,
        is_generated=is_generated,
        count=len(candles),
        step_seconds=step_of(candles),
        first_at=first_at,
        last_at=last_at,
        notices=notices or [],
        data=pack(candles),
    )


def _clean_name(name: str) -> str:
    clean = " ".join(name.replace("\0", "").split())
    if not clean or len(clean) > _LONGEST_NAME:
        message = f"Give them a name of at most {_LONGEST_NAME} characters."
        raise InvalidInput(message, fields={"name": [message]})
    return clean


def _require_builder(user: User) -> None:
    if not user.may_build:
        raise NotAllowed("Your role lets you read, not keep candles.")
