"""What one record of an older product may say, checked on its own: what others say of it comes later.

Names are read in both spellings, ``patternType`` as the older product wrote it and ``pattern_type``. Fields
that are not known here are let pass, so that an export can be taken as it is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from workspaces.domain.releases import Release
from workspaces.domain.vocabulary import Access, Verdict, WorkspaceStatus

BEGAN: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(value: Any) -> Any:
    """The older product kept its times in UTC without saying so."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("is no time such as 2025-03-01T10:00:00Z") from None
    if not isinstance(value, datetime):
        raise ValueError("is no time such as 2025-03-01T10:00:00Z")
    moment = value if value.tzinfo else value.replace(tzinfo=UTC)
    if moment < BEGAN:
        raise ValueError("lies before 1970")
    return moment.astimezone(UTC)


def _version(value: Any) -> str:
    return str(Release.read(str(value)))


Moment = Annotated[datetime, BeforeValidator(_moment)]
Version = Annotated[str, BeforeValidator(_version)]
Direction = Literal["bullish", "bearish"]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Bar = Annotated[int, Field(ge=0, le=2**31 - 1)]
Price = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """What stands inside a record."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        str_strip_whitespace=True,
        coerce_numbers_to_str=True,
        extra="allow",
    )


class Record(Part):
    """``id`` is its identity in the older product: what was taken over once is known by it."""

    id: Key


class CandleRecord(Record):
    """Candles as CSV text, as a CSV file beside this one, or as bars."""

    name: str = Field(default="", max_length=200)
    created_by: Key | None = None
    csv: str | None = None
    file: str | None = Field(default=None, max_length=200)
    bars: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> CandleRecord:
        if sum(each is not None for each in (self.csv, self.file, self.bars)) != 1:
            raise ValueError("give one of csv, file and bars")
        return self


class DetectionRecord(Part):
    """``confirmed_at`` is the bar with whose close it was known; of one that does not say so, its own."""

    kind: Key
    direction: Direction
    bar: Bar
    price: Price
    confirmed_at: Bar | None = None
    reason: str = ""
    top: Price | None = None
    bottom: Price | None = None
    origin: Bar | None = None

    @model_validator(mode="after")
    def _causal(self) -> DetectionRecord:
        if self.known_at < self.bar:
            raise ValueError("confirmedAt lies before the bar itself")
        return self

    @property
    def known_at(self) -> int:
        return self.bar if self.confirmed_at is None else self.confirmed_at


class FeedbackPart(Part):
    """A correction inside its session. ``detection`` counts the session's detections from 1."""

    id: Key | None = None
    verdict: Verdict
    detection: Annotated[int, Field(ge=1)] | None = None
    kind: Key | None = None
    direction: Direction | None = None
    bar: Bar | None = None
    price: Price | None = None
    note: str = ""
    created_by: Key | None = None
    created_at: Moment | None = None
    sent_to_claude_at: Moment | None = None


class FeedbackRecord(FeedbackPart):
    """A correction on its own."""

    id: Key
    session_id: Key


class SessionRecord(Record):
    """A test session. ``candles`` is the id of a candle record."""

    pattern_type: Key
    candles: Key
    created_at: Moment
    completed_at: Moment | None = None
    created_by: Key | None = None
    first_bar: Bar = 0
    last_bar: Bar | None = None
    parameters: dict[str, bool | int | float | str] = Field(default_factory=dict)
    version: Version = "0.0.0"
    detections: list[DetectionRecord] = Field(default_factory=list)
    feedback: list[FeedbackPart] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> SessionRecord:
        if self.completed_at is not None and self.completed_at < self.created_at:
            raise ValueError("completedAt lies before createdAt")
        return self


class MemberPart(Part):
    user: Key
    access: Access = Access.VIEWER


class PatternRecord(Part):
    """What the older product knew of a pattern type, if anything."""

    pattern_type: Key
    created_at: Moment
    created_by: Key | None = None
    name: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=50)
    description: str = Field(default="", max_length=10_000)
    user_reasoning: str = Field(default="", max_length=10_000)
    identification_steps: list[str] = Field(default_factory=list)
    status: WorkspaceStatus = WorkspaceStatus.SOON
    version: Version = "0.0.0"
    implemented_at: Moment | None = None
    approved_at: Moment | None = None
    approved_by: Key | None = None
    verified_at: Moment | None = None
    verified_by: Key | None = None
    members: list[MemberPart] = Field(default_factory=list)

    @model_validator(mode="after")
    def _stamped(self) -> PatternRecord:
        """A status without the time at which it came about would have no entry in the timeline."""
        needed = {
            WorkspaceStatus.BETA: ("implemented_at",),
            WorkspaceStatus.IN_REVIEW: ("implemented_at", "approved_at"),
            WorkspaceStatus.VERIFIED: ("implemented_at", "approved_at", "verified_at"),
        }.get(self.status, ())
        moments = [self.created_at]
        for name in needed:
            if (moment := getattr(self, name)) is None:
                raise ValueError(f"a pattern that is {self.status} says {to_camel(name)}")
            moments.append(moment)
        if moments != sorted(moments):
            raise ValueError("its times are not in the order created, implemented, approved, verified")
        return self


class ImplementationRecord(Record):
    """An ``ImplementationSession``: kept as it was."""

    pattern_type: Key
    created_at: Moment
