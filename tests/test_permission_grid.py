"""Every route for anonymous, stranger, viewer, editor, owner and admin: who gets which answer.

A route that is not in the grid fails the last test, so nothing is added without deciding who may use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories import step
from tests.grid_world import (
    EDIT,
    EVERYBODY,
    JOB,
    MINE,
    OWN,
    READ,
    ROLES,
    STAFF,
    TELLER,
    Answers,
    World,
    answers,
    apart,
    routes,
    world,
)
from tests.trading.live.scene import SECRETS, WALLET

__all__ = ["world"]  # the fixture


@dataclass(frozen=True)
class Row:
    """One method of one route. ``kwargs``, and a ``body`` that is a name, are of the world.

    The body of a GET is its query.
    """

    route: str
    method: str
    expect: Answers
    kwargs: dict[str, str] = field(default_factory=dict)
    body: Any = None


W = {"pk": "workflow"}
WV = {"pk": "workflow", "number": "one"}
T = {**W, "trigger_id": "schedule"}
H = {**W, "trigger_id": "hook"}
ENDPOINT = {"kind": "slack", "name": "alerts", "url": "https://chat.example/secret"}
E = {"pk": "execution"}
S = {"pk": "session"}
SAID = {"pk": "session", "prompt_id": "spoken"}
P = {"pk": "process"}
A = {"pk": "approval"}
PW = {"pk": "pattern_workspace"}
PS = {"pk": "pattern_session"}
CR = {"pk": "coding_run"}
C = {"pk": "candles"}
TAPE = {"pk": "tape"}
PORTFOLIO = {"pk": "portfolio"}
HELD: Answers = (401, 404, 404, 404, 200, 403)
"""Of a person's own money: an admin sees it and leaves it alone."""
L = {"pk": "live_portfolio"}
SS = {"pk": "strategic_session"}
LENT_READ: Answers = (401, 404, 200, 200, 200, 404)
LENT_EDIT: Answers = (401, 404, 403, 200, 200, 404)
WALLETS_SCOPE = "esi-wallet.read_corporation_wallets.v1"
LENT_OWN: Answers = (401, 404, 403, 403, 200, 404)
"""Of a corporation: an admin is a stranger to it."""
OPTION = {"pk": "matrix", "part_id": "matrix_option"}
CRITERION = {"pk": "matrix", "part_id": "matrix_criterion"}
CORPORATION = {"pk": "corporation"}

