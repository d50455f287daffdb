"""Makes `.venv` and keeps it in step with requirements/: `python -I bootstrap.py base [dev] [bench] …`.

Run by the Makefile with whatever Python the machine has, before anything is installed, so it may import
nothing but the standard library; -I keeps this folder, which has a secrets.py, off the import path.
"""

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = Path(".venv")  # relative, like every path here: the project may lie below a folder with a space
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
REQUIREMENTS = Path("requirements")

_ROUGHLY = {
    "base": "about 20 s",
    "dev": "about 15 s",
    "bench": "a few seconds",
    "claude": "160 MB",
    "live": "20 MB",
}
_LAST_LINES = 15
# How uv calls what a machine may have configured for pip alone: a mirror, a proxy, a certificate.
_PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


class InstallError(Exception):
    """What a person should read instead of a traceback."""


def main(wanted: Sequence[str]) -> int:
    """Install the named requirement files; the exit status."""
    os.chdir(PROJECT)
    try:
        missing = [name for name in wanted if not _is_current(name)]
        if not missing and not UNFINISHED.exists():
            return 0
        with _alone():
            _install([name for name in wanted if not _is_current(name)])
    except InstallError as error:
        _say(f"✗ {error}")
        return 1
    except OSError as error:
        _say(f"✗ Cannot use {error.filename or PROJECT}: {error.strerror}. Whose checkout is this?")
        return 1
    except KeyboardInterrupt:
        _say("Interrupted. Run the same command again: it picks up from here.")
        return 130
    return 0


def _install(missing: Sequence[str]) -> None:
    """Mark the venv unfinished meanwhile: one that was interrupted is made anew, never trusted."""
    if UNFINISHED.exists() or not _runs(PYTHON):
        _make_venv()
        missing = sorted({"base", *missing}, key=list(_ROUGHLY).index)
    UNFINISHED.touch()
    _install_uv()
    for name in missing:
        _install_file(name)
    UNFINISHED.unlink()


def _make_venv() -> None:
    _say("Making .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    # Not sys.executable: this may be the venv's own Python, which is gone by now.
    _quietly([sys._base_executable, "-m", "venv", str(VENV)])  # type: ignore[attr-defined]


def _install_uv() -> None:
    """Without it the rest still goes, only slower."""
    if _is_current("bootstrap"):
        return
    with contextlib.suppress(InstallError):
        _pip_install("bootstrap")
        _mark_current("bootstrap")


def _install_file(name: str) -> None:
    started = time.monotonic()
    _say(f"Installing packages: {_file(name)} (first time only, {_ROUGHLY[name]}) …")
    options = ["--quiet", "--compile-bytecode", "--require-hashes", "-r", _file(name)]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), *options]
    if subprocess.run(uv, env=uv_environment(), capture_output=True, check=False).returncode != 0:  # noqa: S603
        _say("  uv does not get the packages; trying pip (slower) …")
        _pip_install(name)
    _mark_current(name)
    _say(f"  done in {time.monotonic() - started:.0f} s")


def _pip_install(name: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", _file(name)]
    _quietly([str(PYTHON), "-m", "pip", "install", *options])


def uv_environment() -> dict[str, str]:
    """Our environment plus pip's settings in uv's words, except where uv has its own.

    Looking for the best match across indexes is safe here because every file's hash is checked.
    """
    env = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_HTTP_RETRIES": "2", **os.environ}
    listing = subprocess.run(  # noqa: S603
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in listing.stdout.splitlines():
        key, _, quoted = line.partition("=")
        ours = _PIP_TO_UV.get(key.rpartition(".")[2])
        if ours and ours not in env:
            env[ours] = ("," if ours == "UV_FIND_LINKS" else " ").join(_words(quoted))
    return env


def _words(quoted: str) -> list[str]:
    try:
        return str(ast.literal_eval(quoted)).split()
    except (SyntaxError, ValueError):
        return quoted.split()


def _quietly(argv: Sequence[str]) -> None:
    """Run a command without its noise. Raises InstallError with its last lines if it fails."""
    result = subprocess.run(  # noqa: S603
        list(argv),
        env={**os.environ, "PIP_USER": "0"},  # a machine-wide `user = true` is an error inside a venv
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode != 0:
        lines = "\n  ".join(result.stdout.splitlines()[-_LAST_LINES:])
        raise InstallError(f"{' '.join(argv[1:4])} failed:\n  {lines}")


def _runs(python: Path) -> bool:
    """False for a venv whose Python was removed or upgraded under it, or that never got its pip."""
    try:
        answer = subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return answer.returncode == 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold back a second `make` in the same folder until this one is done."""
    with Path("Makefile").open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another make is installing packages here; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks
        yield


def _file(name: str) -> str:
    return str(REQUIREMENTS / f"{name}.txt")


def _digest(name: str) -> str:
    return hashlib.sha256(Path(_file(name)).read_bytes()).hexdigest()


def _stamp(name: str) -> Path:
    return VENV / f"installed-{name}"


def _is_current(name: str) -> bool:
    """Whether this very text was installed. Times are no guide: git sets them anew on every checkout."""
    try:
        return _stamp(name).read_text() == _digest(name) and PYTHON.exists()
    except FileNotFoundError:
        return False


def _mark_current(name: str) -> None:
    _stamp(name).write_text(_digest(name))


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
