"""Behind a proxy that ends TLS: what is redirected, what is not, and what is only sent over TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

SCRIPT = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answers = {}
for name, path, headers in [
    ("plain", "/api/docs/", {}),
    ("forwarded", "/api/docs/", {"x-forwarded-proto": "https"}),
    ("pretended host", "/api/docs/", {"x-forwarded-proto": "https", "host": "evil.example"}),
    ("probe", "/healthz", {"host": "10.0.0.7"}),
]:
    answer = Client(raise_request_exception=False).get(
        path, headers={"host": "orchestrator.example", **headers}
    )
    answers[name] = {"status": answer.status_code, "headers": dict(answer.items()),
                     "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE]}
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """From a process of its own, since settings are read once."""
    environment = {
        **os.environ,
        "BASE_URL": "https://orchestrator.example",
        "ALLOWED_HOSTS": "orchestrator.example",
        "SECRET_KEY": "k" * 50,
        "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
    }
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )
    made: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return made


def test_plain_http_is_redirected(answers: dict[str, Any]) -> None:
    assert answers["plain"]["status"] == 301
    assert answers["plain"]["headers"]["Location"] == "https://orchestrator.example/api/docs/"


def test_what_the_proxy_took_by_tls_is_answered_with_hsts_and_secure_cookies(answers: dict[str, Any]) -> None:
    answer = answers["forwarded"]
    assert answer["status"] == 200
    assert "includeSubDomains" in answer["headers"]["Strict-Transport-Security"]
    assert answer["secure"] == [True, True]


def test_other_host_names_are_refused(answers: dict[str, Any]) -> None:
    assert answers["pretended host"]["status"] == 400


def test_probes_come_by_any_name_without_tls(answers: dict[str, Any]) -> None:
    assert answers["probe"]["status"] == 200