API = [
    Row("token", "post", (400,) * 6, body={}),
    Row("token-refresh", "post", (400,) * 6, body={}),
    Row("logout", "post", (400,) * 6, body={}),
    Row("me", "get", EVERYBODY),
    Row("me", "patch", EVERYBODY, body={}),
    Row("log-ins", "get", EVERYBODY),
    Row("log-ins", "delete", answers(EVERYBODY, 204)),
    Row("log-in", "delete", answers(EVERYBODY, 404), {"log_in_id": "nobody"}),
    Row("api-keys", "get", EVERYBODY),
    Row("api-keys", "post", answers(EVERYBODY, 201), body={"name": "k", "scopes": ["read"]}),
    Row("api-key", "delete", (401, 404, 404, 404, 204, 404), {"key_id": "key"}),
    Row("ai-credentials", "get", EVERYBODY),
    Row("ai-credential", "put", EVERYBODY, {"provider": "groq"}, {"key": "gsk-0123456789"}),
    Row("ai-credential", "delete", answers(EVERYBODY, 404), {"provider": "groq"}),
    Row("ai-credential-test", "post", answers(EVERYBODY, 404), {"provider": "word"}),
    Row("ai-budget", "get", EVERYBODY),
    Row("node-types", "get", EVERYBODY),
    Row("workflow-list", "get", EVERYBODY),
    Row("workflow-list", "post", answers(EVERYBODY, 201), body={"name": "new"}),
    Row("workflow-import", "post", answers(EVERYBODY, 201), body={"nodes": []}),
    Row("workflow-detail", "get", READ, W),
    Row("workflow-detail", "put", EDIT, W, {"name": "renamed"}),
    Row("workflow-detail", "patch", EDIT, W, {"description": "x"}),
    Row("workflow-detail", "delete", answers(OWN, 409), W),
    Row("workflow-publish", "post", answers(EDIT, 409), W),
    Row("workflow-validate", "get", READ, W),
    Row("workflow-validate", "post", READ, W, {"nodes": []}),
    Row("workflow-duplicate", "post", answers(READ, 201), W),
    Row("workflow-archive", "post", EDIT, W),
    Row("workflow-archive", "delete", EDIT, W),
    Row("workflow-favorite", "put", answers(READ, 204), W),
    Row("workflow-favorite", "delete", answers(READ, 204), W),
    Row("workflow-export", "get", READ, W),
    Row("workflow-stats", "get", READ, W),
    Row("execute", "post", answers(EDIT, 202), W, {}),
    Row("try-node", "post", EDIT, W, {"node": step("x")}),
    Row("versions", "get", READ, W),
    Row("versions", "post", answers(EDIT, 201), W, {"nodes": [step("fresh")]}),
    Row("version", "get", READ, WV),
    Row("version-restore", "post", answers(EDIT, 201), WV),
    Row("version-diff", "get", READ, {**WV, "other": "one"}),
    Row("workflow-template", "put", OWN, W, {"description": "x"}),
    Row("workflow-template", "delete", answers(OWN, 204), W),
    Row("versions-archive", "post", EDIT, W, {"keep": 3}),
    Row("version-archive", "delete", EDIT, WV),
    Row("folders", "get", EVERYBODY),
    Row("folders", "post", answers(EVERYBODY, 201), body={"name": "fresh"}),
    Row("folder", "get", MINE, {"pk": "folder"}),
    Row("folder", "patch", MINE, {"pk": "folder"}, {"name": "renamed"}),
    Row("folder", "delete", answers(MINE, 204), {"pk": "folder"}),
    Row("tags", "get", EVERYBODY),
    Row("rename-tag", "post", (401, 404, 404, 404, 200, 404), body={"tag": "t", "new": "u"}),
    Row("delete-tag", "post", (401, 404, 404, 404, 200, 404), body={"tag": "t"}),
    Row("templates", "get", EVERYBODY),
    Row("template", "get", EVERYBODY, {"pk": "template"}),
    Row("use-template", "post", answers(EVERYBODY, 201), {"pk": "template"}),
    Row("bulk-jobs", "get", EVERYBODY),
    Row("bulk-jobs", "post", answers(EVERYBODY, 202), body=JOB),
    Row("bulk-job", "get", MINE, {"pk": "job"}),
    Row("bulk-job-cancel", "post", answers(MINE, 202), {"pk": "job"}),
    Row("bulk-job-errors", "get", MINE, {"pk": "job"}),
    Row("permissions", "get", READ, W),
    Row("people", "get", READ, W),
    Row("permissions", "post", answers(OWN, 201), W, {"username": "other", "access": "viewer"}),
    Row("permission", "delete", answers(OWN, 404), {**W, "person_id": "nobody"}),
    Row("triggers", "get", READ, W),
    Row("triggers", "post", answers(EDIT, 201), W, {"kind": "schedule", "name": "t", "cron": "@daily"}),
    Row("trigger", "get", READ, T),
    Row("trigger", "patch", EDIT, T, {"enabled": False}),
    Row("trigger", "delete", answers(EDIT, 204), T),
    Row("trigger-rotate", "post", EDIT, H),
    Row("trigger-deliveries", "get", EDIT, H),
    Row("trigger-fire", "post", answers(EDIT, 202), T),
    Row("delivery-replay", "post", answers(EDIT, 202), {**H, "delivery_id": "delivery"}),
    Row("analytics-summary", "get", EVERYBODY),
    Row("analytics-workflow", "get", READ, W),
    Row("analytics-costs", "get", EVERYBODY),
    Row("analytics-approvals", "get", EVERYBODY),
    Row("analytics-slow", "get", EVERYBODY),
    Row("clean-executions", "post", STAFF, body={"dry_run": True}),
    Row("execution-list", "get", EVERYBODY),
    Row("execution-detail", "get", READ, E),
    Row("execution-state", "get", READ, E),
    Row("steps", "get", READ, E),
    Row("events", "get", READ, E),
    Row("event-log", "get", EVERYBODY),
    Row("event-export", "get", EVERYBODY),
    Row("execution-cancel", "post", answers(EDIT, 202), E),
    Row("execution-pause", "post", answers(EDIT, 202), E),
    Row("execution-resume", "post", answers(EDIT, 409), E),
    Row("execution-retry", "post", answers(EDIT, 409), E),
    Row("signal", "post", answers(EDIT, 202), {**E, "name": "word"}),
    Row("notification-list", "get", EVERYBODY),
    Row("notification-retry", "post", (401, 404, 404, 404, 404, 404), {"pk": "nobody"}),
    Row("notification-endpoints", "get", EDIT, W),
    Row("notification-endpoints", "post", answers(EDIT, 201), W, ENDPOINT),
    Row("notification-endpoint", "delete", answers(EDIT, 404), {**W, "endpoint_id": "nobody"}),
    Row("notification-endpoint-test", "post", answers(EDIT, 404), {**W, "endpoint_id": "nobody"}),
    Row("push-subscriptions", "get", EVERYBODY),
    Row("push-subscriptions", "post", answers(EVERYBODY, 400), body={"endpoint": "x", "keys": {}}),
    Row("push-subscription", "delete", answers(EVERYBODY, 404), {"subscription_id": "nobody"}),
    Row("approval-list", "get", EVERYBODY),
    Row("approval-detail", "get", READ, A),
    Row("approval-approve", "post", (401, 404, 403, 200, 403, 403), A),
    Row("approval-reject", "post", (401, 404, 403, 200, 403, 403), A),
    Row("process-sessions", "get", EVERYBODY),
    Row("process-sessions", "post", answers(EVERYBODY, 201), body={"title": "mine"}),
    Row("process-session", "get", TELLER, S),
    Row("process-session", "delete", answers(TELLER, 204), S),
    Row("process-current", "get", TELLER, S),
    Row("process-answers", "get", TELLER, S),
    Row("process-answers", "post", TELLER, S, "answer"),
    Row("process-answer", "delete", answers(TELLER, 204), SAID),
    Row("process-recording", "get", TELLER, SAID),
    Row("process-recording", "put", answers(TELLER, 400), SAID),
    Row("process-recording", "delete", answers(TELLER, 204), SAID),
    Row("process-recording-sound", "get", TELLER, SAID),
    Row("process-recording-transcription", "post", answers(TELLER, 409), SAID),
    Row("process-recording-transcription", "delete", answers(TELLER, 204), SAID),
    Row("process-advance", "post", TELLER, S),
    Row("process-back", "post", TELLER, S),
    Row("process-skip", "post", TELLER, S),
    Row("process-pause", "post", TELLER, S),
    Row("process-resume", "post", TELLER, S),
    Row("process-abandon", "post", TELLER, S),
    Row("process-scope", "get", TELLER, S),
    Row("process-scope", "put", TELLER, S, {"scope_type": "unsure"}),
    Row("process-profile", "get", TELLER, S),
    Row("process-profile", "put", TELLER, S, {"has_children": True}),
    Row("process-session-sections", "get", TELLER, S),
    Row("process-select-section", "post", TELLER, {**S, "key": "lane"}),
    Row("process-book", "get", TELLER, S),
    Row("process-book", "patch", TELLER, S, {"title": "Mine"}),
    Row("process-book-photo", "get", answers(TELLER, 404), S),
    Row("process-book-photo", "put", answers(TELLER, 415), S),
    Row("process-book-photo", "delete", answers(TELLER, 204), S),
    Row("process-book-file", "get", answers(TELLER, 404), {**S, "kind": "word"}),
    Row("process-session-export", "get", TELLER, S),
    Row("process-grants", "get", TELLER, S),
    Row("process-grants", "post", answers(TELLER, 201), S, {"reader": "other"}),
    Row("process-grant", "delete", answers(TELLER, 404), {**S, "user_id": "nobody"}),
    Row("process-lent", "get", EVERYBODY),
    Row("process-analytics", "get", STAFF),
    Row("process-assistance", "get", TELLER, S),
    Row("process-assistance", "put", TELLER, S, {"provider": "off"}),
    Row("process-syntheses", "get", TELLER, S),
    Row("process-syntheses", "post", answers(TELLER, 409), S, {"section": "origins"}),
    Row("process-synthesis", "get", TELLER, {**S, "text_id": "text"}),
    Row("process-synthesis", "patch", TELLER, {**S, "text_id": "text"}, {"content": "Hello."}),
    Row("process-synthesis-approve", "post", TELLER, {**S, "text_id": "text"}),
    Row("process-archetypes", "get", TELLER, S),
    Row("process-archetypes", "post", answers(TELLER, 409), S),
    Row("process-archetypes-reveal", "post", answers(TELLER, 409), S),
    Row("process-archetype-confirm", "post", TELLER, {**S, "pattern_id": "pattern"}, {"confirmed": True}),
    Row("process-disclosures", "get", TELLER, S),
    Row("process-follow-ups", "get", TELLER, S),
    Row("process-follow-ups", "post", answers(TELLER, 404), S, "answer"),
    Row("process-follow-up", "patch", answers(TELLER, 404), {**S, "further_id": "nobody"}, {"reply": "x"}),
    Row("process-follow-up", "delete", answers(TELLER, 404), {**S, "further_id": "nobody"}),
    Row("process-help", "get", answers(TELLER, 404), {**S, "request_id": "nobody"}),
    Row("process-versions", "get", EVERYBODY),
    Row("process-versions", "post", answers(STAFF, 201), body="document"),
    Row("process-version", "get", EVERYBODY, P),
    Row("process-version-export", "get", EVERYBODY, P),
    Row("process-version-clone", "post", answers(STAFF, 201), P),
    Row("process-version-activate", "post", STAFF, P),
    Row("process-version-validate", "get", EVERYBODY, P),
    Row("process-version", "patch", answers(STAFF, 409), P, {"description": "x"}),
    Row("process-version", "delete", answers(STAFF, 409), P),
    Row("process-version-diff", "get", EVERYBODY, {**P, "other_id": "process"}),
    Row("process-version-simulate", "post", STAFF, P, {}),
    Row("process-commitments", "get", EVERYBODY),
    Row("process-commitments", "post", answers(STAFF, 409), body="new_commitment"),
    Row("process-commitment", "get", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Row("process-commitment", "patch", answers(STAFF, 404), {"pk": "nobody"}, {}),
    Row("process-commitment", "delete", answers(STAFF, 404), {"pk": "nobody"}),
    Row("process-nodes", "get", EVERYBODY),
    Row("process-nodes", "post", answers(STAFF, 409), body="new_phase"),
    Row("process-node", "get", EVERYBODY, {"pk": "phase"}),
    Row("process-node", "patch", answers(STAFF, 409), {"pk": "phase"}, {"node_name": "x"}),
    Row("process-node", "delete", answers(STAFF, 409), {"pk": "phase"}),
    Row("process-edges", "get", EVERYBODY),
    Row("process-edges", "post", answers(STAFF, 409), body="new_way"),
    Row("process-edge", "get", EVERYBODY, {"pk": "way"}),
    Row("process-edge", "patch", answers(STAFF, 409), {"pk": "way"}, {"edge_label": "x"}),
    Row("process-edge", "delete", answers(STAFF, 409), {"pk": "way"}),
    Row("process-prompts", "get", EVERYBODY),
    Row("process-prompts", "post", answers(STAFF, 409), body="new_prompt"),
    Row("process-prompt", "get", EVERYBODY, {"pk": "prompt"}),
    Row("process-prompt", "patch", answers(STAFF, 409), {"pk": "prompt"}, {"prompt_text": "x"}),
    Row("process-prompt", "delete", answers(STAFF, 409), {"pk": "prompt"}),
    Row("process-prompt-packs", "get", EVERYBODY),
    Row("process-prompt-packs", "post", answers(STAFF, 201), body={"template_name": "p"}),
    Row("process-prompt-pack", "get", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Row("process-prompt-pack", "patch", answers(STAFF, 404), {"pk": "nobody"}, {}),
    Row("process-prompt-pack", "delete", answers(STAFF, 404), {"pk": "nobody"}),
    Row("process-apply-pack", "post", answers(STAFF, 409), {"pk": "nobody"}, "applied"),
    Row("process-sections", "get", EVERYBODY),
    Row("process-sections", "post", answers(STAFF, 409), body="new_section"),
    Row("process-section", "get", EVERYBODY, {"pk": "lane_id"}),
    Row("process-section", "patch", answers(STAFF, 409), {"pk": "lane_id"}, {"section_name": "x"}),
    Row("process-section", "delete", answers(STAFF, 409), {"pk": "lane_id"}),
    Row("process-section-prompts", "put", answers(STAFF, 409), {"pk": "lane_id"}, {"prompts": []}),
    Row("tapes", "get", EVERYBODY),
    Row("generate-tape", "post", answers(EVERYBODY, 201), body={"name": "t", "seed": 1, "messages": 100}),
    Row("import-tape", "post", answers(EVERYBODY, 400)),
    Row("record-tape", "post", answers(EVERYBODY, 202), body={"name": "t", "tokens": ["71321"]}),
    Row("tape", "get", MINE, TAPE),
    Row("tape", "patch", MINE, TAPE, {"name": "renamed"}),
    Row("tape", "delete", answers(MINE, 204), TAPE),
    Row("stop-tape", "post", answers(MINE, 409), TAPE),
    Row("tape-shape", "get", MINE, TAPE),
    Row("tape-file", "get", MINE, TAPE),
    Row("markets", "get", EVERYBODY),
    Row("market-exchange", "get", answers(EVERYBODY, 400), body={"search": "https://polymarket.com/"}),
    Row("market-exchange", "post", answers(EVERYBODY, 400)),
    Row("market", "get", EVERYBODY, {"pk": "market"}),
    Row("market-books", "get", EVERYBODY, {"pk": "market"}),
    Row("portfolios", "get", EVERYBODY),
    Row("portfolios", "post", answers(EVERYBODY, 201), body={"name": "p"}),
    Row("portfolio", "get", MINE, PORTFOLIO),
    Row("deposit", "post", HELD, PORTFOLIO, {"amount": "5"}),
    Row("withdraw", "post", HELD, PORTFOLIO, {"amount": "5"}),
    Row("positions", "get", MINE, PORTFOLIO),
    Row("fills", "get", MINE, PORTFOLIO),
    Row("ledger", "get", MINE, PORTFOLIO),
    Row("fills-file", "get", MINE, PORTFOLIO),
    Row("ledger-file", "get", MINE, PORTFOLIO),
    Row("orders", "get", EVERYBODY),
    Row("orders", "post", answers(HELD, 201), body="new_order"),
    Row("preview-order", "post", HELD, body="preview"),
    Row("order", "get", MINE, {"pk": "order"}),
    Row("cancel-order", "post", HELD, {"pk": "order"}),
    Row("backtests", "get", EVERYBODY),
    Row("backtests", "post", answers(EDIT, 409), body="backtest"),
    Row("backtest", "get", READ, {"pk": "strategy_run"}),
    Row("backtest-trades", "get", READ, {"pk": "strategy_run"}),
    Row("backtest-curve", "get", READ, {"pk": "strategy_run"}),
    Row("backtest-compare", "get", READ, {"pk": "strategy_run", "other_id": "strategy_run"}),
    Row("alerts", "get", EVERYBODY),
    Row("read-alerts", "post", answers(EVERYBODY, 204)),
    Row("read-alert", "post", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Row("candle-sets", "get", EVERYBODY),
    Row("candle-sets", "post", answers(EVERYBODY, 400)),
    Row("generated-candles", "post", answers(EVERYBODY, 201), body={"name": "c", "bars": 100, "seed": 1}),
    Row("candle-set", "get", READ, C),
    Row("candle-set", "patch", OWN, C, {"name": "renamed"}),
    Row("candle-set", "delete", answers(OWN, 409), C),
    Row("candle-bars", "get", READ, C),
    Row("trading-locks", "get", READ, W),
    Row("trading-locks", "put", (401, 404, 403, 403, 403, 200), W, {"most_notional": "5"}),
    Row("trading-locks", "delete", (401, 404, 403, 403, 409, 409), W),
    Row("kill-switch", "get", EVERYBODY),
    Row("kill-switch", "post", answers(EVERYBODY, 202), body={"reason": "Stop"}),
    Row("kill-switch", "delete", (401, 403, 403, 403, 403, 409)),
    Row("live-account", "get", (401, 404, 404, 404, 200, 404), L),
    Row("live-account", "put", (401, 404, 404, 404, 200, 403), L, {"funder": WALLET, **SECRETS}),
    Row("live-payouts", "post", (401, 404, 404, 404, 409, 403), L, {"token": "1"}),
    Row("live-account", "delete", (401, 404, 404, 404, 204, 403), L),
    Row("live-order-cancel", "post", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Row("strategy-sessions", "get", EVERYBODY),
    Row("strategy-sessions", "post", (401, 400, 403, 201, 201, 400), body="session_document"),
    Row("strategy-session", "get", LENT_READ, SS),
    Row("strategy-session", "put", answers(LENT_EDIT, 400), SS, {}),
    Row("strategy-session", "patch", LENT_EDIT, SS, {"title": "War"}),
    Row("strategy-session-cost", "get", LENT_READ, SS),
    Row("strategy-session", "delete", (401, 404, 403, 403, 204, 404), SS),
    Row("advance-strategy-session", "post", answers(LENT_EDIT, 409), SS),
    Row("pause-strategy-session", "post", answers(LENT_EDIT, 409), SS),
    Row("resume-strategy-session", "post", answers(LENT_EDIT, 409), SS),
    Row("archive-strategy-session", "post", LENT_EDIT, SS),
    Row(
        "review-strategy-step",
        "post",
        answers(LENT_EDIT, 409),
        {**SS, "position": "one"},
        {"action": "accept"},
    ),
    Row("strategy-logs", "get", EVERYBODY),
    Row("strategy-logs-export", "get", EVERYBODY),
    Row("strategy-matrices", "get", EVERYBODY),
    Row("strategy-matrices", "post", answers(LENT_EDIT, 201), body="new_matrix"),
    Row("strategy-matrix", "get", LENT_READ, {"pk": "matrix"}),
    Row("strategy-matrix", "patch", LENT_EDIT, {"pk": "matrix"}, {"title": "Renamed"}),
    Row("strategy-matrix", "delete", answers(LENT_EDIT, 204), {"pk": "matrix"}),
    Row("strategy-matrix-scores", "put", LENT_EDIT, {"pk": "matrix"}, "scores"),
    Row("strategy-matrix-weights", "put", LENT_EDIT, {"pk": "matrix"}, "weights"),
    Row("strategy-matrix-sensitivity", "get", LENT_READ, {"pk": "matrix"}),
    Row("strategy-matrix-options", "post", answers(LENT_EDIT, 201), {"pk": "matrix"}, {"name": "Leave"}),
    Row("strategy-matrix-option", "patch", LENT_EDIT, OPTION, {"name": "Stay"}),
    Row("strategy-matrix-option", "delete", LENT_EDIT, OPTION),
    Row("strategy-matrix-criteria", "post", answers(LENT_EDIT, 201), {"pk": "matrix"}, {"name": "Cost"}),
    Row("strategy-matrix-criterion", "patch", LENT_EDIT, CRITERION, {"position": 1}),
    Row("strategy-matrix-criterion", "delete", LENT_EDIT, CRITERION),
    Row("strategy-recommendations", "get", EVERYBODY),
    Row("strategy-calibration", "get", EVERYBODY),
    Row("strategy-recommendation", "get", LENT_READ, {"pk": "advice"}),
    Row("strategy-judge", "post", LENT_EDIT, {"pk": "advice"}, {"judgement": "accept"}),
    Row("strategy-outcome", "put", LENT_EDIT, {"pk": "recommendation"}, {"outcome": "success"}),
    Row("workspaces", "get", EVERYBODY),
    Row("workspaces", "post", answers(EVERYBODY, 201), body={"pattern_type": "bos"}),
    Row("workspace", "get", READ, PW),
    Row("workspace", "patch", EDIT, PW, {"description": "It turns."}),
    Row("workspace", "delete", answers(OWN, 204), PW),
    Row("workspace-messages", "get", READ, PW),
    Row("workspace-messages", "post", answers(EDIT, 201), PW, {"content": "Look here."}),
    Row("workspace-files", "get", READ, PW),
    Row("workspace-file", "get", answers(READ, 404), {**PW, "file_id": "nobody"}),
    Row("workspace-approve", "post", answers(EDIT, 409), PW),
    Row("workspace-verify", "post", (401, 404, 403, 403, 403, 409), PW),
    Row("workspace-send-back", "post", (401, 404, 403, 403, 403, 409), PW, {"comment": "No."}),
    Row("workspace-members", "get", READ, PW),
    Row("workspace-members", "post", answers(OWN, 201), PW, {"username": "other", "access": "viewer"}),
    Row("workspace-member", "delete", answers(OWN, 404), {**PW, "user_id": "nobody"}),
    Row("workspace-sessions", "get", READ, PW),
    Row("workspace-sessions", "post", answers(EDIT, 201), PW, "test_session"),
    Row("workspace-feedback", "get", READ, PW),
    Row("workspace-cases", "get", READ, PW),
    Row("workspace-case", "get", answers(READ, 404), {**PW, "case_id": "nobody"}),
    Row("workspace-stats", "get", READ, PW),
    Row("pattern-session", "get", READ, PS),
    Row("complete-session", "post", EDIT, PS),
    Row("reopen-session", "post", answers(EDIT, 409), PS),
    Row("session-detections", "get", READ, PS),
    Row("session-review", "put", EDIT, {**PS, "number": "one"}, {"verdict": "wrong"}),
    Row("session-review", "delete", EDIT, {**PS, "number": "one"}),
    Row("coding-backends", "get", EVERYBODY),
    Row("send-feedback", "post", answers(EDIT, 202), PW),
    Row("coding-runs", "get", READ, PW),
    Row("coding-run", "get", READ, CR),
    Row("cancel-coding-run", "post", answers(EDIT, 409), CR),
    Row("retry-coding-run", "post", answers(EDIT, 202), CR, {"reason": "why"}),
    Row("algorithm-versions", "get", READ, PW),
    Row("roll-back", "post", answers(OWN, 404), {**PW, "version_id": "nobody"}, {"reason": "why"}),
    Row("deployments", "get", READ, PW),
    Row("deployments", "post", answers(EDIT, 409), PW),
    Row("deployment", "get", READ, {"pk": "deployment"}),
    Row("cancel-deployment", "post", answers(EDIT, 409), {"pk": "deployment"}),
    Row("deploy-target", "get", READ, PW),
    Row("deploy-target", "put", OWN, PW, {"target": "local"}),
    Row("deploy-target", "delete", answers(OWN, 404), PW),
    Row("corporations", "get", EVERYBODY),
    Row("corporations", "post", answers(EVERYBODY, 400), body={"corporation_id": "none"}),
    Row("corporation", "get", LENT_READ, CORPORATION),
    Row("corporation", "patch", answers(LENT_OWN, 409), CORPORATION, {"region_id": 10_000_043}),
    Row("corporation", "delete", answers(LENT_OWN, 204), CORPORATION),
    Row("corporation-members", "get", LENT_READ, CORPORATION),
    Row("corporation-members", "post", LENT_OWN, CORPORATION, {"username": "other"}),
    Row("corporation-member", "delete", answers(LENT_OWN, 204), {**CORPORATION, "username": "word"}),
    Row("corporation-characters", "get", LENT_OWN, CORPORATION),
    Row("corporation-characters", "post", answers(LENT_OWN, 409), CORPORATION, {"scopes": [WALLETS_SCOPE]}),
    Row("corporation-character", "delete", (401, 404, 404, 404, 404, 404), {"pk": "nobody"}),
    Row("corporation-refresh", "get", LENT_READ, CORPORATION),
    Row("corporation-refresh", "post", answers(LENT_EDIT, 409), CORPORATION),
    Row("corporation-data", "get", LENT_READ, CORPORATION),
    Row("corporation-kind", "get", LENT_READ, {**CORPORATION, "kind": "wallets"}),
    Row("session-missed", "post", EDIT, PS, {"bar": 1, "kind": "swing_low", "direction": "bullish"}),
    Row("feedback-item", "patch", EDIT, {"pk": "correction"}, {"note": "Why"}),
    Row("feedback-item", "delete", answers(EDIT, 204), {"pk": "correction"}),
]


def ask(world: World, role: str, row: Row) -> int:
    client = Client(raise_request_exception=False)
    person = world.people[role]
    if person is not None:
        client.force_login(person, backend="orchestrator.accounts.backends.AnyCaseBackend")
    url = reverse(f"api:{row.route}", kwargs={name: world.names[key] for name, key in row.kwargs.items()})
    send = getattr(client, row.method)
    body = world.names[row.body] if isinstance(row.body, str) else row.body or {}
    answer = send(url, body, content_type="application/json") if row.method != "get" else send(url, body)
    return int(answer.status_code)


@pytest.mark.parametrize("row", API, ids=lambda row: f"{row.method} {row.route}")
def test_the_api_answers_every_role_as_the_grid_says(world: World, row: Row) -> None:
    found = {role: apart(lambda role=role: ask(world, role, row)) for role in ROLES}  # type: ignore[misc]
    assert found == dict(zip(ROLES, row.expect, strict=True))


def test_every_route_of_the_api_has_its_rows() -> None:
    api = {name.removeprefix("api:") for name in routes() if name.startswith("api:")}
    assert api == {row.route for row in API}


@pytest.mark.parametrize("row", sorted({row.route for row in API}))
def test_every_method_of_a_route_has_its_row(row: str) -> None:
    """No method is open that the grid does not speak of."""
    spoken = {each.method for each in API if each.route == row}
    kwargs = next(each.kwargs for each in API if each.route == row)
    dummy = {"one": 1, "word": "go", "lane": "origins"}
    sample = {name: dummy.get(key, "00000000-0000-7000-8000-000000000000") for name, key in kwargs.items()}
    view = get_resolver().resolve(reverse(f"api:{row}", kwargs=sample)).func
    methods = set(getattr(view, "actions", None) or {})
    if not methods:
        methods = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view.cls, name)}  # type: ignore[attr-defined]
    assert methods - {"head", "options"} == spoken
