"""One line per event: readable on a terminal, JSON where machines read it."""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/demo/")
"""Who asks for the probes knows their answer already; the demo's service is unwell by design."""


CHATTY_CLIENTS = (
    "anthropic",
    "fontTools",
    "fpdf",
    "google_genai",
    "groq",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "openai",
)
"""Clients of other services: what they say of a request may hold what must not be logged, at any level."""

_SECRETS: Final = re.compile(r"(/hooks/[0-9a-fA-F-]{36}/|/approvals/link/)[^/\s\"'?]+")


def hide_secrets(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Lines about requests tell addresses, and some of these open something by themselves: webhooks, and the
    links to approvals in mails.
    """
    for key, value in event.items():
        if isinstance(value, str) and ("/hooks/" in value or "/approvals/link/" in value):
            event[key] = _SECRETS.sub(r"\1•••", value)
    return event


class ExpectedApart(logging.Filter):
    """Keeps Django's lines such as "Service Unavailable: /readyz" out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path_info", "")
        return not path.startswith(QUIET_PATHS)


def configure(options: dict[str, str]) -> None:
    """``options``: format ``console`` or ``json``, and level."""
    for_machines = options["format"] == "json"
    clock = {"fmt": "iso", "utc": True} if for_machines else {"fmt": "%H:%M:%S", "utc": False}
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(**clock),  # type: ignore[arg-type]  # two keywords, two types
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if for_machines
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=28)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        hide_secrets,
                        renderer,
                    ],
                }
            },
            "filters": {"expected_apart": {"()": ExpectedApart}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                "axes": {"level": "WARNING"},
                "celery": {"level": "WARNING"},
                "django.request": {"filters": ["expected_apart"]},
                **{name: {"level": "WARNING"} for name in CHATTY_CLIENTS},
                "django.utils.autoreload": {"level": "WARNING"},
            },
        }
    )
