"""`python -m orchestrator.embedded run`: a command under services of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from orchestrator.embedded.locations import default_database_url, default_redis_url, project_dir
from tests.embedded.supervised import PATIENCE_SECONDS, clean_environment, still_there

RUN = [sys.executable, "-m", "orchestrator.embedded", "run"]


def start(data_dir: Path, *command: str, options: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*RUN, *options, "--data", str(data_dir), "--", *command],
        cwd=project_dir(),
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_input_output_and_status_are_the_commands_own(data_dir: Path) -> None:
    running = start(data_dir, "sh", "-c", "read line; echo got $line; exit 7")

    output, errors = running.communicate("this", timeout=PATIENCE_SECONDS)

    assert (output, running.returncode) == ("got this\n", 7)
    assert "✓ PostgreSQL 18" in errors
    assert "✓ Redis" in errors


def test_the_command_gets_the_addresses(data_dir: Path) -> None:
    running = start(data_dir, "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL $ORCHESTRATOR_DATA_DIR"')

    output, _ = running.communicate(timeout=PATIENCE_SECONDS)

    assert output.split() == [default_database_url(data_dir), default_redis_url(data_dir), str(data_dir)]


@pytest.mark.parametrize(("options", "fsync"), [((), "on"), (("--fast",), "off")])
def test_fast_gives_up_durability(data_dir: Path, options: tuple[str, ...], fsync: str) -> None:
    code = (
        "import os, psycopg; connection = psycopg.connect(os.environ['DATABASE_URL']);"
        "print(connection.execute('SHOW fsync').fetchone()[0]); connection.close()"
    )
    running = start(data_dir, sys.executable, "-c", code, options=options)

    assert running.communicate(timeout=PATIENCE_SECONDS)[0] == f"{fsync}\n"


def test_the_command_keeps_the_terminal(data_dir: Path) -> None:
    """In the supervisor's own process group, so Ctrl-C reaches it and it may read input."""
    running = start(data_dir, sys.executable, "-c", "import os; print(os.getpgrp())")

    assert running.communicate(timeout=PATIENCE_SECONDS)[0] == f"{os.getpgrp()}\n"


def test_libpq_variables_are_kept_from_the_command(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
    running = start(data_dir, "sh", "-c", 'echo "options: $PGOPTIONS"')

    assert running.communicate(timeout=PATIENCE_SECONDS)[0] == "options: \n"


def test_a_command_that_does_not_exist_is_one_line(data_dir: Path) -> None:
    running = start(data_dir, "no-such-command")

    _, errors = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 1
    assert errors.splitlines()[-1] == "✗ Cannot start no-such-command: there is no such command."


def test_a_command_killed_by_a_signal_has_the_shells_status(data_dir: Path) -> None:
    running = start(data_dir, "sh", "-c", "kill -9 $$")
    running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 128 + signal.SIGKILL


def _running_command(data_dir: Path) -> "tuple[subprocess.Popen[str], list[psutil.Process]]":
    running = start(data_dir, "sh", "-c", "echo up; exec sleep 600")
    assert running.stdout is not None
    assert running.stdout.readline() == "up\n"
    return running, psutil.Process(running.pid).children(recursive=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on_and_everything_ends(data_dir: Path, number: signal.Signals) -> None:
    running, family = _running_command(data_dir)

    running.send_signal(number)
    running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 128 + number
    assert still_there(family) == []


def test_ctrl_c_is_left_to_the_command(data_dir: Path) -> None:
    """The terminal sends it to both; a pytest that is writing its summary must not lose its database."""
    running, family = _running_command(data_dir)

    running.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(timeout=1)
    next(process for process in family if "600" in process.cmdline()).send_signal(signal.SIGINT)

    running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 128 + signal.SIGINT


def test_nothing_outlives_a_killed_run(data_dir: Path) -> None:
    running, family = _running_command(data_dir)

    running.kill()
    running.communicate(timeout=PATIENCE_SECONDS)

    assert still_there(family, PATIENCE_SECONDS) == []
