"""A real PostgreSQL as a child process: its own cluster, a Unix socket and nothing on the network."""

import os
import signal
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from orchestrator.embedded import locations
from orchestrator.embedded.cluster import (
    clear_leftovers,
    discard_if_unsafe,
    locate_cluster,
    make_cluster,
    mark_unsafe,
    server_status,
    spare_dir,
)
from orchestrator.embedded.folders import make_private_dir
from orchestrator.embedded.postgres_programs import account_for, find_programs, runnable_programs
from orchestrator.embedded.process import StopSignals
from orchestrator.embedded.service import Service

StopMode = Literal["fast", "immediate", "kill"]

_SIGNALS: dict[StopMode, signal.Signals] = {
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "kill": signal.SIGKILL,
}

# For a machine of two cores: one database, a handful of processes, no replication.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(locations.POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "1",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    "log_line_prefix": "",
    # Failed statements reach whoever sent them; here they would only show data of rows in passing.
    "log_min_messages": "log",
}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_FAST = dict.fromkeys(_DURABLE, "off")

_EXPECTED_ENDS = ("terminating connection due to", "the database system is starting up", "shutting down")


class EmbeddedPostgres(Service):
    """PostgreSQL on `data_dir`.

    With `durable=False` it may lose or garble its data when the machine dies, never when it alone does.
    """

    name = "postgres"
    title = "PostgreSQL"
    doing = "Starting PostgreSQL"
    stop_signals: StopSignals = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))
    orphan_signal = signal.SIGQUIT  # SIGKILL would leave its own children to find out by themselves
    orphan_group = False  # they are in process groups of their own

    def __init__(self, data_dir: Path | str, *, durable: bool = True) -> None:
        super().__init__(data_dir)
        self.durable = durable
        self._programs = Path()
        self._cluster = Path()

    @property
    def url(self) -> str:
        return locations.default_database_url(self.data_dir)

    def prepare(self) -> None:
        super().prepare()
        self._cluster = locate_cluster(self.data_dir)
        user = self.run_as = account_for(self._cluster)
        private = locations.is_private_to_root(self.data_dir)
        spare = spare_dir(self.data_dir) if private else self.data_dir / "bin"
        self._programs = runnable_programs(find_programs(), user, spare)
        clear_leftovers(self._cluster)
        discard_if_unsafe(self._cluster)
        make_cluster(self._cluster, self._programs, user)
        if not self.durable:
            mark_unsafe(self._cluster)
        sockets = make_private_dir(locations.postgres_socket_dir(self.data_dir))
        if user is not None:
            os.chown(sockets, user.uid, user.gid)

    def argv(self) -> list[str]:
        settings = {
            **_SETTINGS,
            **(_DURABLE if self.durable else _FAST),
            "unix_socket_directories": str(locations.postgres_socket_dir(self.data_dir)),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._cluster), *options]

    def cwd(self) -> Path:
        return Path("/")

    def ready(self) -> str | None:
        """Connect, making the database on the way if it is missing."""
        if server_status(self._cluster) != "ready":
            return None
        maintenance = locations.database_url(self.data_dir, "postgres")
        try:
            with psycopg.connect(maintenance, connect_timeout=2, autocommit=True) as connection:
                _ensure_database(connection)
                version = connection.info.server_version
        except psycopg.Error:
            return None
        return f"PostgreSQL {version // 10000}.{version % 10000} ready"

    def shows(self, line: str) -> bool:
        if line.startswith("LOG:"):
            return "terminated by signal" in line
        return not any(text in line for text in _EXPECTED_ENDS)

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server that start() started and wait for its end; does nothing if there is none.

        `fast` is orderly; `immediate` and `kill` are crashes from which the next start recovers.
        """
        if self._popen is not None:
            self._popen.send_signal(_SIGNALS[mode])
            self._end()


def _ensure_database(connection: psycopg.Connection) -> None:
    name = locations.DATABASE
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount == 0:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
