"""HOST, PORT and WORKERS, the plan they make, and the ports they may not take."""

import errno
import os
import socket
from pathlib import Path

import pytest

from orchestrator.embedded import ports
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.locations import default_database_url
from orchestrator.embedded.lock import FolderLock
from orchestrator.embedded.options import UpOptions
from orchestrator.embedded.ports import check_port
from orchestrator.embedded.processes import Plan, environment, plan
from orchestrator.embedded.secrets import local_secret
from tests.embedded.supervised import free_port

URLS = {"DATABASE_URL": "postgresql://u@/name?host=/run/pg", "REDIS_URL": "unix:///run/redis.sock"}


def plan_for(*, demo: bool = True, **environ: str) -> Plan:
    return plan(UpOptions.of(environ, Path("/data")), URLS, Path("/run"), demo=demo)


def test_the_defaults_serve_this_machine_only() -> None:
    options = UpOptions.of({}, Path("/data"))

    assert (options.host, options.port, options.workers) == ("127.0.0.1", 8000, 2)
    assert options.loopback
    assert options.url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("host", "loopback", "url"),
    [
        ("localhost", True, "http://localhost:8000"),
        ("127.0.0.2", True, "http://127.0.0.2:8000"),
        ("::1", True, "http://[::1]:8000"),
        ("0.0.0.0", False, "http://127.0.0.1:8000"),
        ("::", False, "http://[::1]:8000"),
        ("192.168.1.7", False, "http://192.168.1.7:8000"),
        ("box.example.org", False, "http://box.example.org:8000"),
    ],
)
def test_only_loopback_is_private(host: str, url: str, *, loopback: bool) -> None:
    options = UpOptions.of({"HOST": host}, Path("/data"))

    assert options.loopback is loopback
    assert options.url == url


@pytest.mark.parametrize(
    "environ", [{"PORT": "abc"}, {"PORT": "0"}, {"PORT": "70000"}, {"PORT": "²"}, {"WORKERS": "-1"}]
)
def test_a_number_that_makes_no_sense_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(EmbeddedError, match=r"makes no sense: it is a number from 1 to \d+"):
        UpOptions.of(environ, Path("/data"))


def test_children_are_told_when_only_this_machine_can_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_LOOPBACK", "1")  # left over in somebody's shell

    private, public = (plan_for(HOST=host).first[0].environment() for host in ("127.0.0.1", "0.0.0.0"))

    assert private["ORCHESTRATOR_LOOPBACK"] == "1"
    assert "ORCHESTRATOR_LOOPBACK" not in public
    assert public["DATABASE_URL"] == URLS["DATABASE_URL"]
    assert public["ORCHESTRATOR_DATA_DIR"] == "/data"


def test_our_own_database_comes_with_our_own_key(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that others can reach must not fall back on settings for local use."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    options = UpOptions.of({"HOST": "0.0.0.0"}, data_dir)
    ours = {**URLS, "DATABASE_URL": default_database_url(data_dir)}

    assert environment(options, ours)["SECRET_KEY"] == local_secret(data_dir, "secret-key")
    assert "SECRET_KEY" not in environment(options, URLS)

    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment(options, ours)["SECRET_KEY"] == "given"


def test_what_is_encrypted_has_a_key_of_its_own(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELD_ENCRYPTION_KEYS", raising=False)
    options = UpOptions.of({"HOST": "0.0.0.0"}, data_dir)
    ours = {**URLS, "DATABASE_URL": default_database_url(data_dir)}

    made = environment(options, ours)

    assert made["FIELD_ENCRYPTION_KEYS"] == local_secret(data_dir, "field-encryption-key")
    assert made["FIELD_ENCRYPTION_KEYS"] != made["SECRET_KEY"]
    assert "FIELD_ENCRYPTION_KEYS" not in environment(options, URLS)


def test_the_plan_has_every_process_under_a_name_of_its_own() -> None:
    made = plan_for(WORKERS="3")

    names = [[process.name for process in part] for part in (made.before, made.first, made.then, made.last)]

    engines = ["engine-1", "engine-2", "engine-3"]
    assert names == [["migrate"], ["web", "demo"], [*engines, "tasks", "beat"], ["market-feed"]]


def test_no_market_feed_where_it_is_switched_off() -> None:
    assert plan_for(MARKET_FEED="off").last == []


def test_no_demo_means_no_demo() -> None:
    assert [process.name for process in plan_for(demo=False).first] == ["web"]


def test_the_web_server_listens_where_it_was_told() -> None:
    argv = plan_for(HOST="0.0.0.0", PORT="8123").first[0].argv()

    assert argv[argv.index("--host") + 1] == "0.0.0.0"
    assert argv[argv.index("--port") + 1] == "8123"


def test_a_free_port_is_fine_and_a_taken_one_is_not() -> None:
    port = free_port()
    check_port("127.0.0.1", port)

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        with pytest.raises(EmbeddedError) as caught:
            check_port("127.0.0.1", port)

    assert f"Port {port} is in use by " in str(caught.value)
    assert f"(pid {os.getpid()})" in str(caught.value)
    assert "make up" in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(EmbeddedError, match=f"HOST={host} is no address of this machine"):
        check_port(host, free_port())


def test_a_port_for_root_alone_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_try_to_bind", lambda *_: errno.EACCES)

    with pytest.raises(EmbeddedError, match="Port 80 needs root"):
        check_port("127.0.0.1", 80)


def test_a_lock_is_free_again_after_release_and_knows_a_dead_holder(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(EmbeddedError, match=f"as pid {os.getpid()}"):
        second.acquire()

    first.release()
    second.acquire()
    assert not second.was_left_behind
    second.release()

    (tmp_path / "lock").write_text("999999\n")  # what a holder that was killed leaves
    first.acquire()
    assert first.was_left_behind
    first.release()
