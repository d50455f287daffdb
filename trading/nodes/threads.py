"""Where the services of trading are called from: threads, as they wait for PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from django.db import close_old_connections

from orchestrator.core.errors import DomainError
from orchestrator.graphs.steps import StepError

_Answer = TypeVar("_Answer")


async def in_thread(call: Callable[[], _Answer]) -> _Answer:
    """What a service answers. What it would not do, and would not do again, fails the step in its words."""

    def work() -> _Answer:
        close_old_connections()
        try:
            return call()
        except DomainError as error:
            raise StepError(error.code, str(error), retryable=False) from error
        finally:
            close_old_connections()

    return await asyncio.to_thread(work)
