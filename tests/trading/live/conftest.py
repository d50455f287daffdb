"""Live trading in tests: allowed, at a stand-in of the exchange, signed by a stand-in of the library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.trading.live.counterparty import Counterparty, trading_at
from tests.trading.live.scene import Scene, make_scene
from tests.trading.live.signing import PretendSigner
from trading.services.live import accounts


@pytest.fixture
def exchange(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counterparty]:
    settings.LIVE_TRADING = True
    monkeypatch.setattr(accounts, "open_signer", PretendSigner)
    with trading_at(settings) as made:
        yield made


@pytest.fixture
def scene(exchange: Counterparty) -> Scene:
    return make_scene()
