"""``manage.py tape``: tapes on the command line: list, record, import, export, generate."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError
from trading.domain.tapes import write_tape
from trading.domain.vocabulary import TapeStatus
from trading.models import Tape
from trading.queries.recording import feed_trouble
from trading.queries.tapes import header_of, read_messages
from trading.services import tapes
from trading.services.refreshing import fetch_market

LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = "Tapes of markets: list them, record, import, export or generate one."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="those that a person sees, the newest first")
        listing.add_argument("--as", dest="username", required=True, metavar="PERSON")
        record = actions.add_parser("record", help="have the market feed record a market until Ctrl-C")
        record.add_argument("markets", nargs="+", help="condition ids, slugs or tokens")
        record.add_argument("--seconds", type=float, help="stop after so long")
        taking = actions.add_parser("import", help="a file of compressed JSON lines; - reads it from stdin")
        taking.add_argument("file")
        making = actions.add_parser("generate", help="a tape that nobody traded, labelled so")
        making.add_argument("--seed", type=int, default=1)
        making.add_argument("--messages", type=int, default=60_000)
        making.add_argument("--markets", type=int, default=3)
        making.add_argument("--resolves", action="store_true", help="with the markets' resolution at its end")
        for parser_ in (record, taking, making):
            parser_.add_argument("--name", default="")
            parser_.add_argument("--as", dest="username", required=True, metavar="PERSON")
        giving = actions.add_parser("export", help="write one to a file; - writes it to stdout")
        giving.add_argument("tape", type=UUID)
        giving.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options.get('file')}: {error.strerror}") from error

    def _list(self, options: dict[str, Any]) -> None:
        for tape in Tape.objects.visible_to(_person(options)).order_by("-id"):
            self.stdout.write(
                f"{tape.pk}  {tape.status:<9}  {tape.origin:<9}  {tape.message_count:>11,} messages  "
                f"{tape.byte_count / 1024**2:>7,.1f} MB  {tape.gap_count:>4} gaps  {tape.name}"
            )

    def _record(self, options: dict[str, Any]) -> None:
        user = _person(options)
        if trouble := feed_trouble():
            raise CommandError(trouble)
        markets = [fetch_market(name) for name in options["markets"]]
        tokens = [each["token"] for market in markets for each in market.outcomes if each["token"]]
        name = options["name"] or markets[0].question[:200]
        tape = tapes.begin_recording(user, name=name, tokens=tokens)
        self.stdout.write(f"Recording {len(tokens)} outcomes as tape {tape.pk}. Ctrl-C stops.")
        until = time.monotonic() + (options["seconds"] or float("inf"))
        try:
            while time.monotonic() < until and tape.status == TapeStatus.RECORDING:
                time.sleep(LOOK_SECONDS)
                tape.refresh_from_db()
                self.stdout.write(f"{tape.message_count:>11,} messages  {tape.trouble}")
        except KeyboardInterrupt:
            self.stdout.write("")
        if tape.status == TapeStatus.RECORDING:
            tapes.ask_to_stop(user, tape.pk, at=utc_now())
        while Tape.objects.get(pk=tape.pk).status == TapeStatus.RECORDING:
            time.sleep(LOOK_SECONDS / 5)
        tape.refresh_from_db()
        self.stdout.write(f"{tape.status}: {tape.error or f'{tape.message_count:,} messages'}")

    def _import(self, options: dict[str, Any]) -> None:
        user, file = _person(options), options["file"]
        if file == "-":
            tape = tapes.import_tape(user, sys.stdin.buffer, name=options["name"])
        else:
            with Path(file).open("rb") as stream:
                tape = tapes.import_tape(user, stream, name=options["name"])
        self.stdout.write(f"{tape.pk}  {tape.message_count:,} messages of {len(tape.tokens)} outcomes")

    def _export(self, options: dict[str, Any]) -> None:
        tape = Tape.objects.filter(pk=options["tape"]).first()
        if tape is None:
            raise CommandError("There is no such tape.")
        if options["file"] == "-":
            _pour(tape, sys.stdout.buffer)
            return
        with Path(options["file"]).open("xb") as stream:
            _pour(tape, stream)
        self.stdout.write(f"{tape.message_count:,} messages in {options['file']}")

    def _generate(self, options: dict[str, Any]) -> None:
        tape = tapes.generate_tape(
            _person(options),
            name=options["name"] or f"Generated from seed {options['seed']}",
            **{name: options[name] for name in ("seed", "messages", "markets", "resolves")},
        )
        self.stdout.write(f"{tape.pk}  {tape.message_count:,} messages of {len(tape.tokens)} outcomes")


def _person(options: dict[str, Any]) -> User:
    user = User.objects.filter(username__iexact=options["username"], is_active=True).first()
    if user is None:
        raise CommandError(f"There is nobody called {options['username']}.")
    return user


def _pour(tape: Tape, stream: IO[bytes]) -> None:
    for piece in write_tape(header_of(tape), read_messages(tape.pk)):
        stream.write(piece)
