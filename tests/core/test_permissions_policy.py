"""What pages may ask of a browser: the microphone of whoever tells something, and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login/", 200),
        ("/", 302),
        ("/nowhere/", 404),
        ("/api/v1/workflows/", 401),
        ("/healthz", 200),
        ("/admin/login/", 302),
        ("/static/dist/app.css", 200),
    ],
)
def test_every_answer_says_which_devices_its_page_may_ask_for(path: str, status: int) -> None:
    answer = Client().get(path)
    assert answer.status_code == status
    policy = answer.headers["Permissions-Policy"].split(", ")
    assert policy[0] == "microphone=(self)"
    assert {"camera=()", "geolocation=()", "payment=()", "usb=()"} <= set(policy)
    assert all(each.endswith("=()") for each in policy[1:])
