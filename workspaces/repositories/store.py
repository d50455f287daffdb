"""One repository: begun with the detectors that ship, added to by runs, each commit under its run's name.

A commit and ``refs/runs/<run>`` come into being in one step, so whoever asks after a crash sees whether it
was made. ``main`` points to what is deployed. Everything may be called by several processes at once.
"""

from __future__ import annotations

import io
import re
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from orchestrator.core import json
from orchestrator.core.json import JsonObject
from workspaces.domain import detectors
from workspaces.domain.detectors import PATTERNS
from workspaces.repositories.git import RepositoryError, git
from workspaces.repositories.worktree import PARAMETERS, BadTree, Tree, check_tree

_COMMIT: Final = re.compile(r"[0-9a-f]{40,64}")
_ENTRY: Final = Path(__file__).with_name("run.txt")
_MAIN: Final = "refs/heads/main"
_MOST_DIFF: Final = 400_000
_BEGUN_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str

    def line(self, at: datetime) -> str:
        """As git stores it; its own signs are taken out of the name."""
        plain = [re.sub(r"[<>\x00-\x1f]", "", text).strip() for text in (self.name, self.email)]
        return f"{plain[0] or 'nobody'} <{plain[1]}> {int(at.timestamp())} +0000"


SERVER: Final = Author("Orchestrator", "orchestrator@localhost")


def starter(pattern: str) -> dict[str, str]:
    """What a repository begins with: the detectors of this release, the defaults, and the way in."""
    shipped = Path(detectors.__file__).parent
    tree = {f"detectors/{file.name}": file.read_text() for file in sorted(shipped.glob("*.py"))}
    defaults = PATTERNS[pattern].parameters()
    values = {each.name: getattr(defaults, each.name) for each in fields(defaults)}
    return {**tree, "run.py": _ENTRY.read_text(), PARAMETERS: written(values)}


def written(parameters: JsonObject) -> str:
    """As the parameter file holds them: a line each, so that differences read well."""
    return json.pretty(parameters) + "\n"


