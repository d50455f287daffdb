"""The providers behind one interface. Each module is loaded when its provider is first asked: the clients of
all four take seconds to import, which neither a start nor a run without AI shall pay for.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Final, Protocol

from orchestrator.ai.domain.calls import ModelAnswer, ModelRequest, OnText

_MODULES: Final = {
    "offline": "orchestrator.ai.providers.offline",
    "gemini": "orchestrator.ai.providers.gemini",
    "groq": "orchestrator.ai.providers.groq",
    "perplexity": "orchestrator.ai.providers.perplexity",
    "claude": "orchestrator.ai.providers.claude",
}


class Provider(Protocol):
    async def answer(self, request: ModelRequest, *, key: str, base_url: str, on_text: OnText) -> ModelAnswer:
        """Make one call. Raises CallFailed, with the tokens consumed where that is known."""


_loaded: dict[str, Provider] = {}


async def load(name: str) -> Provider:
    """The provider of this name. A first import happens in a thread, beside other calls."""
    if name not in _loaded:  # sys.modules would also know one that is still being imported
        module = await asyncio.to_thread(importlib.import_module, _MODULES[name])
        _loaded[name] = module.PROVIDER
    return _loaded[name]
