"""The demo's part of guided processes: the life story that the product ships, ready to be begun."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from orchestrator.process.models import ProcessVersion
from orchestrator.process.services.interchange import import_version
from orchestrator.process.services.versions import activate_version

_STORY: Final = Path(__file__).parent / "shipped" / "life_story.json"


def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a process already, or nobody to activate one."""
    admin = User.objects.filter(role=Role.ADMIN).order_by("pk").first()
    if admin is None or ProcessVersion.objects.exists():
        return ""
    version = import_version(admin, json.loads(_STORY.read_bytes()))
    activate_version(admin, version.pk)
    return f"Process “{version.version_name}” can be begun."