@dataclass(frozen=True, slots=True)
class Repository:
    """Of a workspace. ``begin`` comes first."""

    workspace: UUID

    @property
    def folder(self) -> Path:
        return Path(settings.WORKSPACE_REPOSITORIES) / f"{self.workspace}.git"

    def worktree(self, run: UUID) -> Path:
        return Path(settings.WORKSPACE_REPOSITORIES) / "runs" / str(run)

    def remove(self, runs: Iterable[UUID]) -> None:
        """The repository goes, with what was asked of its runs and whatever they left behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for run in runs:
            asked = Path(settings.WORKSPACE_REPOSITORIES) / "prompts"
            for file in [*asked.glob(f"{run}*"), *self.worktree(run).parent.glob(f"{run}*")]:
                shutil.rmtree(file, ignore_errors=True) if file.is_dir() else file.unlink(missing_ok=True)

    def begin(self, pattern: str) -> str:
        """The first commit; made if there is none. Two who begin at once get the same."""
        if not self.folder.exists():
            self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = self.folder.with_name(f".{uuid4().hex}")
            made.mkdir(mode=0o700)
            try:
                git(made, "init", "--quiet", "--bare", "--initial-branch=main")
                stream = _stream(_MAIN, starter(pattern), f"Begin {pattern}", SERVER, _BEGUN_AT, None)
                git(made, "fast-import", "--quiet", given=stream)
                git(made, "update-ref", "refs/begin", _MAIN)
                made.rename(self.folder)
            except OSError as error:
                if not self.folder.exists():
                    raise RepositoryError(f"The repository could not be made: {error}") from error
            finally:
                shutil.rmtree(made, ignore_errors=True)
        return self._resolve("refs/begin") or ""

    def files(self, commit: str) -> dict[str, str]:
        """Raises RepositoryError, and BadTree for what is no algorithm."""
        packed = git(self.folder, "archive", "--format=tar", _checked(commit))
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            plain = [each for each in archive.getmembers() if each.isfile()]
            found = {each.name: archive.extractfile(each) for each in plain}
            tree = {path: stream.read().decode() for path, stream in found.items() if stream is not None}
        check_tree(tree)
        return tree

    def parameters(self, commit: str) -> JsonObject:
        """Those that the commit has. Raises RepositoryError, BadTree."""
        return read_parameters(self.files(commit))

    def commit(self, run: UUID, tree: Tree, *, base: str, message: str, author: Author, at: datetime) -> str:
        """The commit of this run; one it has made already is left as it is. Raises BadTree."""
        return self._made(_ref(run), tree, message, author, at, base)

    def keep(self, run: UUID, name: str, tree: Tree, *, base: str, at: datetime) -> str:
        """What a run's files are at a checkpoint, as a commit on nobody's branch; once a name."""
        return self._made(f"{_kept(run)}/{name}", tree, f"Checkpoint {name}", SERVER, at, base)

    def forget(self, run: UUID) -> None:
        """The checkpoints of a run; git drops what they held when it next tidies up."""
        told = git(self.folder, "for-each-ref", "--format=%(refname)", _kept(run)).decode()
        for ref in told.split():
            git(self.folder, "update-ref", "-d", ref)

    def _made(self, ref: str, tree: Tree, message: str, author: Author, at: datetime, base: str) -> str:
        check_tree(tree)
        known = self._resolve(ref)
        if known is not None:
            return known
        stream = _stream(ref, tree, message, author, at, _checked(base))
        try:
            git(self.folder, "fast-import", "--quiet", given=stream)
        except RepositoryError:
            if self._resolve(ref) is None:  # else somebody was quicker, and it is made
                raise
        made = self._resolve(ref)
        assert made is not None, "fast-import answers after the ref is there"
        return made

    def committed(self, run: UUID) -> str | None:
        """The commit that a run made; None before it made one."""
        return self._resolve(_ref(run))

    def point_main(self, commit: str) -> None:
        git(self.folder, "update-ref", _MAIN, _checked(commit))

    def main(self) -> str | None:
        return self._resolve(_MAIN)

    def diff(self, before: str, after: str) -> str:
        """As a patch, cut where it is very long."""
        patch = git(self.folder, "diff", "--no-color", "--no-ext-diff", "--no-textconv",
                    _checked(before), _checked(after))  # fmt: skip
        text = patch[:_MOST_DIFF].decode(errors="replace")
        return text if len(patch) <= _MOST_DIFF else f"{text}\n… and {len(patch) - _MOST_DIFF:,} more bytes\n"

    def changed(self, before: str, after: str) -> list[str]:
        told = git(self.folder, "diff", "--name-only", "-z", _checked(before), _checked(after))
        return [path for path in told.decode().split("\0") if path]

    def _resolve(self, ref: str) -> str | None:
        found = git(self.folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", allowed=(0, 1))
        return found.decode().strip() or None


def read_parameters(tree: Tree) -> JsonObject:
    """Raises BadTree."""
    try:
        found = json.loads(tree[PARAMETERS])
    except (KeyError, ValueError) as error:
        raise BadTree(f"{PARAMETERS} is missing, or no JSON.") from error
    if not isinstance(found, dict):
        raise BadTree(f"{PARAMETERS} is no object of names and values.")
    return found


def _ref(run: UUID) -> str:
    return f"refs/runs/{run}"


def _kept(run: UUID) -> str:
    return f"refs/checkpoints/{run}"


def _checked(commit: str) -> str:
    if not _COMMIT.fullmatch(commit):
        raise RepositoryError("That is no commit.")
    return commit


def _stream(ref: str, tree: Tree, message: str, author: Author, at: datetime, base: str | None) -> bytes:
    """A commit in git's fast-import format: lengths stand before contents, so no content can pass for one."""

    def lines() -> Iterable[bytes]:
        yield f"commit {ref}\n".encode()
        yield f"author {author.line(at)}\ncommitter {SERVER.line(at)}\n".encode()
        yield _data(message)
        if base is not None:
            yield f"from {base}\ndeleteall\n".encode()
        for path, text in sorted(tree.items()):
            yield f"M 100644 inline {path}\n".encode() + _data(text)
        yield b"done\n"

    return b"feature done\n" + b"".join(lines())


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)
