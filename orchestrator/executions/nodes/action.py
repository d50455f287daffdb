"""``action``: does one thing, chosen by name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, Literal

import structlog
from pydantic import Field, RootModel

from orchestrator.executions.nodes import email, http
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded

log = structlog.get_logger("workflow")


class SetVariables(NodeConfig):
    vars: dict[str, Any] = Field(description="Names and values; seen by later steps as vars.name")

    @property
    def effect(self) -> Effect:
        return Effect.PURE


class WriteLog(NodeConfig):
    message: str = Field(max_length=10_000)
    level: Literal["info", "warning", "error"] = "info"

    @property
    def effect(self) -> Effect:
        return Effect.IDEMPOTENT


class _Http(NodeConfig):
    action: Literal["http.request"]
    with_: http.HttpRequest = Field(alias="with")


class _Webhook(NodeConfig):
    action: Literal["webhook.send"]
    with_: http.WebhookSend = Field(alias="with")


class _Email(NodeConfig):
    action: Literal["email.send"]
    with_: email.EmailSend = Field(alias="with")


class _Set(NodeConfig):
    action: Literal["set"]
    with_: SetVariables = Field(alias="with")


class _Log(NodeConfig):
    action: Literal["log"]
    with_: WriteLog = Field(alias="with")


class ActionConfig(
    RootModel[Annotated[_Http | _Webhook | _Email | _Set | _Log, Field(discriminator="action")]]
):
    """Which action, and ``with`` which settings."""


def run(step: StepContext) -> Outcome | Awaitable[Outcome]:
    match step.config.root.with_:
        case http.HttpRequest() as config:
            return http.request(step, config)
        case http.WebhookSend() as config:
            return http.send_webhook(step, config)
        case email.EmailSend() as config:
            return asyncio.to_thread(email.send, step, config)
        case SetVariables() as config:
            return Succeeded({"vars": config.vars}, variables=config.vars)
        case WriteLog() as config:
            return _write_log(step, config)
    raise AssertionError("every action has its case")


def _write_log(step: StepContext, config: WriteLog) -> Outcome:
    write = {"info": log.info, "warning": log.warning, "error": log.error}[config.level]
    write("workflow_log", message=config.message, **step.named)
    return Succeeded({"message": config.message})


def _is_quick(config: ActionConfig) -> bool:
    return isinstance(config.root.with_, SetVariables | WriteLog)


def effect_of(config: ActionConfig) -> Effect:
    return config.root.with_.effect


ACTION = NodeType(
    name="action",
    title="Action",
    description="Calls a URL, sends a mail or a webhook, sets variables, or writes to the log.",
    category="Actions",
    icon="bolt",
    config=ActionConfig,
    effect=effect_of,
    run=run,
    quick=_is_quick,
)
