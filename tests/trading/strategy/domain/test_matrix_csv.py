"""Matrices as tables: what is written is read back, and what is no matrix is told by its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy.domain.drafts import CriterionDraft, MatrixDraft, OptionDraft, ScoreDraft
from trading.strategy.domain.matrix import MatrixFault
from trading.strategy.domain.matrix_csv import read_matrix, write_matrix

NAMES = (
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda name: bool(name) and not name.startswith("'"))
)
SCORES = st.decimals(0, 10, places=4)


@st.composite
def drafts(draw: st.DrawFn) -> MatrixDraft:
    criteria = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    options = draw(st.lists(NAMES, max_size=5, unique=True))
    weights = draw(
        st.lists(st.decimals("0.0001", 1_000, places=4), min_size=len(criteria), max_size=len(criteria))
    )
    scores = [
        ScoreDraft(option, criterion, score)
        for option in range(len(options))
        for criterion in range(len(criteria))
        if (score := draw(st.none() | SCORES)) is not None
    ]
    return MatrixDraft(
        tuple(OptionDraft(name) for name in options),
        tuple(CriterionDraft(name, weight) for name, weight in zip(criteria, weights, strict=True)),
        tuple(scores),
    )


def written(draft: MatrixDraft) -> str:
    cells = {(each.option, each.criterion): format(each.score, "f") for each in draft.scores}
    return "".join(
        write_matrix(
            [(each.name, format(each.weight, "f")) for each in draft.criteria],
            [
                (each.name, [cells.get((at, column), "") for column in range(len(draft.criteria))])
                for at, each in enumerate(draft.options)
            ],
        )
    )


@given(drafts())
def test_what_is_written_is_read_back_exactly(draft: MatrixDraft) -> None:
    assert read_matrix(written(draft)) == draft


def test_a_name_that_a_spreadsheet_would_reckon_is_given_as_text() -> None:
    draft = MatrixDraft((OptionDraft("=1+1"),), (CriterionDraft("-cost", Decimal(1)),), ())

    assert written(draft).splitlines() == ["Option,'-cost", "Weight,1", "'=1+1,"]
    assert read_matrix(written(draft)) == draft


def test_a_spreadsheet_that_separates_by_semicolons_and_writes_commas_is_read() -> None:
    draft = read_matrix("\ufeffOption;Income;Safety\r\nWeight;2;0,5\r\nHold;6,5;\r\n;;\r\n")

    assert [(each.name, each.weight) for each in draft.criteria] == [
        ("Income", Decimal(2)),
        ("Safety", Decimal("0.5")),
    ]
    assert draft.scores == (ScoreDraft(0, 0, Decimal("6.5")),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first row names the criteria"),
        ("Option,Income\nHold,3", "begins with “Weight”"),
        ("Option,Income\nWeight,heavy", "“heavy” in row 2, column 2 is no number"),
        ("Option,Income\nWeight,1\nHold,11", "not between 0 and 10"),
        ("Option,Income\nWeight,1\nHold,NaN", "not between 0 and 10"),
        ("Option,Income\nWeight,1\nHold,1,2", "Row 3 has more cells"),
        ("Option,Income\nWeight,1\nHold,1\nHold,2", "there twice"),
        ("Option,Income\nWeight,0", "above 0"),
        ("Option,Income\nWeight,1\n" + "x,1\n" * 201, "at most 200 options"),
    ],
)
def test_what_is_no_matrix_is_told_by_its_place(text: str, words: str) -> None:
    with pytest.raises(MatrixFault, match=words) as caught:
        read_matrix(text)
    assert caught.value.field == "file"
