"""The environment variables of the products on the platform: voices, workspaces, markets."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from orchestrator.config_types import ChannelUrl, ServiceKey, ServiceUrl


class ProductConfig(BaseSettings):
    transcription_provider: Literal["", "groq"] = ""
    """Who writes down what people say into their microphone, if they ask for it; empty: nobody."""
    transcription_model: str = Field(default="whisper-large-v3", min_length=1, max_length=100)
    voice_max_minutes: float = Field(default=15.0, gt=0, le=120)
    voice_max_megabytes: float = Field(default=16.0, gt=0, le=25)

    workspace_verify_own: bool = False
    """Whether an admin may verify a workspace that they approved themselves."""
    candles_max_megabytes: float = Field(default=32.0, gt=0, le=128)
    tape_max_megabytes: float = Field(default=64.0, gt=0, le=1024)
    candles_max_sets: int = Field(default=100, ge=1)
    session_max_bars: int = Field(default=200_000, ge=100)
    session_max_detections: int = Field(default=20_000, ge=1)
    workspace_repositories: Path | None = None
    """Where algorithms are kept; workers on several machines share it."""
    workspace_coding_backend: Literal["tuner", "claude"] = "tuner"
    """What is chosen where nobody chose: how a workspace's algorithm is changed."""
    workspace_claude_model: str = Field(default="claude-sonnet-5-5", min_length=1, max_length=200)
    workspace_claude_max_turns: int = Field(default=60, ge=1, le=1_000)
    workspace_claude_max_minutes: float = Field(default=20.0, gt=0, le=240)
    workspace_claude_max_cost: Decimal = Field(default=Decimal(5), gt=0, max_digits=8, decimal_places=2)
    """US dollars for one coding run, all its sessions together."""
    workspace_files: Path | None = None
    """Where files in timelines are kept; web processes on several machines share it."""
    attachment_max_image_megabytes: float = Field(default=10.0, gt=0, le=50)
    attachment_max_video_megabytes: float = Field(default=100.0, gt=0, le=2_000)
    attachment_max_file_megabytes: float = Field(default=20.0, gt=0, le=500)
    attachments_max_megabytes: float = Field(default=2_000.0, gt=0)
    """All files of one workspace together."""
    vercel_token: ServiceKey = None
    """For workspaces whose owners gave none of their own."""
    vercel_team_id: str = ""
    vercel_webhook_secret: ServiceKey = None
    vercel_base_url: ServiceUrl = ""

    market_feed: Literal["on", "off"] = "on"
    """Whether live markets are recorded here."""
    live_trading: bool = False
    """Whether orders may be sent to the exchange at all: the first of three locks."""
    live_approve_own: bool = False
    """Whether an admin may approve a workflow of their own for live orders."""
    polymarket_gamma_url: ServiceUrl = "https://gamma-api.polymarket.com"
    polymarket_clob_url: ServiceUrl = "https://clob.polymarket.com"
    polymarket_data_url: ServiceUrl = "https://data-api.polymarket.com"
    polymarket_stream_url: ChannelUrl = "wss://ws-subscriptions-clob.polymarket.com/ws/market"

    eve_esi_url: ServiceUrl = "https://esi.evetech.net"
    eve_login_url: ServiceUrl = "https://login.eveonline.com"
    eve_client_id: str = Field(default="", max_length=100)
    """Of the application that was registered with EVE; without one no character is connected."""
    eve_contact: str = Field(default="", max_length=200)
    """Whom ESI's operators may write to about this server's calls; an address."""
