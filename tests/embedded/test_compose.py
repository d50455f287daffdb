"""compose.yaml and the Dockerfile, as far as they can be checked without Docker."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.config import Config
from orchestrator.embedded import processes

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "web", "worker", "tasks", "beat", "market-feed")
VARIABLES = {str(field.validation_alias or name).upper() for name, field in Config.model_fields.items()}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text())
    found: dict[str, Any] = document["services"]
    return found


def test_every_part_is_there_and_waits_for_what_it_needs(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "redis", *OURS}
    for name in ("web", "worker", "tasks", "beat", "market-feed"):
        needs = services[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["redis"]["condition"] == "service_healthy"
    for name in ("postgres", "redis", "web"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert "/readyz" in services["web"]["healthcheck"]["test"][-1]


def test_only_the_web_server_listens_and_only_to_this_machine(services: dict[str, Any]) -> None:
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_commands_are_those_that_make_up_runs(services: dict[str, Any]) -> None:
    celery = [*processes.CELERY[4:], "worker"]
    options = list(processes.WORKER_OPTIONS)
    for name, own in (("worker", processes.ENGINE), ("tasks", processes.TASKS)):
        command = services[name]["command"]
        assert command[: len(celery)] == celery
        assert command[len(celery) : len(celery) + len(own)] == list(own)
        assert command[-len(options) :] == options
    web = services["web"]["command"]
    assert web[:2] == list(processes.WEB[2:])
    assert web[-len(processes.WEB_OPTIONS) :] == list(processes.WEB_OPTIONS)
    assert services["market-feed"]["command"][1:] == list(processes.MARKET_FEED[1:])


def test_the_programs_and_the_modules_they_name_exist(services: dict[str, Any]) -> None:
    for name in OURS:
        program = services[name]["command"][0]
        assert program in ("python", "uvicorn", "celery")
        if program != "python":
            importlib.import_module(program)
    assert services["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]
    for arguments in (["uvicorn", "--help"], ["celery", "worker", "--help"], ["celery", "beat", "--help"]):
        ran = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=True)
        service = {"uvicorn": "web", "worker": "worker", "beat": "beat"}[
            arguments[0] if arguments[0] == "uvicorn" else arguments[1]
        ]
        command = services[service]["command"][4 if service != "web" else 0 :]
        asked = [each for each in command if each.startswith("--")]
        assert asked
        assert [each for each in asked if each not in ran.stdout] == []


REQUIRED = {
    "SECRET_KEY",
    "WEBHOOK_SECRET",
    "FIELD_ENCRYPTION_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "BASE_URL",
}


def test_every_variable_is_one_that_is_read(services: dict[str, Any]) -> None:
    for name in OURS:
        environment = set(services[name]["environment"]) - {"FORWARDED_ALLOW_IPS"}
        assert environment <= VARIABLES
        assert environment >= REQUIRED


def test_no_secret_has_a_default(services: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text()
    passwords = ("POSTGRES_PASSWORD", "WEB_POSTGRES_PASSWORD")
    for name in ("SECRET_KEY", "WEBHOOK_SECRET", "FIELD_ENCRYPTION_KEYS", *passwords):
        used = re.findall(r"\$\{" + name + r"(.)(.)", text)
        assert used
        assert set(used) == {(":", "?")}


def test_the_image_takes_locked_packages_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "requirements/base.txt" in text
    assert text.rindex("\nUSER orchestrator") > text.rindex("\nRUN")
    for path in re.findall(r"^COPY (?!--)(\S+)", text, re.MULTILINE):
        assert (ROOT / path).exists(), path
        assert f"!{path}" in (ROOT / ".dockerignore").read_text().splitlines(), path


def test_the_handbook_speaks_of_every_variable() -> None:
    table = (ROOT / "docs" / "operations.md").read_text()
    firsts = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", table, re.MULTILINE)
    named = {name for first in firsts for name in re.findall(r"[A-Z_]+", first)}
    assert named - {"HOST", "WORKERS", "FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY"} == VARIABLES
