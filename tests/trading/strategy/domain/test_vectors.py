"""Vectors that the browser reckons, too: both must come to the same, to the last place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trading.strategy.domain.matrix import Grid, rank, shares

VECTORS = Path(__file__).parents[4] / "static/src/matrix/vectors.json"


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text()), ids=lambda each: str(each["name"]))
def test_the_server_reckons_what_the_vectors_say(vector: dict[str, Any]) -> None:
    grid = Grid(tuple(vector["weights"]), tuple(tuple(row) for row in vector["scores"]))
    standings = sorted(rank(grid), key=lambda each: each.option)
    ranks = [each.rank for each in standings]

    assert [format(each, "f") for each in shares(grid.weights)] == vector["shares"]
    assert [
        [
            None if each.total is None else format(each.total, "f"),
            each.rank,
            each.missing,
            each.rank is not None and ranks.count(each.rank) > 1,
        ]
        for each in standings
    ] == vector["standings"]
