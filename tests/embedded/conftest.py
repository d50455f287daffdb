"""Data folders and supervisors for tests that start real processes."""

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.embedded import locations
from orchestrator.embedded.cluster import spare_dir
from tests.embedded.supervised import Supervised


@pytest.fixture(autouse=True)
def heard_hangups() -> Iterator[None]:
    """Under nohup SIGHUP is ignored, and children inherit that; these tests want to hear it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the PostgreSQL user can reach: pytest's own tmp_path is closed to all but us."""
    folder = Path(tempfile.mkdtemp(prefix="orch-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir(open_folder: Path) -> Iterator[Path]:
    yield from _data_dir(open_folder / "data")


@pytest.fixture
def awkward_data_dir(open_folder: Path) -> Iterator[Path]:
    """Below a folder with a space, an umlaut and more letters than a socket address has room for."""
    yield from _data_dir(open_folder / "a folder, ümlaut & all" / ("x" * 100) / "data")


@pytest.fixture
def private_data_dir(open_folder: Path) -> Iterator[Path]:
    """Below a folder that nobody else may enter, as a checkout in root's home is."""
    (open_folder / "home").mkdir(mode=0o700)
    yield from _data_dir(open_folder / "home" / "data")


@pytest.fixture
def supervised(data_dir: Path) -> Iterator[Supervised]:
    """`make up` with stand-ins for the processes of the product, not started yet."""
    with Supervised(data_dir) as running:
        yield running


def _data_dir(path: Path) -> Iterator[Path]:
    yield path
    run_dir = locations.run_dir(path)
    for outside in (run_dir, spare_dir(locations.resolve(path))):
        with contextlib.suppress(OSError):
            shutil.rmtree(outside)
