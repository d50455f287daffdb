"""Repositories of algorithms: begun once, committed to once a run, and nothing leads out of them."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from workspaces.repositories import (
    Author,
    BadTree,
    Repository,
    RepositoryError,
    read_tree,
    write_tree,
)
from workspaces.repositories.git import git

ANN = Author("Ann", "ann@example.org")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def begun() -> tuple[Repository, str]:
    repository = Repository(uuid4())
    return repository, repository.begin("swings")


def commit(repository: Repository, base: str, tree: dict[str, str], run: object = None) -> str:
    used = run or uuid4()
    return repository.commit(used, tree, base=base, message="Tune\n\nWhy: because", author=ANN, at=AT)  # type: ignore[arg-type]


def test_it_begins_with_the_detectors_their_defaults_and_a_way_in() -> None:
    repository, first = begun()
    assert repository.begin("swings") == first
    assert repository.parameters(first) == {"left": 5, "right": 5, "least_move": 0.0}
    assert {"run.py", "parameters.json", "detectors/swings.py"} <= repository.files(first).keys()


def test_those_who_begin_at_once_get_one_repository() -> None:
    repository, gate = Repository(uuid4()), threading.Barrier(4)

    def begin(_: int) -> str:
        gate.wait()
        return repository.begin("bos")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(begin, range(4)))) == 1
    assert [each.name for each in repository.folder.parent.iterdir()] == [repository.folder.name]


def test_a_commit_has_its_author_its_files_and_its_difference() -> None:
    repository, first = begun()
    tree = {**repository.files(first), "parameters.json": '{\n  "left": 3\n}\n', "notes/why.md": "wider\n"}
    del tree["detectors/liquidity.py"]
    made = commit(repository, first, tree)
    assert repository.files(made) == tree
    assert repository.changed(first, made) == ["detectors/liquidity.py", "notes/why.md", "parameters.json"]
    assert '+  "left": 3' in repository.diff(first, made)
    shown = git(repository.folder, "show", "-s", "--format=%an|%ae|%cn|%at|%P|%B", made).decode()
    at = int(AT.timestamp())
    assert shown.strip() == f"Ann|ann@example.org|Orchestrator|{at}|{first}|Tune\n\nWhy: because"


def test_a_run_commits_once_whatever_it_tries() -> None:
    repository, first = begun()
    run, gate = uuid4(), threading.Barrier(4)
    assert repository.committed(run) is None

    def again(number: int) -> str:
        gate.wait()
        return commit(repository, first, {"run.py": f"# {number}\n"}, run)

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(again, range(4)))
    assert made == {repository.committed(run)}
    assert git(repository.folder, "rev-list", "--count", f"refs/runs/{run}").strip() == b"2"


@pytest.mark.parametrize("name", ["A\nB", "A <x@y>", "", "data 5\nhello"])
def test_no_name_of_an_author_becomes_a_command(name: str) -> None:
    repository, first = begun()
    made = repository.commit(uuid4(), {"a": "a"}, base=first, message="m", author=Author(name, ""), at=AT)
    assert repository.files(made) == {"a": "a"}


@pytest.mark.parametrize("path", ["../out", "/etc/x", ".git/config", "a//b", "a/../b", "a b", "x\ny", ""])
def test_no_path_leads_out_of_a_tree(path: str) -> None:
    repository, first = begun()
    with pytest.raises(BadTree):
        commit(repository, first, {path: ""})
    with pytest.raises(BadTree):
        write_tree(repository.worktree(uuid4()), {path: ""})


@pytest.mark.parametrize("text", ["--upload-pack=x", "main", "HEAD~1", ""])
def test_only_commits_are_taken_for_commits(text: str) -> None:
    repository, _ = begun()
    with pytest.raises(RepositoryError):
        repository.files(text)


def test_a_worktree_is_read_as_it_was_written() -> None:
    repository, first = begun()
    folder = repository.worktree(uuid4())
    tree = repository.files(first)
    write_tree(folder, {"old.py": ""})
    write_tree(folder, tree)
    (folder / "detectors" / "__pycache__").mkdir()
    (folder / "detectors" / "__pycache__" / "x.pyc").write_bytes(b"\xff")
    assert read_tree(folder) == tree
    assert folder.stat().st_mode & 0o077 == 0


def _link(folder: Path) -> None:
    (folder / "secret.py").symlink_to("/etc/passwd")


def _linked_folder(folder: Path) -> None:
    (folder / "detectors2").symlink_to("/etc")


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")


def _bytes(folder: Path) -> None:
    (folder / "data.py").write_bytes(b"\xff\xfe")


def _much(folder: Path) -> None:
    (folder / "big.py").write_text("x" * (1024 * 1024 + 1))


def _many(folder: Path) -> None:
    for number in range(201):
        (folder / f"f{number}.py").write_text("")


def _repository(folder: Path) -> None:
    (folder / ".git").write_text("gitdir: /tmp/elsewhere")


@pytest.mark.parametrize("leave", [_link, _linked_folder, _pipe, _bytes, _much, _many, _repository])
def test_what_is_no_algorithm_is_not_taken_from_a_worktree(tmp_path: Path, leave: object) -> None:
    folder = tmp_path / "run"
    write_tree(folder, {"run.py": ""})
    assert callable(leave)
    leave(folder)
    with pytest.raises(BadTree):
        read_tree(folder)


def test_what_is_removed_leaves_nothing_behind_and_others_stay() -> None:
    repository, first = begun()
    other, _ = begun()
    run = uuid4()
    commit(repository, first, repository.files(first), run)
    root = repository.folder.parent
    left = [root / "prompts" / f"{run}.json", root / "prompts" / f"{run}-1.txt"]
    for file in left:
        file.parent.mkdir(exist_ok=True)
        file.write_text("asked")
    write_tree(repository.worktree(run), {"run.py": "left behind by a kill"})

    repository.remove([run])

    assert not any(each.exists() for each in [*left, repository.folder, repository.worktree(run)])
    assert other.folder.exists()
    repository.remove([run])
