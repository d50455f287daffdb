"""Answers of Vercel, whatever their shape, and the rules by which deployments move."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from orchestrator.core import json
from workspaces.domain.deployments import FINAL, kept_log, moves, next_try, project_name
from workspaces.domain.vocabulary import DeployStatus
from workspaces.vercel.mapping import find_tagged, read_deployment, read_event, read_log


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("QUEUED", "queued"), ("INITIALIZING", "building"), ("BUILDING", "building"), ("READY", "ready"),
        ("ERROR", "error"), ("CANCELED", "canceled"), ("ready", "ready"), ("BRAND_NEW", None), ("", None),
    ],
)  # fmt: skip
def test_states_are_read_leniently(state: str, status: str | None) -> None:
    read = read_deployment({"id": "dpl_1", "readyState": state})
    assert read is not None
    assert read.status == status


@pytest.mark.parametrize("name", ["readyState", "status", "state"])
def test_the_state_has_several_names(name: str) -> None:
    read = read_deployment({"uid": "dpl_1", name: "READY"})
    assert read is not None
    assert (read.id, read.status) == ("dpl_1", DeployStatus.READY)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"id": 7}, {"id": "../me"}, {"id": ""}])
def test_what_is_no_deployment_is_none(answer: object) -> None:
    assert read_deployment(answer) is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://evil.example", "a b.app", 'x.app"><i>', "x.app?q"]
)
def test_an_address_that_is_none_is_left_out(url: str) -> None:
    read = read_deployment({"id": "d", "url": url, "inspectorUrl": url})
    assert read is not None
    assert (read.url, read.inspector_url) == ("", "")


def test_addresses_are_https() -> None:
    read = read_deployment({"id": "d", "url": "p-1.vercel.app", "inspectorUrl": "https://vercel.com/t/p/1"})
    assert read is not None
    assert (read.url, read.inspector_url) == ("https://p-1.vercel.app", "https://vercel.com/t/p/1")


def test_a_list_is_searched_for_our_tag_whatever_was_filtered() -> None:
    rows = [
        {"uid": "dpl_1", "meta": {"orchestratorDeployment": "other"}},
        {"uid": "dpl_2", "meta": None},
        {"uid": "dpl_3", "meta": {"orchestratorDeployment": "mine"}},
    ]
    found = find_tagged({"deployments": rows}, "mine")
    assert found is not None
    assert found.id == "dpl_3"
    assert find_tagged({"deployments": "none"}, "mine") is None
    assert find_tagged(None, "mine") is None


def test_logs_of_both_shapes_are_read_in_their_order_and_without_colours() -> None:
    events = [
        {"type": "stderr", "created": 3, "text": "last"},
        {"type": "stdout", "created": 1, "payload": {"text": "\x1b[32mfirst\x1b[0m\nsecond"}},
        {"type": "delimiter", "created": 2},
        "nothing",
    ]
    assert read_log(events) == ["first", "second", "last"]
    assert read_log({"error": {}}) == []


def test_a_long_log_keeps_its_end() -> None:
    kept = kept_log([f"{number} {'x' * 1_500}" for number in range(200)])
    assert len(kept) < 61_000
    assert "\n199 x" in kept
    assert kept_log(["a", "b"]) == "a\nb"


def test_events_are_read_leniently() -> None:
    read = read_event(json.dumps({"type": "deployment.ready", "payload": {"deploymentId": "dpl_1"}}))
    assert read is not None
    assert (read.id, read.tag) == ("dpl_1", "")
    assert read_event(b'{"type": "deployment.ready"}') is None
    assert read_event(b"[]") is None


def test_deployments_move_forwards_only_over_all_pairs() -> None:
    allowed = {(a, b) for a, b in product(DeployStatus, DeployStatus) if moves(a, b)}
    assert allowed == {
        (DeployStatus.QUEUED, DeployStatus.BUILDING),
        *((start, end) for start in (DeployStatus.QUEUED, DeployStatus.BUILDING) for end in FINAL),
    }


def test_waiting_doubles_and_is_as_long_as_asked_within_an_hour() -> None:
    assert [next_try(tries, None).seconds for tries in (0, 1, 2)] == [5, 10, 20]
    assert next_try(0, 90) == timedelta(seconds=90)
    assert next_try(30, 1e9) == timedelta(hours=1)


def test_a_project_is_named_after_the_pattern_and_is_nobody_elses() -> None:
    name = project_name("fair_value_gaps", "019a0000-0000-7000-8000-00000000abcd")
    assert name == "pattern-fair-value-gaps-0000abcd"
