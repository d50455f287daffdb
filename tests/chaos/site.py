"""A whole installation for one test: PostgreSQL, Redis, Celery workers and beat, all real, all its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from orchestrator.embedded.postgres import EmbeddedPostgres
from orchestrator.embedded.redis import EmbeddedRedis
from tests.chaos.effects import JOURNAL
from tests.chaos.scenario import ROOT

CELERY = (sys.executable, "-W", "ignore", "-m", "celery", "-q", "-A", "tests.chaos.application")


class Site:
    def __init__(self, folder: Path) -> None:
        self.postgres = EmbeddedPostgres(folder / "data")
        self.redis = EmbeddedRedis(folder / "data")
        self.postgres.start()
        self.redis.start()
        self.env = {
            **os.environ,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "ORCHESTRATOR_LEASE_SECONDS": "2",
            "LOG_LEVEL": "ERROR",
            JOURNAL: str(folder / "effects.log"),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.call("manage.py", "migrate", "--verbosity=0")

    def call(self, *arguments: str) -> None:
        """A command that must succeed."""
        subprocess.run([sys.executable, *arguments], env=self.env, cwd=ROOT, check=True, timeout=300)

    def start_worker(self, **env: str) -> subprocess.Popen[bytes]:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")
        return self._start((*CELERY, "worker", "--pool", "solo", "-Q", "engine,celery", *quiet), env)

    def start_beat(self) -> subprocess.Popen[bytes]:
        files = ("--schedule", str(self.postgres.data_dir / "beat"), "--pidfile=")
        return self._start((*CELERY, "beat", *files, "--loglevel", "ERROR"), {})

    def flush_redis(self) -> None:
        redis.Redis.from_url(self.redis.url).flushall()

    def crash_postgres(self) -> None:
        """Immediate stop, as after a power cut, and start again."""
        self.postgres.stop("immediate")
        self.postgres.start()

    def close(self) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        self.redis.stop()
        self.postgres.stop()

    def _start(self, command: tuple[str, ...], env: dict[str, str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env={**self.env, **env}, cwd=ROOT)
        self._processes.append(process)
        return process


@contextmanager
def site() -> Iterator[Site]:
    """In a folder that the PostgreSQL user can enter also when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="orch-", dir="/tmp"))
    folder.chmod(0o755)
    made = Site(folder)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
