"""`make up` as its user sees it, with stand-ins on a real PostgreSQL and Redis."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from orchestrator.embedded import locations
from tests.embedded.supervised import PATIENCE_SECONDS, Supervised, still_there


def test_each_step_is_reported_and_then_the_address(supervised: Supervised) -> None:
    supervised.start_and_wait()

    steps = [line for line in supervised.output.splitlines() if line.startswith("✓")]

    assert {step.split()[1] for step in steps[:2]} == {"PostgreSQL", "Redis"}  # side by side
    assert [step.split()[1] for step in steps[2:]] == ["Migrated", "Web", "Worker"]
    assert f"http://127.0.0.1:{supervised.port}" in supervised.output
    assert str(supervised.data_dir) in supervised.output
    assert "\x1b[" not in supervised.output  # no colour where nobody sees it


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_with_status_0(supervised: Supervised, number: signal.Signals) -> None:
    supervised.start_and_wait()
    family = supervised.family()

    assert supervised.stop(number) == 0

    assert len(family) > 8
    assert still_there(family) == []


def test_nothing_outlives_a_killed_supervisor(supervised: Supervised) -> None:
    supervised.start_and_wait()
    family = supervised.family()

    supervised.stop(signal.SIGKILL)

    assert still_there(family, PATIENCE_SECONDS) == []


def test_nothing_outlives_a_supervisor_killed_together_with_its_guard(supervised: Supervised) -> None:
    supervised.start_and_wait()
    grandchildren = [process for process in supervised.family() if "600" in process.cmdline()]
    direct = [process for process in supervised.family() if process not in grandchildren]

    supervised.member("guard.py").kill()
    supervised.stop(signal.SIGKILL)

    assert still_there(direct, PATIENCE_SECONDS) == []  # only the guard knows of grandchildren: see guard.py


def test_a_start_right_after_a_killed_supervisor_works(supervised: Supervised) -> None:
    supervised.start_and_wait()
    supervised.stop(signal.SIGKILL)

    supervised.start_and_wait()

    assert supervised.stop() == 0


def test_children_are_beyond_the_reach_of_the_terminal(supervised: Supervised) -> None:
    supervised.start_and_wait()

    groups = {os.getpgid(process.pid) for process in supervised.family()}

    assert os.getpgid(supervised.process.pid) not in groups


@pytest.mark.parametrize("part", ["stand_in.py web", "stand_in.py worker", "redis-server", "bin/postgres"])
def test_what_dies_is_started_again(supervised: Supervised, part: str) -> None:
    supervised.start_and_wait()
    victim = supervised.member(part)

    victim.kill()
    supervised.wait_for("is running again")

    assert "ended (SIGKILL): starting it again in 0.2 s." in supervised.output
    assert supervised.member(part).pid != victim.pid
    assert supervised.stop() == 0


def test_what_its_children_left_behind_goes_with_them(supervised: Supervised) -> None:
    supervised.start_and_wait()
    grandchild = supervised.member("sleep 600")

    supervised.member("stand_in.py worker").kill()
    supervised.wait_for("is running again")

    assert still_there([grandchild], PATIENCE_SECONDS) == []


def test_a_second_supervisor_is_refused(supervised: Supervised) -> None:
    supervised.start_and_wait()

    with Supervised(supervised.data_dir) as second:
        assert second.start().wait() == 1
        assert second.output.count("\n") == 1
        assert f"Already running in {supervised.data_dir} as pid {supervised.process.pid}." in second.output
    assert supervised.process.poll() is None


def test_a_port_in_use_names_the_holder_and_a_way_out(supervised: Supervised) -> None:
    supervised.start_and_wait()

    with Supervised(supervised.data_dir.parent / "other") as second:
        assert second.start(PORT=str(supervised.port)).wait() == 1
        assert f"✗ Port {supervised.port} is in use by python" in second.output
        assert "PORT=" in second.output


def test_a_step_that_fails_shows_why_and_stops_the_rest(supervised: Supervised) -> None:
    supervised.start(before="fail")
    family = supervised.family()

    assert supervised.wait() == 1

    assert "migrate  | the reason it failed" in supervised.output
    assert "✗ migrate failed (exit status 3)." in supervised.output
    assert still_there(family) == []


def test_a_step_that_works_is_silent_and_a_server_is_not(supervised: Supervised) -> None:
    supervised.start_and_wait()

    assert "noise" not in supervised.output
    assert f"web      | serving on {supervised.port}" in supervised.output


def test_a_worker_that_never_gets_ready_before_it_ends_is_a_failed_start(supervised: Supervised) -> None:
    assert supervised.start(worker="give_up").wait() == 1

    assert "worker   | the reason it failed" in supervised.output
    assert "✗ worker failed (exit status" in supervised.output


def test_a_second_signal_does_not_wait_for_the_stubborn(supervised: Supervised) -> None:
    supervised.start_and_wait(worker="stubborn")
    started = time.monotonic()

    supervised.process.send_signal(signal.SIGINT)
    supervised.wait_for("Stopping")
    time.sleep(0.3)

    assert supervised.stop(signal.SIGINT) == 0
    assert "worker did not stop: killed." in supervised.output
    assert time.monotonic() - started < 8


def test_a_signal_during_the_start_stops_what_was_started(supervised: Supervised) -> None:
    supervised.start(before="sleep")
    supervised.wait_for("PostgreSQL")
    family = supervised.family()

    assert supervised.stop(signal.SIGINT) == 0

    assert "Migrated" not in supervised.output
    assert still_there(family) == []


def test_a_reader_that_goes_away_ends_it(supervised: Supervised) -> None:
    """`make up | head -1`."""
    supervised.start_and_wait()
    argv, env = supervised.process.args, {**os.environ, "PORT": str(supervised.port)}
    assert supervised.stop() == 0

    again = subprocess.Popen(argv, env=env, cwd=locations.project_dir(), stdout=subprocess.PIPE)
    assert again.stdout is not None
    again.stdout.readline()
    family = psutil.Process(again.pid).children(recursive=True)
    again.stdout.close()

    assert again.wait(timeout=30) == 0
    assert still_there(family) == []


def test_awkward_paths_are_no_trouble(awkward_data_dir: Path) -> None:
    with Supervised(awkward_data_dir) as supervised:
        supervised.start_and_wait()
        assert supervised.stop() == 0
        assert not locations.run_dir(awkward_data_dir).is_relative_to(awkward_data_dir)


def test_a_folder_closed_to_others_is_no_trouble(private_data_dir: Path) -> None:
    """For root it is: PostgreSQL runs as somebody else then. Its mode must stay as it is."""
    home = private_data_dir.parent
    with Supervised(private_data_dir) as supervised:
        supervised.start_and_wait()
        assert supervised.stop() == 0
        supervised.start_and_wait()
        assert supervised.stop() == 0
    assert home.stat().st_mode & 0o777 == 0o700
    assert (private_data_dir / "postgres").is_symlink() == (os.geteuid() == 0)
