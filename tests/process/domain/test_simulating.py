"""The simulator: whole ways through the shipped process, and refusals in words."""

from __future__ import annotations

from orchestrator.process.domain.conditions import compile_condition
from orchestrator.process.domain.journey import Scope
from orchestrator.process.domain.simulating import MOST_STOPS, Script, is_complete, simulate
from orchestrator.process.domain.vocabulary import FLAGS, PREFERENCES, Behavior, Form
from tests.process.making import make_node, make_process, make_prompt, make_section

_ALL_YES = dict.fromkeys((*FLAGS, *PREFERENCES), True)


def test_a_fork_leads_where_the_scope_says() -> None:
    event = compile_condition("scope_match", "single_event")
    process = make_process(
        make_node("choose", ("event", event), "life", form=Form.SCOPE),
        make_node("life", text="A life."),
        make_node("event", text="An event."),
    )
    for scope, way in (("single_event", ["choose", "event"]), ("unsure", ["choose", "life"])):
        stops = simulate(process, Script(scope=Scope(type=scope)))
        assert [stop.node for stop in stops] == way
        assert is_complete(stops)


def test_what_is_not_chosen_is_missed_in_words() -> None:
    process = make_process(make_node("choose", form=Form.SCOPE))
    [stop] = simulate(process, Script())
    assert stop.refused == "Choose first what you want to tell about."


def test_sections_open_one_after_the_other_and_the_closed_say_why() -> None:
    first = make_section("origins", make_prompt("o", node="lanes"))
    second = make_section("childhood", make_prompt("c", node="lanes"), after="origins")
    third = make_section("service", make_prompt("s", node="lanes"), flags={"has_military_service": True})
    lanes = make_node("lanes", behavior=Behavior.ITERATIVE, sections=("origins", "childhood", "service"))
    process = make_process(lanes, sections=(first, second, third))
    [stop] = simulate(process, Script(profile={**_ALL_YES, "has_military_service": False}))
    assert stop.opened == ("origins", "childhood")
    assert stop.locked == {"service": "Not part of the life you described."}
    [stop] = simulate(process, Script(sections=["origins"]))
    assert [prompt.key for prompt in stop.prompts] == ["o", "c"]


def test_boundaries_hide_prompts() -> None:
    romance = compile_condition("profile_boundary", {"boundary": "romance"})
    asked = make_prompt("love", node="talk", condition=romance)
    process = make_process(
        make_node("who", "talk", form=Form.PROFILE), make_node("talk", prompts=(asked,), text="Talk.")
    )
    for comfortable in (True, False):
        profile = {**_ALL_YES, "comfortable_discussing_romance": comfortable}
        assert bool(simulate(process, Script(profile=profile))[1].prompts) is comfortable


def test_a_way_round_in_a_circle_is_cut() -> None:
    process = make_process(make_node("a", "b", text="A."), make_node("b", "a", text="B."))
    stops = simulate(process, Script())
    assert len(stops) == MOST_STOPS
    assert "longer than" in stops[-1].refused
