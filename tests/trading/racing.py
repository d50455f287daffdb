"""Somebody else who does something at the same time, over a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from django.db import connection


def beside(work: Callable[[], object]) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread
