"""The files of a PostgreSQL cluster: where they are, how they are made, what a crash leaves in them."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil

from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import make_data_dir, make_private_dir
from orchestrator.embedded.postgres_programs import MAJOR_VERSION
from orchestrator.embedded.spawn import OsUser, scrubbed

_SECONDS_TO_END = 5.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNSAFE_SINCE = "orchestrator-unsafe-since-boot"


def spare_dir(data_dir: Path) -> Path:
    """Where root keeps what the PostgreSQL user could not reach inside a private checkout."""
    return Path(f"/var/lib/orchestrator-{locations.path_digest(data_dir)}")


def locate_cluster(data_dir: Path) -> Path:
    """The cluster's folder, which may not exist yet. If it is elsewhere, a link is left in `data_dir`."""
    link = data_dir / "postgres"
    if link.is_symlink():
        return link.readlink()
    if link.is_dir() or not locations.is_private_to_root(data_dir):
        return link
    cluster = make_data_dir(spare_dir(data_dir)) / "postgres"
    if cluster.exists():  # its data folder, and with it the keys of what is in there, was deleted
        _put_aside(cluster)
    link.symlink_to(cluster)
    return cluster


def make_cluster(cluster: Path, programs: Path, user: OsUser | None) -> None:
    """Run initdb beside the final place and rename, so that an interrupted one is never mistaken for done.

    Does nothing where the cluster exists. Raises EmbeddedError for one of another PostgreSQL version.
    """
    if cluster.is_dir() and any(cluster.iterdir()):
        _check_version(cluster)
        return
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    make_private_dir(draft)
    if user is not None:
        os.chown(draft, user.uid, user.gid)
    _initdb(draft, programs, user)
    if cluster.is_dir():
        cluster.rmdir()
    draft.rename(cluster)


def clear_leftovers(cluster: Path) -> None:
    """Make a cluster whose server or supervisor was killed ready to start again.

    Only for the holder of its lock: any server still running on it is ended. A pid file that
    names a recycled pid would keep PostgreSQL from starting, so it goes too, but only after the
    last process of the old server, because it is what guards against two servers on one cluster.
    """
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    survivors = _server_processes(cluster)
    for process in survivors:
        _send(process, signal.SIGQUIT)
    _, stubborn = psutil.wait_procs(survivors, timeout=_SECONDS_TO_END)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=_SECONDS_TO_END)
    pid_file.unlink(missing_ok=True)


def discard_if_unsafe(cluster: Path) -> None:
    """Delete a cluster that ran without fsync before the machine last started.

    Such a cluster survives the death of processes, not of the machine, and nobody would notice: it
    starts, and gives wrong answers.
    """
    marker = cluster / _UNSAFE_SINCE
    if marker.exists() and marker.read_text() != _boot_id():
        for path in cluster.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def mark_unsafe(cluster: Path) -> None:
    """Note that it runs without fsync from now on."""
    (cluster / _UNSAFE_SINCE).write_text(_boot_id())


def server_status(cluster: Path) -> str:
    """What the server last wrote into its pid file: starting, ready, stopping, or nothing."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _initdb(target: Path, programs: Path, user: OsUser | None) -> None:
    argv = [str(programs / "initdb"), "-D", str(target), "-U", locations.ROLE, "--encoding=UTF8"]
    argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    argv += ["--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    result = subprocess.run(  # noqa: S603 - our own program
        argv,
        env={**scrubbed(os.environ), "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        user=None if user is None else user.uid,
        group=None if user is None else user.gid,
        extra_groups=None if user is None else [],
        check=False,
    )
    if result.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        raise EmbeddedError(f"Cannot make the database: {_reason(result.stdout)}")


def _reason(output: str) -> str:
    if "No space left on device" in output:
        return "no space left on the disk."
    errors = [line for line in output.splitlines() if "error:" in line or "FATAL:" in line]
    return (errors or output.splitlines() or ["initdb gave no reason"])[-1].strip()


def _check_version(cluster: Path) -> None:
    try:
        found = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise EmbeddedError(
            f"{cluster} is not a PostgreSQL data folder. Move it away and try again."
        ) from error
    if found != MAJOR_VERSION:
        raise EmbeddedError(
            f"The data in {cluster} was made by PostgreSQL {found}, this is {MAJOR_VERSION}. "
            "Dump it with the old version, or move it away to start afresh."
        )


def _put_aside(cluster: Path) -> None:
    old = cluster.with_name("postgres.old")
    shutil.rmtree(old, ignore_errors=True)
    cluster.rename(old)


def _server_processes(cluster: Path) -> list[psutil.Process]:
    """Every process of a server on this cluster: all have it as their working directory."""
    here = os.path.realpath(cluster)
    found = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and process.cwd() == here:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return f"{psutil.boot_time() // 600:.0f}"
