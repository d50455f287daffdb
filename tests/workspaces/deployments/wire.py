"""A local stand-in of Vercel's REST API: it keeps deployments, and answers in Vercel's shapes."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pytest_django import Settings

from tests.stand_in import Answer, Received, stand_in

TOKEN: Final = "vcl_0123456789abcdefTOKEN"
SECRET: Final = "whsec-0123456789abcdef"
_ONE: Final = re.compile(r"/v\d+/deployments/([^/]+)")
Trouble = Callable[[Received], Answer | None]


@dataclass
class Host:
    """``states`` are what each look sees, one after the other; the last one stays."""

    states: list[str] = field(default_factory=lambda: ["READY"])
    error: str = ""
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    trouble: Trouble | None = None
    """What goes wrong: an answer in place of the right one. What was asked is done first if ``late``."""
    late: bool = False
    lines: list[str] = field(default_factory=lambda: ["Cloning", "Build completed"])

    def behave(self, request: Received) -> Answer:
        self.received.append(request)
        if self.trouble is not None and not self.late and (bad := self.trouble(request)) is not None:
            return bad
        answer = self._answer(request)
        if self.trouble is not None and self.late and (bad := self.trouble(request)) is not None:
            return bad
        return answer

    def _answer(self, request: Received) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return fault(403, "Not authorized", code="forbidden")
        url = urlsplit(request.path)
        if request.method == "POST" and url.path == "/v13/deployments":
            return told(self._create(json.loads(request.body)))
        if url.path == "/v6/deployments":
            wanted = dict(parse_qsl(url.query)).get("meta-orchestratorDeployment")
            rows = [row for row in self.rows.values() if row["meta"].get("orchestratorDeployment") == wanted]
            return told({"deployments": [{**row, "uid": row["id"]} for row in rows], "pagination": {}})
        found = _ONE.match(url.path)
        row = self.rows.get(found[1]) if found else None
        if row is None:
            return fault(404, "Deployment not found", code="not_found")
        if url.path.endswith("/events"):
            events = [
                {"type": "stdout", "created": at, "payload": {"text": line}}
                for at, line in enumerate(self.lines)
            ]
            return told(events[::-1])
        if request.method == "PATCH":
            self.states = ["CANCELED"]
        return told({**row, "readyState": self._next_state(), "errorMessage": self.error or None})

    def _next_state(self) -> str:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        self.posts.append(body)
        name = f"dpl_{len(self.posts)}"
        self.rows[name] = {
            "id": name,
            "name": body["name"],
            "url": f"{body['name']}-{len(self.posts)}.vercel.app",
            "inspectorUrl": f"https://vercel.com/team/{body['name']}/{name}",
            "meta": body["meta"],
            "readyState": "QUEUED",
            "target": "production",
            "alias": [],
        }
        return self.rows[name]

    def requests(self, method: str, ending: str) -> list[Received]:
        return [
            each
            for each in self.received
            if each.method == method and urlsplit(each.path).path.endswith(ending)
        ]


def told(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json", **headers})


def fault(status: int, message: str, *, code: str = "bad_request", **headers: str) -> Answer:
    return told({"error": {"code": code, "message": message}}, status, **headers)


def on(method: str, answer: Answer, *, path: str = "") -> Trouble:
    """Trouble with requests of this method alone."""
    return lambda request: answer if request.method == method and path in request.path else None


@contextmanager
def hosting(settings: Settings, **values: Any) -> Iterator[Host]:
    host = Host(**values)
    with stand_in(host.behave) as server:
        settings.VERCEL_BASE_URL = server.url
        settings.VERCEL_TOKEN, settings.VERCEL_TEAM_ID = TOKEN, "team_1"
        settings.VERCEL_WEBHOOK_SECRET = SECRET
        yield host


def event(kind: str, id: str, *, tag: str = "", secret: str = SECRET) -> tuple[bytes, str]:
    """The body of a webhook, and its signature."""
    deployment = {"id": id, "meta": {"orchestratorDeployment": tag} if tag else {}, "url": "x.vercel.app"}
    body = json.dumps(
        {
            "id": "evt_1",
            "type": kind,
            "createdAt": 1,
            "payload": {"deployment": deployment, "project": {"id": "prj_1"}, "target": "production"},
        }
    ).encode()
    return body, hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
