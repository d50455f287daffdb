"""When the clients of providers are imported: not at the start, and once although many ask at once."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = "('pydantic_ai', 'genai_prices', 'openai', 'anthropic', 'groq', 'google.genai')"
SETUP = "import asyncio, sys, django; django.setup(); "


def run(script: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "orchestrator.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", SETUP + script], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_a_process_that_starts_imports_no_client_of_a_provider() -> None:
    script = f"""
import orchestrator.celery, orchestrator.urls, orchestrator.executions.runtime.engine
print([name for name in sys.modules if name.startswith({HEAVY})])
"""
    assert run(script) == "[]"


def test_many_first_calls_at_once_get_the_same_provider() -> None:
    script = """
from orchestrator.ai import providers
async def many():
    return await asyncio.gather(*(providers.load("groq") for _ in range(20)))
print(len({id(each) for each in asyncio.run(many())}))
"""
    assert run(script) == "1"
