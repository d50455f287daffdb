from __future__ import annotations

import time

from trading.domain.benchmark import generate, measure
from trading.domain.book import Books


def test_a_generated_stream_is_the_same_for_a_seed_and_can_be_taken_whole() -> None:
    stream = list(generate(3_000, seed=7))

    assert stream == list(generate(3_000, seed=7))
    assert stream != list(generate(3_000, seed=8))
    books = Books()
    for message in stream:
        books.apply(message)
    assert len(books.by_token) == 10


def test_a_million_messages_stay_far_below_the_minute_that_a_backtest_may_take() -> None:
    stream = list(generate(20_000))

    measured = measure(stream, time.process_time)

    assert (measured.windows, measured.messages) == (19, 20_000)
    assert measured.orders > 0
    assert measured.fills > 0
    assert measured.microseconds < 30  # of processor time; it is near 4 on the machine it was made on
