"""What a model's answer is read as, and what is refused in it."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy.domain.drafts import (
    CriterionDraft,
    MatrixDraft,
    OptionDraft,
    ScoreDraft,
    check_draft,
    read_draft,
    write_draft,
)
from trading.strategy.domain.matrix import MatrixFault

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "weight", "option", "criterion", "score"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def make_output(**more: Any) -> dict[str, Any]:
    return {
        "options": ["Hold", {"name": " Expand ", "description": "South"}],
        "criteria": [{"name": "Income", "weight": 2.5}, {"name": "Safety"}],
        "scores": [{"option": "hold", "criterion": "INCOME", "score": 7.12345, "reason": "r", "source": "s"}],
        **more,
    }


def test_an_answer_is_read_by_names_whatever_their_case() -> None:
    draft = read_draft(make_output())

    assert draft.options == (OptionDraft("Hold"), OptionDraft("Expand", "South"))
    assert draft.criteria == (CriterionDraft("Income", Decimal("2.5")), CriterionDraft("Safety"))
    assert draft.scores == (ScoreDraft(0, 0, Decimal("7.1234"), "r", "s"),)


@given(
    st.lists(st.decimals(0, 10, places=4), min_size=4, max_size=4),
    st.lists(st.decimals("0.0001", 1_000, places=4), min_size=2, max_size=2),
)
def test_a_draft_is_written_as_what_reads_as_the_same_draft(
    scores: list[Decimal], weights: list[Decimal]
) -> None:
    draft = MatrixDraft(
        (OptionDraft("Hold"), OptionDraft("Expand", "South")),
        tuple(CriterionDraft(f"by {at}", weight, "words") for at, weight in enumerate(weights)),
        tuple(ScoreDraft(at // 2, at % 2, score, "r", "s") for at, score in enumerate(scores)),
    )
    assert read_draft(json.loads(json.dumps(write_draft(draft)))) == draft


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"options": "x"}, "options", "no list"),
        ({"options": ["a", "a"]}, "options", "twice"),
        ({"options": [" "]}, "options", "a name"),
        ({"options": [str(at) for at in range(201)]}, "options", "at most 200"),
        ({"criteria": [{"name": "a", "weight": 0}], "scores": []}, "criteria", "above 0"),
        ({"criteria": [{"name": "a", "weight": -1}], "scores": []}, "criteria", "between 0 and 1000"),
        ({"criteria": [{"name": "a", "weight": "NaN"}], "scores": []}, "criteria", "between"),
        ({"scores": [{"option": "Nobody", "criterion": "Income", "score": 1}]}, "scores", "no option"),
        ({"scores": [{"option": "Hold", "criterion": "Income", "score": 11}]}, "scores", "0 and 10"),
        ({"scores": [{"option": "Hold", "criterion": "Income", "score": True}]}, "scores", "a number"),
        ({"scores": make_output()["scores"] * 2}, "scores", "scored twice"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(more: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(MatrixFault, match=said) as caught:
        read_draft(make_output(**more))
    assert caught.value.field == field


@given(st.dictionaries(st.sampled_from(["options", "criteria", "scores"]), JSON))
def test_whatever_a_model_says_is_read_or_refused(output: dict[str, Any]) -> None:
    with suppress(MatrixFault):
        check_draft(read_draft(output))
