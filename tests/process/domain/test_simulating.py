"""The simulator: what is met on the way, what is hidden and locked there and why, and where it stops."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from process.domain import steps
from process.domain.conditions import compile_condition
from process.domain.frames import Frame, Kind, Outcome
from process.domain.journey import Journey, Scope
from process.domain.process import Process
from process.domain.simulating import Script, simulate
from process.domain.vocabulary import (
    FLAGS,
    PREFERENCES,
    Behavior,
    Form,
    SectionStatus,
    SessionStatus,
)
from tests.process.making import (
    make_node,
    make_process,
    make_prompt,
    make_section,
    processes,
    profiles,
    scopes,
)

_ALL_YES = dict.fromkeys((*FLAGS, *PREFERENCES), True)


def test_a_fork_leads_where_the_scope_says_and_tells_which_condition_decided() -> None:
    event = compile_condition("scope_match", "single_event")
    process = make_process(
        make_node("choose", ("event", event), "life", form=Form.SCOPE),
        make_node("life", text="A life."),
        make_node("event", text="An event."),
    )
    assert simulate(process, Script(scope=Scope(type="single_event"))).path == ["choose", "event"]
    run = simulate(process, Script(scope=Scope(type="unsure")))
    assert (run.path, run.is_complete) == (["choose", "life"], True)
    first, second = run.frames[0].ways
    assert (first.outcome, first.because) == (Outcome.FAILED, 'scope.type is "unsure"')
    assert second.outcome is Outcome.TAKEN


def test_what_comes_after_the_way_that_was_taken_is_not_tried() -> None:
    process = make_process(make_node("a", "b", "c", text="A."), make_node("b", text="B."), make_node("c"))
    assert [way.outcome for way in simulate(process, Script()).frames[0].ways] == ["taken", "not_tried"]


def test_what_is_not_chosen_is_missed_in_words() -> None:
    run = simulate(make_process(make_node("choose", form=Form.SCOPE)), Script())
    assert run.refused == run.frames[0].refused == "Choose first what you want to tell about."


def test_a_scope_that_ends_before_it_begins_is_refused_as_in_a_session() -> None:
    process = make_process(make_node("choose", form=Form.SCOPE))
    scope = Scope(type="unsure", start="1990-01-01", end="1989-12-31")
    assert simulate(process, Script(scope=scope)).refused == "The end lies before the beginning."


def test_sections_open_one_after_the_other_and_the_closed_say_why() -> None:
    first = make_section("origins", make_prompt("o", node="lanes"))
    second = make_section("childhood", make_prompt("c", node="lanes"), after="origins")
    third = make_section("service", make_prompt("s", node="lanes"), flags={"has_military_service": True})
    lanes = make_node("lanes", behavior=Behavior.ITERATIVE, sections=("origins", "childhood", "service"))
    process = make_process(lanes, sections=(first, second, third))
    run = simulate(process, Script(profile={**_ALL_YES, "has_military_service": False}))
    assert [frame.section.key for frame in run.frames if frame.section] == ["origins", "childhood"]
    assert [frame.kind for frame in run.frames] == [Kind.PHASE, Kind.SECTION, Kind.SECTION, Kind.MAP]
    locks = {lane.section.key: lane.reason for lane in run.frames[0].lanes}
    assert locks["childhood"] == "Opens when “Origins” is completed."
    assert [lane.section.key for lane in run.frames[1].lanes if lane.is_new] == ["childhood"]
    run = simulate(process, Script(sections=["origins"]))
    assert [frame.section.key for frame in run.frames if frame.section] == ["origins"]


def test_boundaries_hide_prompts_and_say_so() -> None:
    romance = compile_condition("profile_boundary", {"boundary": "romance"})
    asked = make_prompt("love", node="talk", condition=romance)
    process = make_process(
        make_node("who", "talk", form=Form.PROFILE), make_node("talk", prompts=(asked,), text="Talk.")
    )
    shown = simulate(process, Script(profile=_ALL_YES)).frames[1]
    assert ([each.prompt.key for each in shown.asked], shown.hidden) == (["love"], ())
    profile = {**_ALL_YES, "comfortable_discussing_romance": False}
    closed = simulate(process, Script(profile=profile)).frames[1]
    assert closed.asked == ()
    assert closed.hidden[0].because == "profile.comfortable_discussing_romance is false"


def test_an_answer_decides_what_is_asked_next_to_it() -> None:
    more = compile_condition("expression", 'answers.talk.first == "yes"')
    prompts = (make_prompt("first"), make_prompt("second", condition=more))
    process = make_process(make_node("talk", prompts=prompts))
    for said, asked in (("yes", ["first", "second"]), ("no", ["first"])):
        frame = simulate(process, Script(answers={"talk.first": said})).frames[0]
        assert [each.prompt.key for each in frame.asked] == asked
        assert frame.asked[0].given


def test_an_answer_that_a_person_could_not_give_stops_it_there() -> None:
    process = make_process(make_node("talk", prompts=(make_prompt("name", max_length=3),)))
    run = simulate(process, Script(answers={"talk.name": "Grace"}))
    assert "5 characters; 3 fit" in run.refused
    assert run.frames[0].asked[0].complaint


def test_left_blank_it_stops_at_what_must_be_answered() -> None:
    process = make_process(make_node("talk", prompts=(make_prompt("name", required=True),)))
    assert simulate(process, Script()).is_complete
    assert "This still needs an answer" in simulate(process, Script(fills=False)).refused
    run = simulate(process, Script(fills=False, answers={"talk.name": "Ada"}))
    assert run.is_complete


def test_a_phase_is_left_out_where_that_is_allowed() -> None:
    process = make_process(
        make_node("a", "b", text="A.", optional=True), make_node("b", text="B."), make_node("c", text="C.")
    )
    run = simulate(process, Script(skipped=["a"]))
    assert (run.frames[0].skipped, run.path) == (True, ["a", "b"])
    assert "cannot be skipped" in simulate(process, Script(skipped=["b"])).refused


def test_phases_in_which_nothing_is_asked_are_shown_as_passed() -> None:
    process = make_process(make_node("none", "talk"), make_node("talk", "last", text="T."), make_node("last"))
    run = simulate(process, Script())
    assert [(frame.node.key, frame.kind) for frame in run.frames] == [
        ("none", Kind.PASSED),
        ("talk", Kind.PHASE),
        ("last", Kind.PASSED),
    ]


def test_a_dead_end_is_told_where_it_is() -> None:
    never = compile_condition("profile_flag", "has_children")
    process = make_process(
        make_node("a", "b", text="A."), make_node("b", ("c", never)), make_node("c", text="C.")
    )
    run = simulate(process, Script())
    assert "No way leads on from “B”" in run.refused
    assert (run.frames[-1].node.key, run.frames[-1].refused) == ("b", run.refused)


def test_a_way_round_in_a_circle_is_cut_when_nothing_changes_any_more() -> None:
    process = make_process(make_node("a", "b", text="A."), make_node("b", "a", text="B."))
    run = simulate(process, Script())
    assert len(run.frames) < 8
    assert "in a circle" in run.refused
    assert simulate(make_process(), Script()).refused == "This process has no phases yet."


@settings(max_examples=150, deadline=None)
@given(processes(), scopes, profiles, st.booleans())
def test_its_ways_are_those_that_the_rules_take(
    process: Process, scope: Scope, profile: dict[str, bool], fills: bool
) -> None:
    """Each phase that is met follows from the one before by the way shown as taken, over what is passed."""
    run = simulate(process, Script(scope=scope, profile=dict(profile), fills=fills))
    if not run.frames:
        return
    assert process.start is not None
    expected: str | None = process.start.key
    for frame in run.frames:
        if frame.kind in {Kind.PHASE, Kind.PASSED}:
            assert frame.node.key == expected
        if frame.leaves:
            expected = frame.taken.edge.target if frame.taken else None
        for lane in frame.lanes:
            assert (lane.status is SectionStatus.LOCKED) == (not lane.is_open)
    if run.is_complete:
        assert run.frames[-1].is_end


@settings(max_examples=100, deadline=None)
@given(processes(), scopes, profiles)
def test_a_person_who_makes_its_steps_stands_where_it_says(
    process: Process, scope: Scope, profile: dict[str, bool]
) -> None:
    run = simulate(process, Script(scope=scope, profile=dict(profile)))
    met = [frame for frame in run.frames if frame.kind is not Kind.PASSED]
    if not met:
        return
    journey = steps.begin(process)
    for frame in met:
        assert frame.kind is not Kind.PHASE or journey.node_key == frame.node.key
        journey = _done(process, journey, frame, scope, profile)
        if frame is met[-1] and run.refused:
            return
        if frame.kind is Kind.SECTION or frame.leaves:
            journey = steps.advance(process, journey)
    assert journey.status is SessionStatus.COMPLETED


def _done(
    process: Process, journey: Journey, frame: Frame, scope: Scope, profile: dict[str, bool]
) -> Journey:
    """All that the simulated person does on one screen, by the steps of sessions."""
    if frame.kind is Kind.PHASE and frame.node.form is Form.SCOPE:
        journey = steps.set_scope(process, journey, scope)
    if frame.kind is Kind.PHASE and frame.node.form is Form.PROFILE:
        journey = steps.set_profile(process, journey, profile)
    if frame.section is not None:
        journey = steps.select_section(process, journey, frame.section.key)
    for asked in frame.asked:
        if asked.value is not None:
            journey = steps.answer(process, journey, asked.prompt, asked.value)
    return journey
