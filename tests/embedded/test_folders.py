"""Folders that cannot be written to: who can do what about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.embedded import folders
from orchestrator.embedded.errors import EmbeddedError


@pytest.fixture(autouse=True)
def _nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)


def test_ones_own_folder_without_permissions_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=r'which is yours: chmod u\+rwx "'):
        folders.make_data_dir(tmp_path)


def test_somebody_else_s_folder_names_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    with pytest.raises(EmbeddedError, match=r"it belongs to .*\. Run this as"):
        folders.make_data_dir(tmp_path)
