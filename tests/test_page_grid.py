"""Every page for anonymous, stranger, viewer, editor, owner and admin: who gets which answer.

As for the API: a page that is not in the grid fails a test, so that nothing is added without deciding this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.grid_world import PUBLIC, ROLES, Answers, World, answers, apart, routes, world
from tests.trading.live.scene import SECRETS, WALLET

__all__ = ["world"]  # the fixture

LOGIN = 302
EVERYBODY: Answers = (LOGIN, 200, 200, 200, 200, 200)
READ: Answers = (LOGIN, 404, 200, 200, 200, 200)
EDIT: Answers = (LOGIN, 404, 403, 200, 200, 200)
OWN: Answers = (LOGIN, 404, 403, 403, 200, 200)
MINE: Answers = (LOGIN, 404, 404, 404, 200, 200)
TAGGED: Answers = (LOGIN, 404, 404, 404, 302, 404)


NO_PAGES = {"demo-sales": "made-up figures for the demo's workflow, which reads them without logging in"}


@dataclass(frozen=True)
class Page:
    """One method of one page. ``kwargs`` name objects of the world, ``form`` is sent as it is."""

    route: str
    method: str
    expect: Answers
    kwargs: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    query: str = ""


W = {"pk": "workflow"}
ACCOUNT = {"funder": WALLET, "signature_type": "0", **SECRETS}
V = {**W, "number": "one"}
GRAPH = {"document": '{"nodes": []}'}
H = {**W, "trigger_id": "hook"}
HOOK = {"name": "Hook", "signature": "none", "input": "{}"}
E = {"pk": "execution"}
A = {"pk": "approval"}
STEP = {**E, "step_id": "nobody"}
ENDPOINT = {**W, "endpoint_id": "nobody"}
NEW_ENDPOINT = {"kind": "slack", "name": "alerts", "url": "https://chat.example/secret"}
START = {"nonce": "n", "version": "1", "input-json": "{}"}
NO_STEP: Answers = (LOGIN, 404, 404, 404, 404, 404)
TOLD = {"pk": "session"}
PW = {"pk": "pattern_workspace"}
D = {**PW, "deployment_id": "deployment"}
CORPORATION = {"pk": "corporation"}
LENT_OWN: Answers = (LOGIN, 404, 403, 403, 200, 404)
TAPE = {"pk": "tape"}
PORTFOLIO = {"pk": "portfolio"}
HELD: Answers = (LOGIN, 404, 404, 404, 200, 403)
PS = {**PW, "session_id": "pattern_session"}
CR = {**PW, "run_id": "coding_run"}
C = {"pk": "candles"}
SS = {"pk": "strategic_session"}
LENT_READ: Answers = (LOGIN, 404, 200, 200, 200, 404)
LENT_EDIT: Answers = (LOGIN, 404, 403, 200, 200, 404)
CORRECTION = {**PW, "feedback_id": "correction"}
WHOLE = "00000000-0000-0000-0000-000000000000"
OPTION = {"pk": "matrix", "part_id": "matrix_option"}
CRITERION = {"pk": "matrix", "part_id": "matrix_criterion"}
ADVICE = {"pk": "advice"}
TELLER: Answers = (LOGIN, 404, 404, 404, 200, 404)
ASKED: Answers = (LOGIN, 404, 403, 302, 403, 403)

PAGES = [
    Page("healthz", "get", PUBLIC),
    Page("readyz", "get", PUBLIC),
    Page("metrics", "get", PUBLIC),
    Page("operations:overview", "get", (LOGIN, 403, 403, 403, 403, 200)),
    Page("operations:clean", "post", (LOGIN, 403, 403, 403, 403, 302), form={"days": 30, "failed_days": 90}),
    Page("schema", "get", PUBLIC),
    Page("docs", "get", PUBLIC),
    Page("home", "get", EVERYBODY),
    Page("strategy:matrices", "get", EVERYBODY),
    Page("strategy:new-matrix", "get", EVERYBODY),
    Page("strategy:new-matrix", "post", answers(EVERYBODY, 400)),
    Page("strategy:matrix", "get", LENT_READ, {"pk": "matrix"}),
    Page("strategy:matrix-picture", "get", LENT_READ, {"pk": "matrix"}),
    Page("strategy:matrix-csv", "get", LENT_READ, {"pk": "matrix"}),
    Page("strategy:rename-matrix", "post", answers(LENT_EDIT, 302), {"pk": "matrix"}, {"title": "Renamed"}),
    Page("strategy:delete-matrix", "post", answers(LENT_EDIT, 302), {"pk": "matrix"}),
    Page("strategy:add-option", "post", answers(LENT_EDIT, 302), {"pk": "matrix"}, {"name": "Leave"}),
    Page("strategy:add-criterion", "post", answers(LENT_EDIT, 400), {"pk": "matrix"}, {"name": ""}),
    Page("strategy:matrix-option", "get", LENT_READ, OPTION),
    Page("strategy:matrix-option", "post", answers(LENT_EDIT, 302), OPTION, {"act": "scores"}),
    Page("strategy:matrix-criterion", "get", LENT_READ, CRITERION),
    Page("strategy:matrix-criterion", "post", answers(LENT_EDIT, 302), CRITERION, {"act": "later"}),
    Page("strategy:recommendations", "get", EVERYBODY),
    Page("strategy:judge-recommendation", "post", answers(LENT_EDIT, 302), ADVICE, {"judgement": "accept"}),
    Page(
        "strategy:recommendation-outcome",
        "post",
        answers(LENT_EDIT, 302),
        {"pk": "recommendation"},
        {"outcome": "success"},
    ),
    Page("trading:tapes", "get", EVERYBODY),
    Page("trading:generate-tape", "get", EVERYBODY),
    Page("trading:generate-tape", "post", answers(EVERYBODY, 400)),
    Page("trading:import-tape", "get", EVERYBODY),
    Page("trading:import-tape", "post", answers(EVERYBODY, 400)),
    Page("trading:record-tape", "post", answers(EVERYBODY, 302), form={"name": "t", "tokens": "71321"}),
    Page("trading:tape", "get", MINE, TAPE),
    Page("trading:tape-file", "get", MINE, TAPE),
    Page("trading:rename-tape", "post", answers(MINE, 302), TAPE, {"name": "renamed"}),
    Page("trading:stop-tape", "post", answers(MINE, 409), TAPE),
    Page("trading:delete-tape", "post", answers(MINE, 302), TAPE, {"confirm": "Spare"}),
    Page("trading:markets", "get", EVERYBODY),
    Page("trading:exchange", "get", EVERYBODY),
    Page("trading:add-market", "post", answers(EVERYBODY, 400), form={"market": ""}),
    Page("trading:market", "get", EVERYBODY, {"pk": "market"}),
    Page("trading:use-market", "get", EVERYBODY, {"pk": "market"}),
    Page("trading:use-market", "post", answers(EVERYBODY, 400), {"pk": "market"}),
    Page("trading:portfolios", "get", EVERYBODY),
    Page("trading:new-portfolio", "get", EVERYBODY),
    Page("trading:new-portfolio", "post", answers(EVERYBODY, 400)),
    Page("trading:portfolio", "get", MINE, PORTFOLIO),
    Page("trading:portfolio-orders", "get", MINE, PORTFOLIO),
    Page("trading:new-order", "get", HELD, PORTFOLIO),
    Page("trading:new-order", "post", answers(HELD, 400), PORTFOLIO, {"step": "place"}),
    Page("trading:portfolio-fills", "get", MINE, PORTFOLIO),
    Page("trading:portfolio-fills-file", "get", MINE, PORTFOLIO),
    Page("trading:portfolio-ledger", "get", MINE, PORTFOLIO),
    Page("trading:portfolio-ledger-file", "get", MINE, PORTFOLIO),
    Page(
        "trading:move-money",
        "post",
        answers(HELD, 302),
        {**PORTFOLIO, "direction": "direction"},
        {"amount": "5"},
    ),
    Page("trading:cancel-order", "post", answers(HELD, 302), {"pk": "order"}),
    Page("trading:strategies", "get", EVERYBODY),
    Page("trading:strategy", "get", READ, W),
    Page("trading:start-backtest", "post", answers(EDIT, 400), W, {}),
    Page("trading:start-paper", "post", answers(EDIT, 400), W, {}),
    Page("trading:start-live", "post", answers(EDIT, 400), W, {}),
    Page("trading:compare", "get", READ, W),
    Page("trading:run-both", "post", answers(EDIT, 302), W, {}),
    Page("trading:run", "get", READ, {"pk": "strategy_run"}),
    Page("trading:repeat", "post", answers(EDIT, 409), {"pk": "strategy_run"}),
    Page("trading:orders-of-run", "get", READ, {"pk": "strategy_run"}),
    Page("trading:compare-runs", "get", READ, {"before_id": "strategy_run", "after_id": "strategy_run"}),
    Page("trading:run-panel", "get", READ, {"execution_id": "execution"}),
    Page("trading:alerts", "get", EVERYBODY),
    Page("trading:read-alerts", "post", answers(EVERYBODY, 302)),
    Page("trading:read-alert", "post", NO_STEP, {"pk": "nobody"}),
    Page("trading:stop", "get", EVERYBODY),
    Page("trading:pull", "post", answers(EVERYBODY, 302), form={"reason": "Stop"}),
    Page("trading:release", "post", (LOGIN, 403, 403, 403, 403, 409)),
    Page("trading:locks", "get", READ, W),
    Page("trading:approve-live", "post", (LOGIN, 404, 403, 403, 403, 302), W, {"most_notional": "5"}),
    Page("trading:revoke-live", "post", (LOGIN, 404, 403, 403, 409, 409), W),
    Page("trading:account", "get", MINE, {"pk": "live_portfolio"}),
    Page("trading:book-payout", "post", (LOGIN, 404, 404, 404, 409, 403), {"pk": "live_portfolio"}),
    Page("trading:account", "post", (LOGIN, 404, 404, 404, 302, 403), {"pk": "live_portfolio"}, ACCOUNT),
    Page("trading:disconnect", "post", (LOGIN, 404, 404, 404, 302, 403), {"pk": "live_portfolio"}),
    Page("trading:live-orders", "get", EVERYBODY),
    Page("trading:cancel-live-order", "post", NO_STEP, {"pk": "nobody"}),
    Page("trading:begin", "post", answers(EVERYBODY, 302), {"template_id": "template"}),
    Page("accounts:login", "get", (200, 302, 302, 302, 302, 302)),
    Page("accounts:login", "post", (200, 302, 302, 302, 302, 302)),
    Page("accounts:logout", "post", (302,) * 6),
    Page("accounts:settings", "get", EVERYBODY),
    Page("accounts:settings", "post", answers(EVERYBODY, 302), form={"part": "profile"}),
    Page("accounts:theme", "post", (302,) * 6, form={"theme": "dark"}),
    Page("accounts:notifications", "get", EVERYBODY),
    Page("accounts:notifications", "post", answers(EVERYBODY, 302)),
    Page("accounts:roles", "get", EVERYBODY),
    Page("accounts:time-zone", "post", (302,) * 6, form={"time_zone": "Europe/Paris"}),
    Page("accounts:security", "get", EVERYBODY),
    Page("accounts:security", "post", answers(EVERYBODY, 400)),
    Page("accounts:log-out-everywhere", "post", (302,) * 6),
    Page("accounts:end-session", "post", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Page("accounts:end-tokens", "post", answers(EVERYBODY, 404), {"pk": "nobody"}),
    Page("accounts:two-steps", "get", EVERYBODY),
    Page("accounts:two-steps", "post", answers(EVERYBODY, 400)),
    Page("accounts:two-steps-off", "get", EVERYBODY),
    Page("accounts:two-steps-off", "post", answers(EVERYBODY, 400)),
    Page("accounts:recovery-codes", "get", EVERYBODY),
    Page("accounts:recovery-codes", "post", answers(EVERYBODY, 400)),
    Page("accounts:second-step", "get", (302,) * 6),
    Page("accounts:second-step", "post", (302,) * 6),
    Page("accounts:forgotten", "get", PUBLIC),
    Page("accounts:forgotten", "post", answers(PUBLIC, 400)),
    Page("accounts:set-password", "get", PUBLIC, {"uidb64": "word", "token": "word"}),
    Page("accounts:set-password", "post", PUBLIC, {"uidb64": "word", "token": "word"}),
    Page("accounts:sign-up", "get", answers(PUBLIC, 404)),
    Page("accounts:sign-up", "post", answers(PUBLIC, 404)),
    Page("accounts:api-keys", "get", EVERYBODY),
    Page("accounts:api-keys", "post", EVERYBODY, form={"name": "k", "scopes": ["read"]}),
    Page("accounts:revoke-key", "post", (302, 404, 404, 404, 302, 404), {"pk": "key"}),
    Page("ai:settings", "get", EVERYBODY),
    Page("ai:set-key", "post", answers(EVERYBODY, 302), {"provider": "groq"}, {"key": "gsk-0123456789"}),
    Page("ai:delete-key", "post", answers(EVERYBODY, 404), {"provider": "groq"}),
    Page("ai:test-key", "post", answers(EVERYBODY, 404), {"provider": "word"}),
    Page("workflows:list", "get", EVERYBODY),
    Page("workflows:new", "get", EVERYBODY),
    Page("workflows:new", "post", answers(EVERYBODY, 302), form={"name": "new"}),
    Page("workflows:import", "post", answers(EVERYBODY, 302), form={"text": '{"nodes": []}'}),
    Page("workflows:node-types", "get", EVERYBODY),
    Page("workflows:new-folder", "get", EVERYBODY),
    Page("workflows:new-folder", "post", answers(EVERYBODY, 302), form={"name": "fresh"}),
    Page("workflows:folder", "get", MINE, {"pk": "folder"}),
    Page("workflows:folder", "post", answers(MINE, 302), {"pk": "folder"}, {"name": "renamed"}),
    Page("workflows:delete-folder", "post", answers(MINE, 302), {"pk": "folder"}),
    Page("workflows:move", "post", (LOGIN, 404, 403, 403, 302, 302), W, {"folder_id": ""}),
    Page("workflows:tags", "get", EVERYBODY),
    Page("workflows:rename-tag", "post", TAGGED, form={"tag": "t", "new": "u"}),
    Page("workflows:delete-tag", "post", TAGGED, form={"tag": "t"}),
    Page("workflows:save-view", "post", (302,) * 6, form={"name": "v", "query": "tag=t"}),
    Page("workflows:forget-view", "post", (LOGIN, 404, 404, 404, 302, 404), {"pk": "view"}),
    Page("workflows:templates", "get", EVERYBODY),
    Page("workflows:template", "get", EVERYBODY, {"pk": "template"}),
    Page("workflows:template", "post", answers(EVERYBODY, 302), {"pk": "template"}, {"name": "n"}),
    Page("workflows:publish-template", "get", OWN, W),
    Page("workflows:publish-template", "post", answers(OWN, 302), W),
    Page("workflows:withdraw-template", "post", answers(OWN, 302), W),
    Page("workflows:bulk-jobs", "get", EVERYBODY),
    Page("workflows:bulk-start", "post", answers(EVERYBODY, 302), form={"action": "archive", "all": "1"}),
    Page("workflows:bulk-count", "get", EVERYBODY),
    Page("workflows:bulk-job", "get", MINE, {"pk": "job"}),
    Page("workflows:bulk-progress", "get", MINE, {"pk": "job"}),
    Page("workflows:bulk-cancel", "post", answers(MINE, 302), {"pk": "job"}),
    Page("workflows:archive-versions", "post", answers(EDIT, 302), W, {"keep": "3"}),
    Page("workflows:unarchive-version", "post", answers(EDIT, 302), V),
    Page("workflows:detail", "get", READ, W),
    Page("workflows:describe", "post", answers(EDIT, 302), W, {"name": "renamed"}),
    Page("workflows:share", "post", answers(OWN, 302), W, {"username": "other", "access": "viewer"}),
    Page("workflows:unshare", "post", answers(OWN, 404), {**W, "person_id": "nobody"}),
    Page("workflows:delete", "post", answers(OWN, 400), W, {"confirm": "not its name"}),
    Page("workflows:edit", "get", EDIT, W),
    Page("workflows:edit", "post", answers(EDIT, 302), W, GRAPH),
    Page("workflows:version", "get", READ, V),
    Page("workflows:restore", "post", answers(EDIT, 302), V),
    Page("workflows:compare-choose", "get", answers(READ, 302), W, query="?before=1&after=1"),
    Page("workflows:compare", "get", READ, {**W, "before": "one", "after": "one"}),
    Page("workflows:publish", "post", answers(EDIT, 409), W),
    Page("workflows:archive", "post", answers(EDIT, 302), W),
    Page("workflows:unarchive", "post", answers(EDIT, 302), W),
    Page("workflows:favorite", "post", answers(READ, 302), W),
    Page("workflows:duplicate", "post", answers(READ, 302), W),
    Page("workflows:export", "get", READ, W),
    Page("hook", "post", (404,) * 6, {"pk": "hook", "secret": "secret"}),
    Page("workflows:new-trigger", "get", EDIT, {**W, "kind": "kind"}),
    Page("workflows:new-trigger", "post", answers(EDIT, 302), {**W, "kind": "kind"}, HOOK),
    Page("workflows:preview-schedule", "get", READ, W, query="?cron=@daily"),
    Page("workflows:preview-input", "post", EDIT, W, {"input": "{}"}),
    Page("workflows:trigger", "get", READ, H),
    Page("workflows:trigger", "post", answers(EDIT, 302), H, HOOK),
    Page("workflows:enable-trigger", "post", answers(EDIT, 302), H, {"enabled": "0"}),
    Page("workflows:delete-trigger", "post", answers(EDIT, 302), H),
    Page("workflows:rotate-trigger", "post", answers(EDIT, 302), H),
    Page("workflows:delivery", "get", EDIT, {**H, "delivery_id": "delivery"}),
    Page("executions:fire", "post", answers(EDIT, 302), {**W, "trigger_id": "schedule"}),
    Page("executions:replay-delivery", "post", answers(EDIT, 302), {**H, "delivery_id": "delivery"}),
    Page("process:list", "get", EVERYBODY),
    Page("process:start", "post", answers(EVERYBODY, 302)),
    Page("process:session", "get", TELLER, TOLD),
    Page("process:answer", "post", answers(TELLER, 302), TOLD),
    Page("process:answers", "get", TELLER, TOLD),
    Page("process:save-answer", "post", (LOGIN, 400, 400, 400, 400, 400), TOLD),
    Page("process:edit-answer", "get", TELLER, {**TOLD, "prompt_id": "prompt"}),
    Page("process:remove-answer", "post", TELLER, {**TOLD, "prompt_id": "prompt"}),
    Page("process:further", "get", TELLER, {**TOLD, "prompt_id": "prompt"}),
    Page("process:ask-further", "post", answers(TELLER, 404), {**TOLD, "prompt_id": "prompt"}),
    Page("process:save-reply", "post", (LOGIN, 400, 400, 400, 400, 400), {**TOLD, "further_id": "nobody"}),
    Page("process:dismiss-further", "post", answers(TELLER, 404), {**TOLD, "further_id": "nobody"}),
    Page("process:assistance", "get", TELLER, TOLD),
    Page("process:assistance", "post", answers(TELLER, 302), TOLD, {"provider": "off"}),
    Page("process:sent", "get", TELLER, TOLD),
    Page("process:help-state", "get", answers(TELLER, 404), {**TOLD, "request_id": "nobody"}),
    Page("process:chapters", "get", TELLER, TOLD),
    Page("process:make-text", "post", answers(TELLER, 409), TOLD, {"section": "origins"}),
    Page("process:chapter", "get", TELLER, {**TOLD, "text_id": "text"}),
    Page("process:edit-chapter", "get", TELLER, {**TOLD, "text_id": "text"}),
    Page(
        "process:edit-chapter", "post", answers(TELLER, 302), {**TOLD, "text_id": "text"}, {"content": "Hi"}
    ),
    Page("process:approve-chapter", "post", answers(TELLER, 302), {**TOLD, "text_id": "text"}),
    Page("process:compare-chapters", "get", TELLER, {**TOLD, "text_id": "text", "other_id": "text"}),
    Page("process:patterns", "get", TELLER, TOLD),
    Page("process:find-patterns", "post", answers(TELLER, 409), TOLD),
    Page("process:show-patterns", "post", answers(TELLER, 409), TOLD),
    Page("process:judge-pattern", "post", answers(TELLER, 302), {**TOLD, "pattern_id": "pattern"}),
    Page("process:scope", "get", TELLER, TOLD),
    Page("process:scope", "post", answers(TELLER, 302), TOLD, {"scope_type": "unsure"}),
    Page("process:profile", "get", TELLER, TOLD),
    Page("process:profile", "post", answers(TELLER, 302), TOLD),
    Page("process:select-section", "post", answers(TELLER, 302), TOLD, {"section": "origins"}),
    Page("process:advance", "post", answers(TELLER, 302), TOLD),
    Page("process:back", "post", answers(TELLER, 302), TOLD),
    Page("process:skip", "post", answers(TELLER, 302), TOLD),
    Page("process:pause", "post", answers(TELLER, 302), TOLD),
    Page("process:resume", "post", answers(TELLER, 302), TOLD),
    Page("process:abandon", "post", answers(TELLER, 302), TOLD),
    Page("process:delete", "post", answers(TELLER, 302), TOLD),
    Page("process:lent", "get", EVERYBODY),
    Page("process:analytics", "get", (LOGIN, 403, 403, 403, 403, 200)),
    Page("process:export-all", "get", EVERYBODY),
    Page("process:book", "get", TELLER, TOLD),
    Page("process:save-book", "post", answers(TELLER, 302), TOLD, {"language": "en"}),
    Page("process:arrange-book", "post", answers(TELLER, 302), TOLD, {"leave_out": WHOLE}),
    Page("process:photo", "get", answers(TELLER, 404), TOLD),
    Page("process:photo", "post", answers(TELLER, 400), TOLD),
    Page("process:remove-photo", "post", answers(TELLER, 302), TOLD),
    Page("process:book-file", "get", answers(TELLER, 404), {**TOLD, "kind": "word"}),
    Page("process:read", "get", TELLER, TOLD),
    Page("process:readers", "get", TELLER, TOLD),
    Page("process:readers", "post", answers(TELLER, 302), TOLD, {"reader": "other"}),
    Page("process:take-back", "post", answers(TELLER, 404), {**TOLD, "reader_id": "nobody"}),
    Page("process:give-back", "post", answers(TELLER, 404), TOLD),
    Page("process:export", "get", TELLER, TOLD),
    Page("analytics:overview", "get", EVERYBODY),
    Page("analytics:workflow", "get", READ, W),
    Page("analytics:rates", "get", EVERYBODY),
    Page("analytics:export", "get", EVERYBODY, {"table": "table"}),
    Page("executions:list", "get", EVERYBODY),
    Page("executions:rows", "get", EVERYBODY),
    Page("executions:run", "get", EDIT, W),
    Page("executions:run", "post", answers(EDIT, 302), W, START),
    Page("executions:of-workflow", "get", READ, W),
    Page("executions:detail", "get", READ, E),
    Page("executions:live", "get", READ, E),
    Page("executions:steps", "get", READ, E),
    Page("executions:step", "get", NO_STEP, STEP),
    Page("executions:step-data", "get", NO_STEP, {**STEP, "part": "word"}),
    Page("executions:events", "get", READ, E),
    Page("executions:timeline", "get", READ, E),
    Page("executions:moment", "get", READ, E),
    Page("executions:node", "get", READ, E, query="?id=ask"),
    Page("executions:data", "get", READ, {**E, "part": "part"}),
    Page("executions:cancel", "post", answers(EDIT, 302), E),
    Page("executions:pause", "post", answers(EDIT, 302), E),
    Page("executions:resume", "post", answers(EDIT, 409), E),
    Page("executions:retry", "post", answers(EDIT, 409), E, {"start": "start"}),
    Page("executions:signal", "post", answers(EDIT, 302), E, {"name": "go"}),
    Page("events:list", "get", EVERYBODY),
    Page("events:export", "get", EVERYBODY),
    Page("events:event", "get", READ, {"execution_id": "execution", "seq": "one"}),
    Page("notifications:of-workflow", "get", READ, W),
    Page("notifications:save-rules", "post", answers(EDIT, 302), W),
    Page("notifications:add-endpoint", "post", EDIT, W, NEW_ENDPOINT),
    Page("notifications:remove-endpoint", "post", answers(EDIT, 404), ENDPOINT),
    Page("notifications:try-endpoint", "post", answers(EDIT, 404), ENDPOINT),
    Page("notifications:of-run", "get", READ, E),
    Page("notifications:retry", "post", (LOGIN, 404, 404, 404, 404, 404), {"pk": "nobody"}),
    Page("notifications:service-worker", "get", PUBLIC),
    Page("approvals:list", "get", EVERYBODY),
    Page("approvals:detail", "get", READ, A),
    Page("approvals:link", "get", answers(PUBLIC, 404), {"token": "word"}),
    Page("approvals:link", "post", answers(PUBLIC, 404), {"token": "word"}),
    Page("approvals:approve", "post", ASKED, A),
    Page("approvals:reject", "post", ASKED, A),
    Page("strategy:sessions", "get", EVERYBODY),
    Page("strategy:import-session", "get", EVERYBODY),
    Page("strategy:import-session", "post", answers(EVERYBODY, 400)),
    Page("strategy:session", "get", LENT_READ, SS),
    Page("strategy:new-session", "get", EVERYBODY),
    Page("strategy:new-session", "post", answers(EVERYBODY, 400)),
    Page("strategy:pause-session", "post", answers(LENT_EDIT, 409), SS),
    Page("strategy:resume-session", "post", answers(LENT_EDIT, 409), SS),
    Page("strategy:archive-session", "post", answers(LENT_EDIT, 302), SS),
    Page("strategy:delete-session", "post", (LOGIN, 404, 403, 403, 302, 404), SS),
    Page(
        "strategy:review-step",
        "post",
        answers(LENT_EDIT, 409),
        {**SS, "position": "one"},
        {"action": "accept"},
    ),
    Page("strategy:edit-step", "get", answers(LENT_EDIT, 409), {**SS, "position": "one"}),
    Page("strategy:edit-step", "post", answers(LENT_EDIT, 409), {**SS, "position": "one"}),
    Page("strategy:session-document", "get", LENT_READ, SS),
    Page("strategy:session-log-page", "get", LENT_READ, SS),
    Page("strategy:session-log", "get", LENT_READ, {**SS, "kind": "csv"}),
    Page("workspaces:list", "get", EVERYBODY),
    Page("workspaces:begin", "post", answers(EVERYBODY, 302), form={"pattern_type": "bos"}),
    Page("workspaces:timeline", "get", READ, PW),
    Page("workspaces:changes", "get", READ, PW, query="?since=2026-01-01T00:00:00Z"),
    Page("workspaces:note", "post", answers(EDIT, 302), PW, {"text": "Look here."}),
    Page("workspaces:description", "get", EDIT, PW),
    Page("workspaces:description", "post", answers(EDIT, 302), PW, {"description": "It turns."}),
    Page("workspaces:delete", "post", answers(OWN, 400), PW, {"confirm": "not its name"}),
    Page("workspaces:file", "get", answers(READ, 404), {**PW, "file_id": "nobody"}),
    Page("workspaces:approve", "post", answers(EDIT, 409), PW),
    Page("workspaces:verify", "post", (LOGIN, 404, 403, 403, 403, 409), PW),
    Page("workspaces:send-back", "post", (LOGIN, 404, 403, 403, 403, 409), PW, {"comment": "No."}),
    Page("workspaces:members", "get", READ, PW),
    Page("workspaces:members", "post", answers(OWN, 302), PW, {"username": "other", "access": "viewer"}),
    Page("workspaces:take-back", "post", answers(OWN, 404), {**PW, "user_id": "nobody"}),
    Page("workspaces:candles", "get", EVERYBODY),
    Page("workspaces:candles", "post", answers(EVERYBODY, 400)),
    Page("workspaces:generate-candles", "post", answers(EVERYBODY, 400)),
    Page("workspaces:rename-candles", "post", answers(OWN, 302), C, {"name": "renamed"}),
    Page("workspaces:delete-candles", "post", answers(OWN, 409), C),
    Page("workspaces:cart", "get", READ, PW),
    Page("workspaces:annotate-feedback", "post", answers(EDIT, 302), CORRECTION, {"note": "Why"}),
    Page("workspaces:remove-feedback", "post", answers(EDIT, 302), CORRECTION),
    Page("workspaces:sessions", "get", READ, PW),
    Page("workspaces:new-session", "get", EDIT, PW),
    Page("workspaces:new-session", "post", answers(EDIT, 400), PW),
    Page("workspaces:session", "get", READ, PS),
    Page("workspaces:session-bars", "get", READ, PS, query="?first=0&last=9"),
    Page("workspaces:session-detections", "get", READ, PS),
    Page("workspaces:runs", "get", READ, PW),
    Page("workspaces:send-batch", "post", answers(EDIT, 302), PW),
    Page("workspaces:run", "get", READ, CR),
    Page("workspaces:cancel-run", "post", answers(EDIT, 409), CR),
    Page("workspaces:retry-run", "post", answers(EDIT, 302), CR, {"reason": "why"}),
    Page("workspaces:take-version-back", "post", answers(OWN, 404), {**PW, "version_id": "nobody"}),
    Page("workspaces:deployments", "get", READ, PW),
    Page("workspaces:deploy", "post", answers(EDIT, 302), PW),
    Page("workspaces:choose-target", "post", answers(OWN, 302), PW, {"target": "local"}),
    Page("workspaces:disconnect-vercel", "post", answers(OWN, 404), PW),
    Page("workspaces:deployment", "get", READ, D),
    Page("workspaces:cancel-deployment", "post", answers(EDIT, 409), D),
    Page("vercel-events", "post", (401,) * 6),
    Page("workspace-vercel-events", "post", (401,) * 6, PW),
    Page("strategy:corporations", "get", EVERYBODY),
    Page("strategy:new-corporation", "get", EVERYBODY),
    Page("strategy:new-corporation", "post", answers(EVERYBODY, 400), form={"corporation_id": "none"}),
    Page("strategy:corporation", "get", LENT_READ, CORPORATION),
    Page("strategy:corporation-data", "get", LENT_READ, {**CORPORATION, "kind": "wallets"}),
    Page("strategy:refresh-corporation", "post", answers(LENT_EDIT, 409), CORPORATION),
    Page("strategy:refresh-progress", "get", LENT_READ, CORPORATION),
    Page("strategy:lend-corporation", "post", answers(LENT_OWN, 400), CORPORATION),
    Page("strategy:take-back-corporation", "post", answers(LENT_OWN, 302), CORPORATION),
    Page("strategy:corporation-region", "post", answers(LENT_OWN, 400), CORPORATION),
    Page("strategy:delete-corporation", "post", answers(LENT_OWN, 302), CORPORATION),
    Page("strategy:connect-character", "get", answers(LENT_OWN, 409), CORPORATION),
    Page("strategy:connect-character", "post", answers(LENT_OWN, 409), CORPORATION),
    Page("strategy:eve-back", "get", answers(EVERYBODY, 400)),
    Page("strategy:disconnect-character", "post", NO_STEP, {"pk": "nobody"}),
    Page("workspaces:complete-session", "post", answers(EDIT, 302), PS),
    Page("workspaces:reopen-session", "post", answers(EDIT, 409), PS),
    Page("workspaces:cases", "get", READ, PW),
]


def visit(world: World, role: str, page: Page) -> tuple[int, str]:
    """Status and where a redirect leads."""
    client = Client(raise_request_exception=False)
    person = world.people[role]
    if person is not None:
        client.force_login(person, backend="orchestrator.accounts.backends.AnyCaseBackend")
    url = reverse(page.route, kwargs={name: world.names[key] for name, key in page.kwargs.items()})
    answer = client.get(url + page.query) if page.method == "get" else client.post(url, page.form)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.route}")
def test_a_page_answers_every_role_as_the_grid_says(world: World, page: Page) -> None:
    found = {role: apart(lambda role=role: visit(world, role, page)) for role in ROLES}  # type: ignore[misc]
    assert {role: status for role, (status, _) in found.items()} == dict(zip(ROLES, page.expect, strict=True))
    status, leads_to = found["anonymous"]
    if status == LOGIN:
        assert leads_to.startswith(reverse("accounts:login")), "somebody unknown is sent to log in"


def test_every_page_has_its_rows() -> None:
    """Everything that is neither of the API nor of the Django admin, wherever it stands."""
    pages = {name for name in routes() if not name.startswith("api:")}
    assert pages == {page.route for page in PAGES} | NO_PAGES.keys()


@pytest.mark.parametrize("route", sorted({page.route for page in PAGES}))
def test_no_page_has_a_method_that_the_grid_does_not_speak_of(world: World, route: str) -> None:
    """What changes something is never a GET, and the other way round."""
    rows = [page for page in PAGES if page.route == route]
    missing = {"get", "post"} - {page.method for page in rows}
    for method in missing:
        status, _ = visit(world, "admin", Page(route, method, rows[0].expect, rows[0].kwargs))
        assert status == 405
