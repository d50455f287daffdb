"""Turns what was written into the column "folder" into folders of the workflow's owner, and back."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from orchestrator.workflows.domain.folders import clean_names


def into_folders(apps: Any, schema_editor: Any) -> None:
    """A slash parts levels. Names that differ only in case become one folder, spelt as met first."""
    workflow_model, folder_model = (
        apps.get_model("workflows", "Workflow"),
        apps.get_model("workflows", "Folder"),
    )
    rows = workflow_model.objects.exclude(folder_text="").order_by("pk")
    made: dict[Any, Any] = {}
    for owner, text in rows.values_list("owner", "folder_text").distinct().order_by("owner", "folder_text"):
        parent, path = None, ""
        for depth, name in enumerate(clean_names(text), start=1):
            path = f"{path}/{name}" if path else name
            key = (owner, path.lower())
            if key not in made:
                made[key] = folder_model.objects.create(
                    owner_id=owner, parent=parent, name=name, path=path, depth=depth
                )
            parent = made[key]
            path = parent.path
        if parent is not None:
            rows.filter(owner=owner, folder_text=text).update(folder=parent)


def into_text(apps: Any, schema_editor: Any) -> None:
    workflow_model = apps.get_model("workflows", "Workflow")
    for folder in apps.get_model("workflows", "Folder").objects.all():
        workflow_model.objects.filter(folder=folder).update(folder_text=folder.path[:200], folder=None)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0005_library")]

    operations = [migrations.RunPython(into_folders, into_text)]
