"""The settings of a workflow, as its owner writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from orchestrator.core.schemas import check_schema
from orchestrator.workflows.domain.channels import read_channel


class WorkflowSettings(BaseModel):
    """What holds for every run of a workflow. A run keeps the settings it started with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout_seconds: float | None = Field(default=None, gt=0, le=366 * 86_400)
    max_retries: int = Field(default=0, ge=0, le=99)
    """For steps that have no retry policy of their own."""
    concurrency: int | None = Field(default=None, ge=1, le=10_000)
    """Runs at a time; further starts wait their turn, in order."""
    parallel_steps: int = Field(default=16, ge=1, le=100)
    """Steps of one run that work side by side."""
    max_steps: int = Field(default=10_000, ge=1, le=1_000_000)
    max_cost: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=6)
    """US dollars that the AI calls of one run may cost. A call that could pass it is not made."""
    max_cost_per_month: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=6)
    """The same for all runs of a calendar month (UTC) together."""
    notify_on_failure: bool = True
    notify_on_success: bool = False
    notify_on_approval: bool = True
    """Also tell the channels that an approval waits; those who are asked are told in any case."""
    notification_channels: list[str] = Field(default=[], max_length=20)
    """``domain.channels``; empty: the owners."""
    input_schema: dict[str, Any] | None = None
    """JSON Schema of the input: makes the form on the run button and is checked when a run starts."""

    @field_validator("notification_channels")
    @classmethod
    def _are_channels(cls, value: list[str], info: ValidationInfo) -> list[str]:
        """Checked when they are saved; a run is not stopped by how somebody is to be told of its end."""
        if not (info.context or {}).get("saving"):
            return value
        return list(dict.fromkeys(read_channel(each).text for each in value))

    @field_validator("input_schema")
    @classmethod
    def _is_a_schema(cls, value: dict[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
        """Checked when it is saved: that takes long, and settings are read whenever a run moves."""
        saving = (info.context or {}).get("saving")
        return check_schema(value) if saving and value is not None else value
