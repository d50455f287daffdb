"""Closes a socket once the log-in that it stands on has ended."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, Protocol

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from orchestrator.accounts.models import User
from orchestrator.accounts.services.sessions import is_live
from orchestrator.accounts.sockets import LogIn
from orchestrator.core.clock import utc_now
from orchestrator.executions.web.hub import hub

LOOK_SECONDS: Final = 60.0
"""How often it looks without being told."""
NOT_LOGGED_IN: Final = 4401

log = structlog.get_logger(__name__)


class Socket(Protocol):
    user: User

    async def close(self, code: int) -> None: ...


class LogInWatch:
    """One per socket. Told that one of the person's log-ins ended, it looks whether it was this one."""

    def __init__(self, socket: Socket, log_in: LogIn | None) -> None:
        self._socket, self._log_in = socket, log_in
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        hub().hold(self._socket.user.pk, self._awake)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        hub().release(self._socket.user.pk, self._awake)
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._awake.wait()
            self._awake.clear()
            try:
                if not await self._is_live():
                    break
            except DatabaseError as error:
                log.warning("log_in_not_read", error=str(error))
        with contextlib.suppress(OSError):  # the browser was quicker
            await self._socket.close(code=NOT_LOGGED_IN)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _is_live(self) -> bool:
        return self._log_in is not None and is_live(self._socket.user.pk, *self._log_in, now=utc_now())
