"""A web process as it is started on a server: whom it connects as, and what it then sees."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from orchestrator.config import Config, serves_web
from orchestrator.core import json
from tests.factories import make_user, make_workflow

pytestmark = pytest.mark.django_db(transaction=True)

LOOK = """
import json, sys
from orchestrator.asgi import application
from django.db import connection
from django.test import Client
from orchestrator.accounts.models import User
from orchestrator.core.rls import acting_as
from orchestrator.workflows.models import Workflow

def names():
    return sorted(Workflow.objects.filter(is_public=False).values_list("name", flat=True))

found = {"nobody": names()}
for user in User.objects.all():
    with acting_as(user.pk):
        found[user.username] = names()
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, row_security_active('workflows_workflow')")
    found["role"], found["bound"] = cursor.fetchone()
checks = Client(headers={"host": "127.0.0.1"}).get("/readyz").json()["checks"]
found["database"] = checks["database"]["ok"]
print(json.dumps(found))
"""


def address(role: str) -> str:
    here = connection.settings_dict
    options = here["OPTIONS"]
    host = quote(str(options.get("host") or here["HOST"]), safe="")
    port = options.get("port") or here["PORT"]
    return f"postgresql://{role}@/{here['NAME']}?host={host}&port={port}"


def look(**environment: str) -> dict[str, object]:
    env = {**os.environ, "DATABASE_URL": address(str(connection.settings_dict["USER"])), **environment}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK], env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


@pytest.fixture
def two() -> None:
    for name in ("first", "second"):
        make_workflow(make_user(name), name=f"of {name}", publish=False)


@pytest.mark.parametrize("way", ["by its own log-in", "as the owner who takes the role"])
def test_a_web_process_is_bound_from_its_first_statement_on(two: None, way: str) -> None:
    own = {"WEB_DATABASE_URL": address(settings.WEB_ROLE)} if way == "by its own log-in" else {}
    assert look(**own) == {
        "nobody": [],
        "first": ["of first"],
        "second": ["of second"],
        "role": "orchestrator_web",
        "bound": True,
        "database": True,
    }


def test_a_web_process_that_connects_as_somebody_unbound_is_not_ready(two: None) -> None:
    """Such as with the owner's address in WEB_DATABASE_URL, where the owner is a superuser."""
    found = look(WEB_DATABASE_URL=address(str(connection.settings_dict["USER"])))
    assert found["bound"] is False
    assert found["database"] is False


def test_other_processes_connect_as_the_owner() -> None:
    assert not serves_web()
    assert Config().database_of_this_process == Config().database


def test_options_of_an_address_are_kept_when_the_role_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://o:p%40ss@db:5432/x?sslmode=require&options=-c%20search_path%3Dapp"
    monkeypatch.setenv("DATABASE_URL", url)
    added = "options=-c%20search_path%3Dapp%20-c%20role%3Dorchestrator_web"
    assert Config().web_database == f"postgresql://o:p%40ss@db:5432/x?sslmode=require&{added}"
