"""``manage.py import_pattern_history FILE…``: take over what an older product without workspaces knew."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.json import NotJson
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.history.example import EXAMPLE
from workspaces.domain.history.reading import History
from workspaces.services.history.importing import Report, import_history
from workspaces.services.history.people import CannotTake, People
from workspaces.services.history.storing import Done


class Command(BaseCommand):
    help = (
        "Take over pattern sessions, feedback and implementation sessions of an older product from JSON "
        "files, into workspaces. Safe to repeat: what was taken over stays as it is. Faulty records are told "
        "and left out. docs/howto/import-pattern-history.md describes the files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument(
            "--source",
            default="pattern-history",
            help="what the older product is called; with it and their ids, records are known again",
        )
        parser.add_argument("--owner", help="user name of who stands in for people that nobody here is")
        parser.add_argument(
            "--users",
            type=Path,
            metavar="MAP",
            help="JSON object: a name or address there → a user name or address here",
        )
        parser.add_argument(
            "--pattern", action="append", default=[], metavar="OLD=NEW", help="a pattern type's name here"
        )
        parser.add_argument("--dry-run", action="store_true", help="do all of it and take it back")
        parser.add_argument("--strict", action="store_true", help="take over nothing if anything has a fault")
        parser.add_argument("--report", type=Path, metavar="OUT", help="write the report as JSON as well")
        parser.add_argument("--example", action="store_true", help="print a file to begin from")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["example"]:
            self.stdout.write(json.pretty(EXAMPLE))
            return
        if not options["files"]:
            raise CommandError("Name the files to take over, or print an --example.")
        report = self._report(options, dry_run=options["dry_run"] or options["strict"])
        if options["strict"] and not options["dry_run"] and not report.faults:
            report = self._report(options, dry_run=False)
        self._tell(report)
        if options["report"]:
            options["report"].write_text(json.pretty(asdict(report)))
        if options["strict"] and report.faults:
            raise CommandError("There are faults, so nothing was taken over.")

    def _report(self, options: dict[str, Any], *, dry_run: bool) -> Report:
        history, folders = History(), {}
        for path in options["files"]:
            try:
                text = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
            history.read(text, str(path))
            folders[str(path)] = path.parent

        def beside(where: str, name: str) -> str:
            return _text_beside(folders[where.rsplit(", ", 1)[0]], name)

        return import_history(
            history,
            source=options["source"],
            people=People(_owner(options["owner"]), _names(options["users"])),
            beside=beside,
            aliases=_aliases(options["pattern"]),
            dry_run=dry_run,
        )

    def _tell(self, report: Report) -> None:
        for done in report.workspaces:
            self.stdout.write(f"{done.pattern_type}: {_sentence(done, report.dry_run)}")
            for notice in done.notices:
                self.stdout.write(f"  {notice}")
        for name in report.unknown_people:
            self.stdout.write(f"Nobody here is “{name}”.")
        for fault in report.faults:
            self.stderr.write(f"{fault}")
        if report.faults:
            count = len(report.faults)
            self.stderr.write(f"{count:,} fault{'s' if count > 1 else ''}. The records named were left out.")
        if report.dry_run:
            self.stdout.write("Nothing was changed: this was a trial.")


def _sentence(done: Done, dry_run: bool) -> str:
    counts = {
        "set of candles": done.candles,
        "session": done.sessions,
        "detection": done.detections,
        "review": done.feedback,
        "case": done.cases,
        "implementation session": done.implementation_sessions,
        "member": done.members,
    }
    told = [f"{count:,} {_plural(name) if count != 1 else name}" for name, count in counts.items() if count]
    if not told and not done.began:
        return f"nothing new; {done.before:,} records were taken over before"
    begun = "begun, with " if done.began else ""
    before = f"; {done.before:,} records were taken over before" if done.before else ""
    return (
        f"{'would be ' if dry_run and done.began else ''}{begun}{', '.join(told) or 'nothing in it'}{before}"
    )


def _plural(name: str) -> str:
    return "sets of candles" if name == "set of candles" else f"{name}s"


def _owner(name: str | None) -> User | None:
    if name is None:
        return None
    found = User.objects.filter(username__iexact=name).first()
    if found is None:
        raise CommandError(f"There is nobody called “{name}”.")
    return found


def _names(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        given = json.loads(path.read_bytes())
    except (OSError, NotJson) as error:
        raise CommandError(f"{path}: {error}") from error
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise CommandError(f"{path}: this is an object of names there and names here.")
    return given


def _aliases(pairs: list[str]) -> dict[str, str]:
    aliases = {}
    for pair in pairs:
        old, _, new = pair.partition("=")
        if new not in PATTERNS:
            raise CommandError(f"--pattern {pair}: there are {', '.join(PATTERNS)}.")
        aliases[old] = new
    return aliases


def _text_beside(folder: Path, name: str) -> str:
    """Of a file in the folder of the JSON file, and of none elsewhere. Raises CannotTake."""
    path = (folder / name).resolve()
    if path.parent != folder.resolve():
        raise CannotTake(f"Its candles are in “{name}”, which is not beside its file.")
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotTake(f"Its candles in “{name}” cannot be read: {error}.") from error
