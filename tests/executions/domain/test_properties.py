"""What holds for every graph and every outcome."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.executions.domain.codec import encode_state
from orchestrator.executions.domain.evolve import evolve
from orchestrator.executions.domain.state import Phase, State, StepKey
from orchestrator.graphs.steps import Ended, Failed, Outcome, SignalPort, Succeeded, TimerPort, Waiting
from tests.executions.domain.driver import (
    NOON,
    Driver,
    Plan,
    compiled,
    fold,
    reloaded,
    stored,
    stored_state,
    task,
)

SEEDS = st.integers(0, 2**32)
JOINS: list[Any] = ["sync", "sync", "sync", "sync", "all", "any", "first", "first", {"n": 2}]
PORTS = ["out", "alt"]


def graph_of(seed: int, depth: int = 0) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A connected graph of up to nine nodes with any joins, cancels, error routes and loops.

    Drawn from a seed rather than by hypothesis, whose small examples are mostly graphs without edges.
    """
    dice = random.Random(f"graph {seed} {depth}")
    names = [f"n{i}" for i in range(dice.randint(3, 9) if depth == 0 else dice.randint(1, 3))]
    nodes = [_node(dice, name, names, seed, depth) for name in names]
    pairs = {(dice.choice(names[:index]), name) for index, name in enumerate(names) if index}
    for _ in range(dice.randint(0, len(names))):
        first, second = sorted(dice.choices(range(len(names)), k=2))
        pairs.add((names[first], names[second]))
    for _ in range(dice.choice([0, 0, 1, 2])):
        pairs.add((dice.choice(names), dice.choice(names)))
    edges = [
        {
            "id": f"e{index}",
            "source": source,
            "target": target,
            "sourceHandle": dice.choice(["out", "out", "out", "alt", "error"]),
            "condition": dice.choice([None] * 40 + ["true", "false", "size(nodes) > 0", "nothing.here"]),
        }
        for index, (source, target) in enumerate(sorted(pairs))
        if target != names[0]  # keeps an entry
    ]
    return nodes, edges


def _node(dice: random.Random, name: str, names: list[str], seed: int, depth: int) -> dict[str, Any]:
    data = {
        "join": dice.choice(JOINS),
        "cancels": [dice.choice(names)] if dice.random() < 0.15 else [],
        "on_error": dice.choice(["fail", "continue", "continue", "route"]),
        "retry": {"max_attempts": dice.randint(1, 2), "backoff_seconds": 1},
    }
    if depth < 2 and dice.random() < 0.12:
        nodes, edges = graph_of(seed + dice.randrange(100), depth + 1)
        config = {
            "items": list(range(dice.randint(0, 3))),
            "body": {"nodes": nodes, "edges": edges},
            "complete_when": dice.choice(["all", "all", 1, "done >= 1", "nonsense > 1"]),
        }
        return {"id": name, "type": "map", "data": {**data, "config": config}}
    return task(name, *PORTS, **data)


def plan_of(seed: int) -> Plan:
    """Outcomes that depend on the step alone, so that a repeated attempt ends as the first one did."""

    def plan(key: StepKey, attempt: int) -> Outcome:
        dice = random.Random(f"{seed} {key} {attempt}")
        kind = dice.random()
        if kind < 0.86:
            ports = dice.choice([*[("out",)] * 4, *[("out", "alt")] * 5, ("alt",), ()])
            variables: dict[str, Any] = {"last": key.node} if dice.random() < 0.3 else {}
            output: Any = dice.choice([None, 1, "text", [], {"n": 1.5}])
            return Succeeded(output, ports, variables, again=dice.random() < 0.05)
        if kind < 0.92:
            return Failed("broken", "it broke", retryable=dice.random() < 0.7)
        if kind < 0.96:
            return Waiting(timers=(TimerPort(NOON + timedelta(seconds=dice.randrange(100)), "out"),))
        if kind < 0.985:
            return Waiting(signals=(SignalPort("go", "alt", dice.random() < 0.5),))
        return Ended(dice.random() < 0.6, {"by": key.node})

    return plan


def settle(driver: Driver) -> Driver:
    """Run, and signal whatever waits for one, until nothing more can happen."""
    driver.run()
    for _ in range(40):
        if driver.state.is_final:
            break
        driver.signal("go", {"n": 1})
    return driver


MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(seed=SEEDS)
def test_a_run_always_ends_or_waits_for_a_named_reason(seed: int) -> None:
    driver = Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=150).run()
    assert driver.state.is_final or driver.waits_for(), encode_state(driver.state)

    settle(driver)
    assert driver.state.is_final, encode_state(driver.state)
    assert not driver.state.root.firings
    assert driver.state.scopes.keys() == {""}


@MANY
@given(seed=SEEDS)
def test_folding_the_stored_events_gives_exactly_the_stored_state(seed: int) -> None:
    driver = settle(Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=60))
    assert stored_state(fold(stored(driver.events))) == stored_state(driver.state)


@SOME
@given(seed=SEEDS, data=st.data())
def test_every_prefix_of_the_events_folds_to_a_state_that_survives_storage(seed: int, data: Any) -> None:
    driver = settle(Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=40))
    cut = data.draw(st.integers(0, len(driver.events)))
    state = fold(stored(driver.events[:cut]))
    assert stored_state(reloaded(state)) == stored_state(state)


@SOME
@given(seed=SEEDS, data=st.data())
def test_a_run_cut_off_at_any_commit_and_continued_ends_the_same(seed: int, data: Any) -> None:
    whole = Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=60).run()
    cut = data.draw(st.sampled_from(whole.batches))

    continued = Driver(
        compiled(*graph_of(seed)), plan_of(seed), state=reloaded(fold(stored(whole.events[:cut])))
    )
    continued.now = whole.events[cut - 1].at
    continued.run()

    assert without_times(continued.state) == without_times(whole.state)


@SOME
@given(seed=SEEDS)
def test_evolve_leaves_the_state_it_was_given_alone(seed: int) -> None:
    driver = settle(Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=30))
    state = State()
    for event in driver.events:
        before = stored_state(state)
        after = evolve(state, event)
        assert stored_state(state) == before
        state = after
    assert stored_state(state) == stored_state(driver.state)


@SOME
@given(seed=SEEDS)
def test_no_token_and_no_firing_is_left_in_a_scope_that_is_gone(seed: int) -> None:
    driver = Driver(compiled(*graph_of(seed)), plan_of(seed)).start(max_steps=60).run()
    active = {
        key.item_scope(index)
        for key, firing in driver.state.firings()
        if firing.phase is Phase.MAPPING and firing.map
        for index in firing.map.active
    }
    assert set(driver.state.scopes) == active | {""}


def without_times(state: State) -> Any:
    """The stored state without moments: a continued run may have looked at the clock at other times."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key not in ("since", "fired_at")}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(stored_state(state))
