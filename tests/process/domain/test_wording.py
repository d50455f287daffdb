"""Conditions in words, and in the one shape that forms fill in."""

from __future__ import annotations

import pytest

from orchestrator.core.json import Json
from process.domain.conditions import BadCondition, compile_condition, fields_of
from process.domain.wording import in_words

CASES: list[tuple[str, Json, Json, str]] = [
    ("", None, None, ""),
    ("always", {"left": "over"}, None, ""),
    ("scope_match", "unsure", {"scopes": ["unsure"]}, "scope is unsure"),
    ("scope_match", {"scope": ["whole_life"]}, {"scopes": ["whole_life"]}, "scope is whole life"),
    ("profile_flag", "has_children", {"has_children": True}, "has children: yes"),
    ("profile_flag", {"flag": "wealth", "equals": 3}, {"wealth": 3}, "Money: 3"),
    (
        "profile_boundary",
        "comfortable_discussing_trauma",
        {"boundaries": ["trauma"]},
        "may be asked about trauma",
    ),
    ("section_selected", ["faith", "war"], {"sections": ["faith", "war"]}, "“Faith” or “war” is selected"),
    ("section_active", {"section": "faith"}, {"sections": ["faith"]}, "“Faith” is being worked on"),
    ("expression", " true ", {"expression": "true"}, "true"),
]


@pytest.mark.parametrize(("kind", "value", "fields", "words"), CASES)
def test_a_condition_is_read_into_one_shape_and_told_in_words(
    kind: str, value: Json, fields: Json, words: str
) -> None:
    assert fields_of(kind, value) == fields
    assert in_words(kind, value, flags={"wealth": "Money"}, sections={"faith": "Faith"}) == words


@pytest.mark.parametrize(("kind", "value", "fields", "words"), CASES)
def test_the_one_shape_means_the_same(kind: str, value: Json, fields: Json, words: str) -> None:
    assert compile_condition(kind, fields).source == compile_condition(kind, value).source


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(BadCondition):
        fields_of("scope_match", "mars")
    assert in_words("scope_match", "mars").startswith("There is no scope “mars”.")
