"""The commands that make up a running Orchestrator, in one place: what to change when a process is added."""

import http.client
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.embedded.locations import default_database_url
from orchestrator.embedded.options import UpOptions
from orchestrator.embedded.process import READY_FILE, Command, OneShot, Process
from orchestrator.embedded.secrets import local_secret
from orchestrator.embedded.services import environment_for

_PROBE_PATH = "/healthz"
_PROBE_SECONDS = 1.0

MANAGE = (sys.executable, "manage.py")
MARKET_FEED = (*MANAGE, "market_feed")
WEB = (sys.executable, "-m", "uvicorn", "orchestrator.asgi:application")
# Messages of the feed are short: to compress each for every socket costs more than it saves.
UNCOMPRESSED = ("--ws-per-message-deflate", "false")
WEB_OPTIONS = ("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5", *UNCOMPRESSED)
# The filter is for Celery's advice against root, which is right for a server and noise in a sandbox.
CELERY = (
    sys.executable,
    "-W",
    "ignore:You're running the worker",
    "-m",
    "celery",
    "-q",
    "-A",
    "orchestrator",
)
WORKER_OPTIONS = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
ENGINE = ("--pool", "solo", "-Q", "engine")
TASKS = ("--pool", "prefork", "--concurrency", "2", "-Q", "celery")


@dataclass(frozen=True)
class Plan:
    """What to start on top of PostgreSQL and Redis, in order."""

    before: Sequence[Process]
    """Each has to finish before the next."""
    first: Sequence[Process]
    """Started side by side: what the person waits for."""
    then: Sequence[Process]
    """Started side by side once the page can be used, so that they do not slow it down."""
    last: Sequence[Process] = ()
    """Started when all is up, and waited for by nobody."""


class Web(Command):
    """Ready when it answers a request, which also loads what it only loads then."""

    def __init__(self, options: UpOptions, env: Mapping[str, str]) -> None:
        listen = ("--host", options.host, "--port", str(options.port))
        super().__init__(
            "web",
            (*WEB, *listen, *WEB_OPTIONS),
            env,
            title=f"Web ready at {options.url}",
            doing="Starting web",
        )
        self._host, self._port = options.probe_host, options.port

    def ready(self) -> str | None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", _PROBE_PATH)
            answered = connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return self.title if answered else None


class FileReady(Command):
    """Ready when it has made its ready file."""

    def __init__(
        self, name: str, argv: Sequence[str], env: Mapping[str, str], ready_file: Path, *, title: str
    ) -> None:
        env = {**env, READY_FILE: str(ready_file)}
        super().__init__(
            name, argv, env, title=f"{title} ready", doing=f"Starting {title[0].lower()}{title[1:]}"
        )
        self._ready_file = ready_file

    def prepare(self) -> None:
        self._ready_file.unlink(missing_ok=True)

    def ready(self) -> str | None:
        return self.title if self._ready_file.exists() else None

    def shows(self, line: str) -> bool:
        """Celery announces its own end, between empty lines; the supervisor has said so already."""
        return bool(line.strip()) and not line.startswith("worker: Warm shutdown")


def plan(options: UpOptions, urls: Mapping[str, str], run_dir: Path, *, demo: bool) -> Plan:
    """Everything but the services. `urls` are DATABASE_URL and REDIS_URL."""
    env = environment(options, urls)
    engines = [_worker(f"engine-{n}", f"Engine worker {n}", ENGINE, env, run_dir) for n in _count(options)]
    tasks = _worker("tasks", "Task worker", TASKS, env, run_dir)
    return Plan(
        before=[
            _manage(
                "migrate", env, "--verbosity=1", title="Database migrated", doing="Migrating the database"
            )
        ],
        first=[
            Web(options, env),
            *([_manage("demo", env, title="Demo data loaded", doing="Loading demo data")] if demo else []),
        ],
        then=[*engines, tasks, _beat(env, run_dir)],
        last=[_market_feed(env, run_dir)] if options.market_feed else [],
    )


def environment(options: UpOptions, urls: Mapping[str, str]) -> dict[str, str]:
    """What every child sees. ORCHESTRATOR_LOOPBACK is there only when nobody else can reach the server.

    On our own database the keys are our own too; somebody else's may be shared with other machines.
    """
    env = {**environment_for(urls, options.data_dir), **urls, "PYTHONUNBUFFERED": "1"}
    env |= {"HOST": options.host, "PORT": str(options.port)}
    env["ORCHESTRATOR_DATA_DIR"] = str(options.data_dir)
    if urls["DATABASE_URL"] == default_database_url(options.data_dir):
        env.setdefault("SECRET_KEY", local_secret(options.data_dir, "secret-key"))
        env.setdefault("FIELD_ENCRYPTION_KEYS", local_secret(options.data_dir, "field-encryption-key"))
    env.pop("ORCHESTRATOR_LOOPBACK", None)
    if options.loopback:
        env["ORCHESTRATOR_LOOPBACK"] = "1"
    return env


def _count(options: UpOptions) -> range:
    return range(1, options.workers + 1)


def _manage(command: str, env: Mapping[str, str], *arguments: str, title: str, doing: str) -> OneShot:
    return OneShot(command, (*MANAGE, command, *arguments), env, title=title, doing=doing)


def _worker(
    name: str, title: str, options: Sequence[str], env: Mapping[str, str], run_dir: Path
) -> FileReady:
    include = ("-n", f"{name}@%h", "--include", "orchestrator.embedded.worker_ready")
    argv = (*CELERY, "worker", *options, *include, *WORKER_OPTIONS)
    return FileReady(name, argv, env, run_dir / f"{name}.ready", title=title)


def _market_feed(env: Mapping[str, str], run_dir: Path) -> FileReady:
    return FileReady("market-feed", MARKET_FEED, env, run_dir / "market-feed.ready", title="Market feed")


def _beat(env: Mapping[str, str], run_dir: Path) -> FileReady:
    """Beat has no hook to load code into; it writes its pid file once the application is loaded."""
    pid_file = run_dir / "beat.pid"
    files = ("--schedule", str(run_dir / "beat-schedule"), "--pidfile", str(pid_file))
    return FileReady("beat", (*CELERY, "beat", *files, "--loglevel", "WARNING"), env, pid_file, title="Beat")
