"""What is deployed works: the function is run as its host would, and sees what the algorithm sees here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import httpx
import pytest

from workspaces.domain.detectors import PATTERNS
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.domain.made_up import made_up_candles
from workspaces.repositories.store import starter
from workspaces.vercel.project import About, project_files

ABOUT = About(
    name="Swings <b>", pattern="swings", version="0.0.7", commit="a" * 40,
    parameters={"left": 6, "right": 4, "strict": True}, kept=11, cases=12,
)  # fmt: skip
SERVE = """
import importlib.util, sys
from http.server import HTTPServer
spec = importlib.util.spec_from_file_location("detect", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
server = HTTPServer(("127.0.0.1", 0), module.handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def parameters() -> dict[str, Any]:
    return {**asdict(SwingParameters()), "left": 6, "right": 4}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("project")
    about = About("Swings", "swings", "0.0.7", "a" * 40, parameters(), 11, 12)
    for path, text in project_files(about, starter("swings")).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", "-c", SERVE, str(root / "api" / "detect.py")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/api/detect"
        finally:
            process.terminate()


def rows(count: int) -> list[dict[str, float]]:
    candles = made_up_candles(count, seed=5)
    return [
        {"time": each.time, "open": each.open, "high": each.high, "low": each.low, "close": each.close}
        for each in candles
    ]


def test_the_function_sees_what_the_algorithm_sees_here(site: str) -> None:
    answer = httpx.post(site, json={"candles": rows(400)}, trust_env=False)
    candles = made_up_candles(400, seed=5)
    here = PATTERNS["swings"].detect(candles, SwingParameters(**parameters()))
    assert answer.status_code == 200
    told = answer.json()
    assert told["version"] == "0.0.7"
    assert [(each["bar"], each["price"], each["confirmed_at"]) for each in told["detections"]] == [
        (each.bar, each.price, each.confirmed_at) for each in here
    ]
    assert len(here) > 5, "the control: there is something to see"


def test_parameters_may_be_set_for_one_request(site: str) -> None:
    few = httpx.post(
        site, json={"candles": rows(400), "parameters": {"left": 20, "right": 20}}, trust_env=False
    )
    all = httpx.post(site, json={"candles": rows(400)}, trust_env=False)
    assert 0 < len(few.json()["detections"]) < len(all.json()["detections"])


def test_it_tells_what_it_is(site: str) -> None:
    told = httpx.get(site, trust_env=False).json()
    assert (told["version"], told["values"]["left"]) == ("0.0.7", 6)
    assert {each["name"] for each in told["parameters"]} == set(parameters())


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("{", "no JSON"),
        ("[]", "candles"),
        ('{"candles": []}', "the oldest first"),
        ('{"candles": [{"time": 1}]}', "Bar 0 needs"),
        ('{"candles": [{"time": 1, "open": "x", "high": 1, "low": 1, "close": 1}]}', "Bar 0 needs"),
        ('{"candles": [{"time": 1, "open": NaN, "high": 1, "low": 1, "close": 1}]}', "is none"),
        ('{"candles": [{"time": 1, "open": 5, "high": 1, "low": 1, "close": 1}]}', "outside"),
        (json.dumps({"candles": rows(2)[::-1]}), "not later"),
        (json.dumps({"candles": rows(2), "parameters": {"other": 1}}), "no parameter"),
        (json.dumps({"candles": rows(1) * 20_001}), "At most"),
    ],
)
def test_what_cannot_be_read_is_told(site: str, body: str, word: str) -> None:
    answer = httpx.post(site, content=body, trust_env=False)
    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_names_and_values_are_escaped_and_nothing_of_people_is_in_it() -> None:
    files = project_files(ABOUT, {"run.py": "pass\n", "parameters.json": "{}\n"})
    page = files["public/index.html"]
    assert "Swings &lt;b&gt;" in page
    assert "<b>" not in page
    assert "keeps 11 of the 12 reviews" in page
    assert json.loads(files["algorithm/parameters.json"]) == ABOUT.parameters
    assert json.loads(files["vercel.json"])["functions"] == {"api/detect.py": {"maxDuration": 30}}
    assert set(files) == {
        "algorithm/run.py", "algorithm/parameters.json", "about.py", "api/detect.py", "requirements.txt",
        ".python-version", "vercel.json", "public/index.html", "public/parameters.json", "README.md",
    }  # fmt: skip
