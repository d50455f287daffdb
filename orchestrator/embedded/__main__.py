"""`python -m orchestrator.embedded up | run`: the local set-up without Django, so it works before it does."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status. Raises SystemExit too."""
    options = _parser().parse_args(argv)
    # Ctrl-C while the modules below are loaded ends the process without a traceback: nothing runs yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if options.command == "up":
        from orchestrator.embedded.up import up

        up(options.data)
        return 0
    from orchestrator.embedded.run import run

    return run(options.argv, options.data, durable=not options.fast)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestrator.embedded")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and keep it running (HOST, PORT, WORKERS)")
    wrap = commands.add_parser("run", help="run a command with PostgreSQL and Redis under it")
    for command in (start, wrap):
        command.add_argument("--data", type=Path, help="data folder (default: .data in the checkout)")
    wrap.add_argument("--fast", action="store_true", help="no fsync: for data that may be lost, as in tests")
    wrap.add_argument("argv", nargs="+", metavar="COMMAND", help="the command, after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
