"""A wrong DATABASE_URL or REDIS_URL gets one clear line, and never one with the password in it."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.external import check_database, check_redis, is_local_database
from orchestrator.embedded.postgres import EmbeddedPostgres
from orchestrator.embedded.redis import EmbeddedRedis
from tests.embedded.supervised import Supervised

PASSWORD = "s3cret-pass"
DEAF = 1  # a port where nothing listens (tcpmux)


@pytest.fixture
def server(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    rules = data_dir / "postgres" / "pg_hba.conf"
    rules.write_text("local all guest scram-sha-256\nlocal all orchestrator trust\n")
    with psycopg.connect(postgres.url) as connection:
        connection.execute("SELECT pg_reload_conf()")
    yield postgres
    postgres.stop("kill")


def address(
    server: EmbeddedPostgres, *, user: str = "guest", password: str = PASSWORD, name: str = "postgres"
) -> str:
    host = quote(server.url.partition("host=")[2].partition("&")[0], safe="%")
    return f"postgresql://{user}:{password}@/{name}?host={host}"


def test_a_right_address_is_reported_without_its_password(server: EmbeddedPostgres) -> None:
    report = check_database(address(server))

    assert re.fullmatch(r"PostgreSQL 18\.\d+ at /tmp/.*/run/pg/postgres ready \(DATABASE_URL\)", report)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"password": "no-" + PASSWORD}, "refuses the user name or password"),
        ({"name": "absent"}, "has no such database"),
        ({"user": "stranger"}, "does not allow this user from here"),
    ],
)
def test_what_the_server_refuses_is_explained(
    server: EmbeddedPostgres, wrong: dict[str, str], reason: str
) -> None:
    with pytest.raises(EmbeddedError, match=reason) as caught:
        check_database(address(server, **wrong))

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "is not an address I can read"),
        (f"postgresql://u:{PASSWORD}@host:port/name", "is not an address I can read"),
        (f"mysql://u:{PASSWORD}@host/name", "another kind of database"),
        (f"postgresql://u:{PASSWORD}@nowhere.invalid/name", "no such host|cannot be used"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:{DEAF}/name", "nothing listens there"),
        ("postgresql:///name?host=/nowhere", "no such socket"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(url: str, reason: str) -> None:
    with pytest.raises(EmbeddedError, match=reason) as caught:
        check_database(url)

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_silent_host_does_not_hold_up_the_start() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(EmbeddedError, match="does not answer within 5 s"):
            check_database(f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/name")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "is not an address I can read"),
        (f"redis://:{PASSWORD}@127.0.0.1:port/0", "is not an address I can read"),
        (f"redis://:{PASSWORD}@127.0.0.1:{DEAF}/0", "cannot be used"),
        ("unix:///nowhere/redis.sock", "cannot be used"),
    ],
)
def test_a_redis_that_cannot_be_reached_is_one_line(url: str, reason: str) -> None:
    with pytest.raises(EmbeddedError, match=reason) as caught:
        check_redis(url)

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_redis_that_is_there_is_reported(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    server.start()
    try:
        assert re.fullmatch(
            r"Redis [\d.]+ at /tmp/.*/redis.sock ready \(REDIS_URL\)", check_redis(server.url)
        )
        with pytest.raises(EmbeddedError, match="refuses the user name or password"):
            check_redis(server.url.replace("unix://", f"unix://stranger:{PASSWORD}@"))
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("postgresql://u@/name?host=/run/pg", True),
        ("postgresql://u@localhost/name", True),
        ("postgresql://u@127.0.0.1:5433/name", True),
        ("postgresql://u@db.example.org/name", False),
        ("postgresql://u@10.0.0.5/name", False),
    ],
)
def test_demo_users_stay_on_this_machine(url: str, *, local: bool) -> None:
    assert is_local_database(url) is local


def test_services_of_ones_own_are_used_and_no_others_started(
    server: EmbeddedPostgres, supervised: Supervised
) -> None:
    redis = EmbeddedRedis(server.data_dir.parent / "theirs")
    redis.start()
    try:
        with Supervised(server.data_dir.parent / "mine") as running:
            running.start(DATABASE_URL=address(server), REDIS_URL=redis.url)
            running.wait_for("Orchestrator is running")
            assert running.output.count("(DATABASE_URL)") == running.output.count("(REDIS_URL)") == 1
            assert not (running.data_dir / "postgres").exists()
            assert running.stop() == 0
    finally:
        redis.stop()


def test_a_wrong_address_ends_make_up_with_one_line(supervised: Supervised) -> None:
    url = f"postgresql://u:{PASSWORD}@127.0.0.1:{DEAF}/name"

    assert supervised.start(DATABASE_URL=url).wait() == 1

    assert supervised.output.count("\n") == 1
    assert supervised.output.startswith("✗ The database at 127.0.0.1/name does not answer")
    assert PASSWORD not in supervised.output
