"""How requests over HTTP get a thread.

Django is synchronous here, from the first middleware to the last. Its own ASGI handler starts a thread for
every request, which then opens a database connection of its own, and goes back to the event loop between
middleware and view. Here a request borrows a thread that is kept, with its connection, and stays in it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Final

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from orchestrator.core.memory import calm_collector

KEPT: Final = 8
"""Threads that wait for requests, each with a connection. Beyond them, requests at once get passing ones."""


def settle_memory() -> None:
    """Before the first request: load all views, and let the garbage collector look no more at what stays."""
    import_module(settings.ROOT_URLCONF)
    calm_collector()


class ThreadKeepingHandler(ASGIHandler):
    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []  # the event loop's alone
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        """As under WSGI: a chain that calls the view directly."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        return response

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Signals, middleware, view, and the parts of an answer that is streamed: all in one thread."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            self._give_back(thread)

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < KEPT:
            self._idle.append(thread)
        else:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)
