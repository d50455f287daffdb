"""The guard's list of what to end; that it ends it is shown in test_up.py."""

import signal
import subprocess
import sys

from orchestrator.embedded.guard import end_orphans, read_orphans


def test_what_ended_is_forgotten() -> None:
    assert read_orphans(["+ 10 9 1\n", "+ 11 3 0\n", "- 10\n"]) == {11: (3, False)}


def test_a_line_cut_short_is_ignored() -> None:
    assert read_orphans(["+ 10 9 1\n", "+ 11"]) == {10: (9, True)}


def test_what_is_gone_already_is_no_trouble() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    end_orphans({ended.pid: (signal.SIGTERM, False)})


def test_it_needs_nothing_but_the_standard_library() -> None:
    """It runs with -S, so that it starts quickly and while packages are being replaced."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1])"
    path = sys.modules["orchestrator.embedded.guard"].__file__
    assert path is not None

    subprocess.run([sys.executable, "-I", "-S", "-c", code, path], check=True)
