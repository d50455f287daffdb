"""What is gathered of a corporation: kept with its age, asked again when it ran out, pruned unless cited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from tests.stand_in import Answer, Received
from tests.trading.eve.stand_in import answer, corporation, fault
from tests.trading.strategy.scene import INFO, Scene, eve
from trading.eve.errors import EsiAway, EsiForbidden, EsiUnknown, NoConsent, TokenRevoked
from trading.strategy.domain.facts import facts_of
from trading.strategy.models import Snapshot, StrategicSession, StrategicStep
from trading.strategy.services.fetching import Found
from trading.strategy.services.generating import generate_corporation
from trading.strategy.services.refreshing import progress_of, refresh_corporation
from trading.strategy.services.snapshots import (
    available_kinds,
    gather,
    prune_snapshots,
    store_snapshot,
)

pytestmark = pytest.mark.django_db
WALLETS = f"{INFO}/wallets"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        yield made


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {each.name: each.text for each in facts_of(snapshot.kind, snapshot.data)}


def test_what_holds_is_not_asked_again_and_has_esi_s_own_age(scene: Scene) -> None:
    made = utc_now() - timedelta(minutes=30)
    scene.esi.replies[INFO] = answer(corporation(), at=made, seconds=60)

    first, second = (gather(scene.corporation, ["corporation"])[0] for _ in range(2))

    assert first.pk == second.pk
    assert first.as_of == made.replace(microsecond=0)
    assert scene.esi.asked == [INFO]
    assert texts(first)["members"] == "42 members"
    scene.corporation.refresh_from_db()
    assert (scene.corporation.name, scene.corporation.ticker) == ("Generated Industries", "GNRTD")


def test_what_esi_says_unchanged_holds_longer_and_is_no_second_snapshot(scene: Scene) -> None:
    made = utc_now() - timedelta(hours=1)
    scene.esi.replies[INFO] = answer(corporation(), at=made, seconds=-5)
    first = gather(scene.corporation, ["corporation"])[0]
    scene.esi.replies[INFO] = answer(corporation(), at=made, seconds=300)

    second = gather(scene.corporation, ["corporation"])[0]

    assert (second.pk, Snapshot.objects.count()) == (first.pk, 1)
    assert second.until > first.until


def test_amounts_stay_as_exact_as_they_came(scene: Scene) -> None:
    scene.connect()
    body = b'[{"division": 1, "balance": 123456789012345678.91}, {"division": 2, "balance": 0.1}]'
    scene.esi.replies[WALLETS] = Answer(200, body, {"expires": "Sun, 22 Nov 2099 04:00:00 GMT"})

    snapshot = gather(scene.corporation, ["wallets"])[0]

    assert snapshot.data["divisions"][0]["balance"] == "123456789012345678.91"
    assert texts(snapshot)["wallet.total"] == "123,456,789,012,345,679.01 ISK in all wallets together"
    headers = [each.headers for each in scene.esi.server.received]
    assert headers[-1]["authorization"].startswith("Bearer ey"), "with the renewed token"


def test_a_month_s_journal_is_summed_by_reason_over_all_divisions(scene: Scene) -> None:
    scene.connect()
    day = "2026-11-20T10:00:00Z"
    rows = [
        {"id": 1, "date": day, "ref_type": "bounty_prizes", "amount": 10.5},
        {"id": 2, "date": day, "ref_type": "bounty_prizes", "amount": 5},
        {"id": 3, "date": day, "ref_type": "brokers_fee", "amount": -3.25},
    ]
    for division in range(1, 8):
        path = f"{WALLETS}/{division}/journal"
        scene.esi.replies[path] = answer(rows if division == 2 else [], pages=1)

    told = texts(gather(scene.corporation, ["journal"])[0])

    assert told["flow.net"] == "12.25 ISK net from 2026-11-20 to 2026-11-20"
    assert told["flow.bounty_prizes"] == "Bounty prizes: 15.50 ISK net in 2 entries"
    assert told["flow.entries"] == "3 entries in the journal"


def test_assets_are_worth_what_eve_s_prices_say(scene: Scene) -> None:
    scene.connect()
    thing = {"location_id": 1, "location_type": "station", "location_flag": "x", "is_singleton": False}
    assets = [
        {**thing, "item_id": 1, "type_id": 34, "quantity": 1_000},
        {**thing, "item_id": 2, "type_id": 34, "quantity": 500},
        {**thing, "item_id": 3, "type_id": 999, "quantity": -1},
    ]
    scene.esi.replies[f"{INFO}/assets"] = answer(assets, pages=1)
    scene.esi.replies["/markets/prices"] = answer([{"type_id": 34, "adjusted_price": 5.5}])
    scene.esi.replies["/universe/names"] = answer(
        [{"id": 34, "name": "Tritanium", "category": "inventory_type"}]
    )

    told = texts(gather(scene.corporation, ["assets"])[0])

    assert told["assets.worth"] == "Worth 8,250.00 ISK by EVE's adjusted prices"
    assert told["asset.34"] == "1,500 Tritanium, worth 8,250.00 ISK (100.0 %)"
    assert told["assets.unpriced"] == "1 types have no price"


def test_a_market_is_looked_at_type_by_type_and_unknown_ones_are_left_out(scene: Scene) -> None:
    order = {"type_id": 34, "location_id": 1, "issued": "2026-11-20T10:00:00Z", "duration": 90}
    orders = [
        {**order, "order_id": 1, "is_buy_order": True, "price": 4, "volume_remain": 10, "volume_total": 10},
        {**order, "order_id": 2, "is_buy_order": False, "price": 5, "volume_remain": 7, "volume_total": 9},
    ]

    def reply(query: dict[str, str], request: Received) -> Answer:
        return answer(orders, pages=1) if query["type_id"] == "34" else fault(404, "Type not found")

    scene.esi.replies["/markets/10000002/orders"] = reply

    told = texts(gather(scene.corporation, ["market"])[0])

    assert told == {
        "market.34": "Tritanium: bought for 4.00 ISK, sold for 5.00 ISK, a spread of 20.0 %, "
        "10 wanted and 7 on offer"
    }


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (fault(503), EsiAway),
        (fault(404, "Corporation not found"), EsiUnknown),
        (fault(403, "Character does not have required role(s)"), EsiForbidden),
        (fault(401, "token is invalid"), TokenRevoked),
    ],
)
def test_what_goes_wrong_leaves_what_was_known(
    scene: Scene, reply: Answer, expected: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    scene.connect()
    known = store_snapshot(
        scene.corporation, "members", Found({"count": 1}, utc_now() - timedelta(days=1), utc_now())
    )
    scene.esi.replies[f"{INFO}/members"] = reply

    with pytest.raises(expected):
        gather(scene.corporation, ["members"])

    assert list(Snapshot.objects.all()) == [known]


def test_without_a_character_that_agreed_it_is_told_what_is_missing(scene: Scene) -> None:
    with pytest.raises(NoConsent, match="Who is in the corporation"):
        gather(scene.corporation, ["members"])
    scene.connect(scopes=["esi-assets.read_corporation_assets.v1"])
    assert "assets" in available_kinds(scene.corporation)
    assert "members" not in available_kinds(scene.corporation)


def test_a_character_without_the_role_is_passed_over_for_one_that_has_it(scene: Scene) -> None:
    later = utc_now() + timedelta(hours=1)
    scene.connect(access_token="one", expires_at=later)
    scene.connect(character_id=90_000_002, name="Accountant", access_token="two", expires_at=later)
    scene.esi.replies[WALLETS] = lambda query, request: (
        answer([{"division": 1, "balance": 1}])
        if request.headers["authorization"] == "Bearer two"
        else fault(403, "Character does not have required role(s)")
    )

    assert gather(scene.corporation, ["wallets"])[0].data["divisions"][0]["balance"] == "1"
    assert not scene.corporation.characters.exclude(fault="").exists(), "a missing role is no fault"


def test_a_kind_that_does_not_exist_is_refused(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="“secrets”"):
        gather(scene.corporation, ["secrets"])


def test_old_snapshots_go_unless_a_step_was_given_them(scene: Scene) -> None:
    begin = utc_now() - timedelta(days=9)
    stored = [
        store_snapshot(
            scene.corporation, "members", Found({"count": day}, begin + timedelta(days=day), begin)
        )
        for day in range(6)
    ]
    session = StrategicSession.objects.create(corporation=scene.corporation, initiator="x", title="y")
    given: dict[str, Any] = {"data": [{"kind": "members", "snapshot": str(stored[1].pk)}]}
    StrategicStep.objects.create(session=session, position=0, step_type="situation", title="s", input=given)

    assert prune_snapshots(scene.corporation, "members", most=2) == 3

    left = Snapshot.objects.order_by("as_of")
    assert list(left) == [stored[1], stored[4], stored[5]]


def test_a_generated_corporation_is_never_asked_about(scene: Scene) -> None:
    other = generate_corporation(_owner_of_two(scene))

    kinds = available_kinds(other)
    found = gather(other, kinds)

    assert len(kinds) == 12
    assert {each.source for each in found} == {"generated"}
    assert scene.esi.asked == []
    assert Snapshot.objects.filter(corporation=other).count() == 48


def _owner_of_two(scene: Scene) -> Any:
    scene.corporation.delete()
    return scene.owner


def test_a_refresh_gets_what_it_can_and_tells_what_it_did_not(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    scene.esi.replies["/markets/prices"] = answer([{"type_id": 34, "adjusted_price": 5.5}])
    scene.esi.replies["/industry/systems"] = fault(502)

    refresh_corporation(scene.corporation.pk)

    progress = progress_of(scene.corporation.pk)
    assert progress is not None
    assert (progress.is_over, progress.done, progress.total) == (True, 6, 6)
    assert set(progress.faults) == {"indices", "market", "history"}
    assert "problem of its own" in progress.faults["indices"]
    stored = Snapshot.objects.filter(corporation=scene.corporation).values_list("kind", flat=True)
    assert set(stored) == {"corporation", "alliance", "prices"}
