"""Addresses are derived from the data folder alone: settings and the supervisor must agree unasked."""

import os
from pathlib import Path

import dj_database_url
import pytest
import redis
from psycopg.conninfo import conninfo_to_dict

from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import make_private_dir

OPEN = Path("/tmp")  # open to everyone on every machine, unlike pytest's tmp_path


def test_sockets_lie_in_the_data_folder_where_that_can_hold_them() -> None:
    assert locations.run_dir(OPEN / "project/.data") == OPEN / "project/.data/run"


@pytest.mark.parametrize(
    "name", ["with space", "percent%", "ümlaut", "comma,", "hash#", "question?", "x" * 90]
)
def test_elsewhere_they_lie_in_tmp(name: str) -> None:
    found = locations.run_dir(OPEN / name / ".data")

    assert found.parent == OPEN
    assert found.name.startswith(f"orchestrator-{os.geteuid()}-")
    assert len(os.fsencode(locations.postgres_socket_dir(OPEN / name / ".data") / ".s.PGSQL.5432.lock")) < 103


def test_one_folder_has_one_address_however_it_is_spelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "real").mkdir()
    monkeypatch.chdir(tmp_path)

    spellings = ("link/d", "real/d", "real/../real/d", tmp_path / "real/d")

    assert len({locations.default_database_url(path) for path in spellings}) == 1


def test_two_folders_have_two_addresses() -> None:
    first, second = OPEN / "a b/.data", OPEN / "a c/.data"

    assert locations.default_database_url(first) != locations.default_database_url(second)
    assert locations.default_redis_url(first) != locations.default_redis_url(second)


def test_the_database_address_means_the_same_to_django_and_libpq() -> None:
    url = locations.default_database_url(OPEN / "project/.data")

    django = dj_database_url.parse(url)
    libpq = conninfo_to_dict(url)

    assert (libpq["host"], libpq["port"]) == ("/tmp/project/.data/run/pg", "5432")
    assert django["OPTIONS"] == {"host": libpq["host"], "port": 5432}
    assert (libpq["dbname"], libpq["user"]) == ("orchestrator", "orchestrator")
    assert (django["NAME"], django["USER"]) == ("orchestrator", "orchestrator")


def test_the_redis_address_means_the_same_to_redis_and_celery() -> None:
    url = locations.default_redis_url(OPEN / "project/.data")

    with redis.Redis.from_url(url) as client:
        options = client.connection_pool.connection_kwargs
    assert (options["path"], options["db"]) == ("/tmp/project/.data/run/redis.sock", 0)
    assert locations.broker_url(url) == "redis+socket:///tmp/project/.data/run/redis.sock?virtual_host=0"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("unix:///run/r.sock?db=3", "redis+socket:///run/r.sock?virtual_host=3"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
        ("redis://host:6379/1", "redis://host:6379/1"),
        ("rediss://u:p@host/0", "rediss://u:p@host/0"),
    ],
)
def test_a_broker_address_is_spelt_as_celery_wants(given: str, expected: str) -> None:
    assert locations.broker_url(given) == expected


def test_only_root_minds_a_closed_folder_above(open_folder: Path) -> None:
    data = open_folder / "data"
    assert not locations.is_private_to_root(data)

    open_folder.chmod(0o700)

    assert locations.is_private_to_root(data) == (os.geteuid() == 0)


def test_a_socket_folder_that_is_not_a_folder_is_refused(open_folder: Path) -> None:
    (open_folder / "run").symlink_to(OPEN)

    with pytest.raises(EmbeddedError, match="is in the way"):
        make_private_dir(open_folder / "run")


def test_a_socket_folder_of_somebody_else_is_refused() -> None:
    """Root owns /, and /tmp itself stands for any folder there that is not ours."""
    if os.geteuid() != 0:
        with pytest.raises(EmbeddedError, match="belongs to root"):
            make_private_dir(Path("/usr"))
        return
    planted = OPEN / f"orchestrator-planted-{os.getpid()}"
    planted.mkdir()
    os.chown(planted, 65534, 65534)
    try:
        with pytest.raises(EmbeddedError, match="belongs to nobody"):
            make_private_dir(planted)
    finally:
        planted.rmdir()
