"""Texts of sentences: what they rest on survives being stored, read and edited."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from process.domain.diffs import differences
from process.domain.texts import Kind, Sentence, compose, edited, one_line, read, split_sentences

answers = st.lists(st.integers(1, 9).map(lambda number: UUID(int=number)), max_size=2, unique=True)
words = st.lists(st.sampled_from(["We", "went", "home", "Mr. Smith", "at 3.5", "ü"]), min_size=1, max_size=5)
sentences = st.builds(
    lambda words, end, answers: Sentence(
        " ".join(words) + end, Kind.ANSWERS if answers else Kind.CONNECTING, tuple(answers)
    ),
    words,
    st.sampled_from([".", "!", "?", "…"]),
    answers,
)
texts = st.lists(st.lists(sentences, min_size=1, max_size=4), min_size=1, max_size=4)


@given(texts)
def test_a_text_reads_back_as_it_was_put_together(paragraphs: list[list[Sentence]]) -> None:
    content, sources = compose(paragraphs)
    assert read(content, sources) == [tuple(paragraph) for paragraph in paragraphs]
    assert not any(word in str(sources) for word in ("went", "home", "Smith"))


@given(texts)
def test_a_text_that_is_saved_unchanged_keeps_the_words_and_no_sentence_loses_all_it_rests_on(
    paragraphs: list[list[Sentence]],
) -> None:
    content, sources = compose(paragraphs)
    again, kept = edited(read(content, sources), content)
    assert again == content
    assert [each["at"] for each in kept] == [each["at"] for each in sources]  # type: ignore[index,call-overload]
    assert not any(each["kind"] == "yours" for each in kept)  # type: ignore[index,call-overload]


@given(texts, st.text(alphabet="abc .\n", max_size=40))
def test_what_is_written_in_by_hand_is_the_persons_own(paragraphs: list[list[Sentence]], own: str) -> None:
    content, sources = compose(paragraphs)
    text, marks = edited(read(content, sources), f"{content}\n\n{own}")
    found = [sentence for paragraph in read(text, marks) for sentence in paragraph]
    mine = [sentence.text for sentence in found if sentence.kind is Kind.YOURS]
    assert mine == [part for line in own.split("\n") for part in split_sentences(line)]


def test_a_sentence_that_was_lengthened_is_not_the_old_one() -> None:
    old = [(Sentence("He went.", Kind.ANSWERS, (UUID(int=1),)),)]
    text, marks = edited(old, "And so He went. He stayed.")
    assert [sentence.kind for [*row] in read(text, marks) for sentence in row] == [Kind.YOURS, Kind.YOURS]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == old
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == new


def test_a_word_is_what_differs() -> None:
    pieces = [(piece.change, piece.text) for piece in differences("Where was it?", "Where were you?")]
    assert pieces[0] == ("same", "Where ")
    assert pieces[-1] == ("same", "?")
    assert [piece.text for piece in differences("Home.", "Home!")] == ["Home", ".", "!"]


def test_what_is_too_long_to_compare_is_shown_whole() -> None:
    old, new = "a " * 6_000, "a b " * 3_000
    assert [(piece.change, piece.text) for piece in differences(old, new)] == [("gone", old), ("new", new)]


@given(st.text(st.characters(exclude_characters="\0"), max_size=80))
def test_splitting_loses_nothing_but_blanks(text: str) -> None:
    assert "".join(one_line(part) for part in split_sentences(text)).replace(" ", "") == "".join(text.split())
