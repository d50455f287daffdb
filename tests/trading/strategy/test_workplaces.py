"""Where a corporation works: of its home, its offices and its jobs, and of no other system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.stand_in import Answer
from tests.trading.eve import stand_in
from tests.trading.eve.stand_in import answer, fault
from tests.trading.strategy.scene import INFO, Scene, eve
from trading.strategy.services.calling import calling_esi
from trading.strategy.services.fetching import Found, fetch
from trading.strategy.services.snapshots import store_snapshot

pytestmark = pytest.mark.django_db
HOME, OFFICE, STRUCTURE = 60_000_001, 60_000_002, 1_035_466_617_946


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        made.esi.replies[INFO] = answer(stand_in.corporation(home_station_id=HOME))
        for station, system in ((HOME, 30_000_001), (OFFICE, 30_000_002)):
            told = {"name": "A station", "system_id": system, "station_id": station}
            made.esi.replies[f"/universe/stations/{station}"] = answer(told)
        made.esi.replies["/universe/names"] = answer(
            [{"id": 30_000_000 + at, "name": f"System {at}", "category": "solar_system"} for at in (1, 2)]
        )
        made.esi.replies["/industry/systems"] = answer(
            [
                {
                    "solar_system_id": 30_000_000 + at,
                    "cost_indices": [{"activity": "manufacturing", "cost_index": at / 100}],
                }
                for at in range(1, 9)
            ]
        )
        yield made


def indices(scene: Scene) -> Found:
    with calling_esi() as esi:
        return fetch(esi, scene.corporation, "indices")


def told(found: Found) -> list[dict[str, Any]]:
    systems: Any = found.data["systems"]
    return list(systems)


def test_indices_are_of_its_home_its_offices_and_its_jobs(scene: Scene) -> None:
    now = utc_now()
    places = {
        "jobs": [HOME, STRUCTURE],
        "assets": [OFFICE, STRUCTURE],
    }
    for kind, ids in places.items():
        data: dict[str, Any] = {"places": [{"place_id": each, "count": 1} for each in ids]}
        store_snapshot(scene.corporation, kind, Found({**data, "ends": [], "top": []}, now, now))

    found = indices(scene)

    systems = [(each["name"], each["why"]) for each in told(found)]
    assert systems == [("System 1", ["home", "jobs"]), ("System 2", ["offices"])]
    assert found.data["unplaced"] == 1, "ESI tells of a structure only those who may dock there"
    assert f"/universe/stations/{STRUCTURE}" not in scene.esi.asked


def test_without_a_character_it_is_its_home_alone(scene: Scene) -> None:
    assert [each["name"] for each in told(indices(scene))] == ["System 1"]


def test_a_home_that_is_a_structure_is_counted_and_not_guessed(scene: Scene) -> None:
    scene.esi.replies[INFO] = answer(stand_in.corporation(home_station_id=STRUCTURE))

    found = indices(scene)

    assert (told(found), found.data["unplaced"]) == ([], 1)


@pytest.mark.parametrize(
    ("reply", "status", "says"),
    [
        (answer({"corporations": [{"id": 98_000_007, "name": "Lantern"}]}), 200, "98000007"),
        (answer({"characters": [{"id": 1, "name": "Lantern"}]}), 400, "EVE knows no corporation called"),
        (fault(503), 503, "ESI has a problem of its own"),
    ],
)
def test_a_corporation_is_looked_up_by_its_whole_name(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, reply: Answer, status: int, says: str
) -> None:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    scene.esi.replies["/universe/ids"] = reply
    client = Client()
    client.force_login(make_user("bob"), backend="orchestrator.accounts.backends.AnyCaseBackend")

    answered = client.get(reverse("strategy:new-corporation"), {"name": "Lantern"})

    assert (answered.status_code, says in answered.content.decode()) == (status, True)
    assert client.get(reverse("strategy:new-corporation"), {"name": ""}).status_code == 400
