"""The embedded PostgreSQL by itself: it starts, keeps data, recovers, and cleans up after the dead."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psutil
import psycopg
import pytest

from orchestrator.embedded import cluster
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.postgres import EmbeddedPostgres, StopMode


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_dir)
    server.start()
    yield server
    server.stop("kill")


def ask(server: EmbeddedPostgres, query: str) -> str:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def write_a_row(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")


@pytest.mark.parametrize("mode", ["fast", "immediate", "kill"])
def test_what_was_committed_survives_every_way_to_stop(postgres: EmbeddedPostgres, mode: StopMode) -> None:
    write_a_row(postgres)

    postgres.stop(mode)
    assert not postgres.is_running
    postgres.start()

    assert ask(postgres, "SELECT number FROM kept") == "42"


def test_the_database_is_utf8_checksummed_and_off_the_network(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "SHOW server_encoding") == "UTF8"
    assert ask(postgres, "SHOW data_checksums") == "on"
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert ask(postgres, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert ask(postgres, "SELECT current_user") == "orchestrator"


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
def test_only_a_fast_cluster_runs_without_fsync(data_dir: Path, *, durable: bool, expected: str) -> None:
    server = EmbeddedPostgres(data_dir, durable=durable)
    server.start()
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(server, f"SHOW {setting}") == expected
    finally:
        server.stop()


def test_a_fast_cluster_does_not_survive_a_restart_of_the_machine(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    write_a_row(server)
    server.stop()
    (data_dir / "postgres" / "orchestrator-unsafe-since-boot").write_text("another boot")

    server.start()
    try:
        assert ask(server, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == "0"
    finally:
        server.stop()


def test_only_our_own_account_can_reach_the_socket(postgres: EmbeddedPostgres, data_dir: Path) -> None:
    assert (data_dir / "run" / "pg").stat().st_mode & 0o777 == 0o700
    assert (data_dir / "postgres").stat().st_mode & 0o777 == 0o700


def test_it_never_runs_as_root(postgres: EmbeddedPostgres, data_dir: Path) -> None:
    owner = (data_dir / "postgres").stat().st_uid

    assert owner != 0
    assert owner == os.geteuid() or os.geteuid() == 0


def test_a_pid_file_of_a_recycled_pid_is_no_obstacle(postgres: EmbeddedPostgres, data_dir: Path) -> None:
    write_a_row(postgres)
    pid_file = data_dir / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    postgres.start()

    assert ask(postgres, "SELECT number FROM kept") == "42"


def test_a_server_left_running_is_ended_by_the_next_holder_of_the_lock(data_dir: Path) -> None:
    code = (
        "import sys; from orchestrator.embedded.postgres import EmbeddedPostgres;"
        "s = EmbeddedPostgres(sys.argv[1]); s.orphan_signal = 18; s.start(); print(s._popen.pid)"
    )  # SIGCONT as the death signal: the server stays when its parent goes
    left = subprocess.run(
        [sys.executable, "-c", code, str(data_dir)], capture_output=True, text=True, check=True
    )
    orphan = psutil.Process(int(left.stdout))
    assert orphan.is_running()

    server = EmbeddedPostgres(data_dir)
    server.start()
    try:
        assert not orphan.is_running()
        assert ask(server, "SELECT 1") == "1"
    finally:
        server.stop()


def test_two_cannot_use_one_cluster(postgres: EmbeddedPostgres, data_dir: Path) -> None:
    with pytest.raises(EmbeddedError, match=f"Already running in {data_dir} as pid {os.getpid()}"):
        EmbeddedPostgres(data_dir).start()

    assert ask(postgres, "SELECT 1") == "1"


def test_an_interrupted_initdb_is_repeated(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir(parents=True)
    (data_dir / "postgres.new" / "half").touch()
    data_dir.chmod(0o755)

    server = EmbeddedPostgres(data_dir)
    server.start()
    server.stop()

    assert not (data_dir / "postgres.new").exists()


def test_a_cluster_of_another_version_is_left_alone(postgres: EmbeddedPostgres, data_dir: Path) -> None:
    postgres.stop()
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 16, this is 18"):
        postgres.start()


def test_a_server_that_cannot_start_says_why(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedPostgres(data_dir)
    wrong = ["-c", "max_connections=none"]
    monkeypatch.setattr(server, "argv", lambda: EmbeddedPostgres.argv(server) + wrong)

    with pytest.raises(EmbeddedError, match="invalid value for parameter"):
        server.start()
    monkeypatch.undo()

    server.start()  # and the failed start holds no lock
    server.stop()


def test_libpq_variables_do_not_lead_astray(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "nowhere.invalid"}.items():
        monkeypatch.setenv(name, value)

    server = EmbeddedPostgres(data_dir)
    server.start()
    try:
        config = dj_database_url.parse(server.url)
        with psycopg.connect(dbname=config["NAME"], user=config["USER"], **config["OPTIONS"]) as connection:
            assert connection.info.dbname == "orchestrator"
    finally:
        server.stop()


def test_server_status_of_no_server_is_nothing(tmp_path: Path) -> None:
    assert cluster.server_status(tmp_path) == ""
