"""Local keys: made once, the same for everyone who asks, and for nobody else."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.locations import project_dir
from orchestrator.embedded.secrets import local_secret


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    value = local_secret(tmp_path / "data", "secret-key")

    assert local_secret(tmp_path / "data", "secret-key") == value
    assert len(value) >= 50
    assert value.replace("-", "").replace("_", "").isalnum()
    assert (tmp_path / "data/secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data/secrets/secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data/secrets").iterdir()] == ["secret-key"]


def test_names_and_folders_have_secrets_of_their_own(tmp_path: Path) -> None:
    values = {local_secret(tmp_path / folder, name) for folder in "ab" for name in ("one", "two")}

    assert len(values) == 4


def test_processes_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from orchestrator.embedded.secrets import local_secret;"
        "print(local_secret(sys.argv[1], 'key'))"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "data")]
    asking = [subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=project_dir()) for _ in range(6)]

    answers = {process.communicate()[0] for process in asking}

    assert len(answers) == 1
    assert len(answers.pop().strip()) >= 50


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name for a secret"):
        local_secret(tmp_path, "../other")


def test_a_damaged_secret_is_reported_not_replaced(tmp_path: Path) -> None:
    local_secret(tmp_path, "key")
    (tmp_path / "secrets/key").write_text("half")

    with pytest.raises(EmbeddedError, match="is damaged"):
        local_secret(tmp_path, "key")
