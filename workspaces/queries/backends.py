"""Which coding backends a person may choose, and what those lack that they may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.models import Credential
from workspaces import agent
from workspaces.domain.vocabulary import Backend

_PROVIDER: Final = "claude"
_TITLES: Final = {Backend.TUNER: "Tuner", Backend.CLAUDE: "Claude"}


@dataclass(frozen=True, slots=True)
class BackendShown:
    """``missing`` is what it lacks, with what to do; empty: it is ready."""

    name: str
    title: str
    about: str
    missing: str
    is_default: bool


def backends_for(user: User) -> list[BackendShown]:
    """All of them; the default is the server's choice, or the tuner where that one is not ready."""
    lacks = {Backend.TUNER: "", Backend.CLAUDE: _claude_lacks(user)}
    wanted = Backend(settings.WORKSPACE_CODING_BACKEND)
    default = Backend.TUNER if lacks[wanted] else wanted
    return [
        BackendShown(each.value, _TITLES[each], _about(each), lacks[each], each is default)
        for each in Backend
    ]


def _about(backend: Backend) -> str:
    if backend is Backend.TUNER:
        return "Searches the parameters on this server. Free, and no code is changed."
    most, model = settings.WORKSPACE_CLAUDE_MAX_COST, settings.WORKSPACE_CLAUDE_MODEL
    return f"Reads and changes the code of the algorithm with {model}. Costs at most ${most:.2f} a run."


def _claude_lacks(user: User) -> str:
    if lacks := agent.missing():
        return lacks
    info = PROVIDERS[_PROVIDER]
    if settings.AI_PROVIDERS[_PROVIDER]["key"]:
        return ""
    if Credential.objects.filter(user=user, provider=_PROVIDER).exists():
        return ""
    return (
        f"There is no key for {info.title}. Add your own under Settings, AI providers, or have an "
        f"administrator set {info.key_variable} on the server."
    )
