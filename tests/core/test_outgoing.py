"""What others ask for in ``Retry-After``, whoever they are."""

from __future__ import annotations

import pytest
import time_machine

from orchestrator.core.outgoing import LONGEST_PAUSE_SECONDS, seconds_of


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0.0),
        ("17", 17.0),
        ("1.5", 1.5),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("9" * 20, LONGEST_PAUSE_SECONDS),
        ("9" * 400, LONGEST_PAUSE_SECONDS),
        ("Fri, 01 Jan 9999 00:00:00 GMT", LONGEST_PAUSE_SECONDS),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Wed, 21 Oct 2026 07:28:30", None),
        ("-5", None),
        ("1e9", None),
        ("²", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
@time_machine.travel("2026-10-21T07:28:00+00:00", tick=False)
def test_a_pause_is_read_in_both_forms_and_kept_within_what_clocks_can_reckon(
    asked: str, seconds: float | None
) -> None:
    assert seconds_of(asked) == seconds
