"""What tests of workspaces share."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _repositories_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.WORKSPACE_REPOSITORIES = tmp_path / "algorithms"
