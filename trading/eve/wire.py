"""What ESI's routes answer, as far as sessions rest on it. Fields that are not named here are passed over.

Shapes: https://esi.evetech.net/meta/openapi.json. Amounts of ISK are decimals, moments are aware.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from trading.eve.errors import BadEsi

Shape = TypeVar("Shape")
Id = Annotated[int, Field(ge=0)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Corporation(_Wire):
    name: str
    ticker: str
    member_count: Id
    tax_rate: Decimal
    ceo_id: Id
    alliance_id: Id | None = None
    date_founded: datetime | None = None
    war_eligible: bool | None = None
    home_station_id: Id | None = None


class Alliance(_Wire):
    name: str
    ticker: str
    date_founded: datetime
    executor_corporation_id: Id | None = None


class Character(_Wire):
    name: str
    corporation_id: Id


class MarketOrder(_Wire):
    order_id: Id
    type_id: Id
    location_id: Id
    system_id: Id | None = None
    is_buy_order: bool
    price: Decimal
    volume_remain: Id
    volume_total: Id
    issued: datetime
    duration: int


class HistoryDay(_Wire):
    date: date
    average: Decimal
    highest: Decimal
    lowest: Decimal
    order_count: Id
    volume: Id


class Price(_Wire):
    type_id: Id
    adjusted_price: Decimal | None = None
    average_price: Decimal | None = None


class CostIndex(_Wire):
    activity: str
    cost_index: Decimal


class IndustrySystem(_Wire):
    solar_system_id: Id
    cost_indices: list[CostIndex]


class Name(_Wire):
    id: Id
    name: str
    category: str


class Station(_Wire):
    name: str
    system_id: Id


class Named(_Wire):
    id: Id
    name: str


class Ids(_Wire):
    """What has a name, by kind; only the kind that is asked about is read."""

    corporations: list[Named] = []


class Wallet(_Wire):
    division: int
    balance: Decimal


class JournalEntry(_Wire):
    id: int
    date: datetime
    ref_type: str
    amount: Decimal | None = None
    balance: Decimal | None = None
    first_party_id: int | None = None
    second_party_id: int | None = None


class IndustryJob(_Wire):
    job_id: Id
    activity_id: int
    status: str
    runs: int
    blueprint_type_id: Id
    product_type_id: Id | None = None
    facility_id: Id | None = None
    installer_id: Id
    cost: Decimal | None = None
    start_date: datetime
    end_date: datetime


class CorporationOrder(_Wire):
    order_id: Id
    type_id: Id
    region_id: Id
    location_id: Id
    price: Decimal
    volume_remain: Id
    volume_total: Id
    issued: datetime
    duration: int
    escrow: Decimal | None = None
    is_buy_order: bool = False


class Asset(_Wire):
    item_id: Id
    type_id: Id
    location_id: Id
    location_type: str
    location_flag: str
    quantity: int
    is_singleton: bool


class Status(_Wire):
    players: int
    server_version: str
    start_time: datetime
    vip: bool = False


def read(shape: type[Shape], data: Any) -> Shape:
    """Raises BadEsi that names the place of the first fault."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadEsi(
            f"ESI's answer has another shape than agreed: {place or 'all of it'}: {first['msg']}."
        ) from error
