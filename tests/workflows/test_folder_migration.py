"""The migration that made folders of what was written in a column, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from orchestrator.core.ids import new_id
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = [("workflows", "0004_triggers_row_security")]
FOLDERS = [("workflows", "0007_forget_folder_text")]


def migrate(target: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def newest() -> Iterator[None]:
    """Whatever a test does, the next one finds all migrations applied, and the grants on what they made."""
    yield
    call_command("migrate", verbosity=0)


def test_text_becomes_folders_and_folders_become_text(newest: None) -> None:
    owner, other = make_user(), make_user()
    texts = {
        "plain": (owner, "Sales"),
        "nested": (owner, "Sales/Reports"),
        "other case": (owner, "SALES / reports"),
        "none": (owner, ""),
        "only slashes": (owner, "//"),
        "deep": (owner, "a/b/c/d/e/f/g/h/i/j"),
        "long": (owner, "x" * 150),
        "other owner": (other, "Sales"),
    }
    before = migrate(TEXT)
    for name, (user, text) in texts.items():
        before.get_model("workflows", "Workflow").objects.create(
            pk=new_id(), name=name, owner_id=user.pk, folder=text
        )
    after = migrate(FOLDERS)
    rows = after.get_model("workflows", "Workflow").objects.select_related("folder")
    found = {row.name: row.folder.path if row.folder else None for row in rows}
    first = str(found["nested"]).split("/")[0]
    assert first in ("Sales", "SALES")
    assert found["nested"] == found["other case"]
    assert found == {
        "plain": first,
        "nested": found["nested"],
        "other case": found["nested"],
        "none": None,
        "only slashes": None,
        "deep": "a/b/c/d/e/f/g/h - i - j",
        "long": "x" * 100,
        "other owner": "Sales",
    }
    folders = after.get_model("workflows", "Folder").objects
    assert folders.filter(owner_id=owner.pk).count() == 2 + 8 + 1
    assert folders.get(path="a/b/c").parent.path == "a/b"

    again = migrate(TEXT)
    texts_again = dict(again.get_model("workflows", "Workflow").objects.values_list("name", "folder"))
    assert texts_again == {name: path or "" for name, path in found.items()}
