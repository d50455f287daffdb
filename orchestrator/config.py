"""What a deployment sets by environment variable, read once, with errors a person can act on."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from orchestrator.config_products import ProductConfig
from orchestrator.config_types import (
    P256_ORDER,
    Hosts,
    MailUrl,
    Origin,
    PostgresUrl,
    PrivateAddresses,
    RateText,
    RedisUrl,
    Sender,
    ServiceKey,
    ServiceUrl,
    SigningKey,
    SigningKeys,
    VapidKey,
)
from orchestrator.email_url import EmailSettings, parse_email_url
from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.secrets import local_secret

BASE_DIR = Path(__file__).resolve().parents[1]
_web = False


def declare_web_process() -> None:
    """Called by the ASGI application before settings are read; too late, it changes nothing."""
    global _web
    _web = not settings.configured


def serves_web() -> bool:
    """Whether this process answers requests and sockets, and nothing else."""
    return _web


class ConfigurationError(SystemExit):
    """A setting is missing or wrong. Ends the process with one clear line instead of a traceback."""


class Config(ProductConfig):
    """Environment variables by their upper-case names. Unset, the product serves this machine only."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    data_dir: Path = Field(default=BASE_DIR / ".data", validation_alias="ORCHESTRATOR_DATA_DIR")
    database_url: PostgresUrl | None = None
    web_database_url: PostgresUrl | None = None
    redis_url: RedisUrl | None = None
    secret_key: SigningKey | None = None
    webhook_secret: SigningKey | None = None
    field_encryption_keys: SigningKeys = []
    """The first encrypts, all decrypt."""
    vapid_private_key: VapidKey = None
    debug: bool = False
    port: int = Field(default=8000, gt=0, lt=65_536)
    base_url: Origin = ""
    allowed_hosts: Hosts = ["127.0.0.1", "localhost", "[::1]"]
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    email_url: MailUrl = SecretStr("file:")
    email_from: Sender = "Orchestrator <orchestrator@localhost>"
    database_pool: int = Field(default=0, ge=0, le=200)
    static_root: Path | None = None
    """Where ``collectstatic`` puts files for a web server in front; WhiteNoise needs none."""
    loopback: bool = Field(default=False, validation_alias="ORCHESTRATOR_LOOPBACK")

    gemini_api_key: ServiceKey = None
    groq_api_key: ServiceKey = None
    perplexity_api_key: ServiceKey = None
    anthropic_api_key: ServiceKey = None
    gemini_base_url: ServiceUrl = ""
    groq_base_url: ServiceUrl = ""
    perplexity_base_url: ServiceUrl = ""
    anthropic_base_url: ServiceUrl = ""
    ai_monthly_budget: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=6)
    """US dollars a person may spend on AI calls in a month, where nobody set them a limit of their own."""

    metrics_token: SecretStr | None = None
    replica_database_url: PostgresUrl | None = None
    database_pool_min: int = Field(default=1, ge=0, le=200)
    database_pool_timeout_seconds: float = Field(default=10.0, gt=0, le=300)

    login_attempts: int = Field(default=5, gt=0, le=100)
    login_cooloff_minutes: float = Field(default=15.0, gt=0, le=7 * 24 * 60)
    sign_up: bool = False
    api_rate_user: RateText = "6000/min"
    api_rate_key: RateText = "6000/min"
    api_rate_anonymous: RateText = "300/min"
    api_rate_login: RateText = "30/min"

    lease_seconds: float = Field(default=15.0, gt=0, validation_alias="ORCHESTRATOR_LEASE_SECONDS")
    event_retention_days: int = Field(default=90, ge=0, le=36_500)
    execution_retention_days: int = Field(default=30, ge=0, le=36_500)
    failed_execution_retention_days: int = Field(default=90, ge=0, le=36_500)
    ai_call_retention_days: int = Field(default=400, ge=0, le=36_500)
    """0 keeps them for good."""
    http_allowed_private: PrivateAddresses = Field(default=[], validation_alias="ORCHESTRATOR_HTTP_ALLOW")

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What follows from other settings where it is not set itself."""
        given = str(values.get("port", ""))
        port = given if given.isdecimal() and 0 < int(given) < 65_536 else "8000"  # a wrong one is told once
        values.setdefault("base_url", f"http://127.0.0.1:{port}")
        if values.get("ORCHESTRATOR_LOOPBACK"):  # the demo's workflows call this server
            values.setdefault("ORCHESTRATOR_HTTP_ALLOW", f"127.0.0.1:{port},localhost:{port}")
        return values

    @cached_property
    def database(self) -> str:
        """The database given, else the one that ``make up`` runs under the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return locations.default_database_url(self.data_dir)

    @cached_property
    def database_of_this_process(self) -> str:
        """What this process connects to: web processes as a role that row-level security binds."""
        return self.web_database if serves_web() else self.database

    @cached_property
    def replica_of_this_process(self) -> str:
        """The replica that lists and analytics are read from, by web processes; empty without one."""
        if self.replica_database_url is None or not serves_web():
            return ""
        url = self.replica_database_url.get_secret_value()
        return url if urlsplit(url).username == locations.WEB_ROLE else _with_role(url, locations.WEB_ROLE)

    @cached_property
    def web_database(self) -> str:
        """The web role's own log-in, else the owner's with that role taken from the first moment on."""
        if self.web_database_url is not None:
            return self.web_database_url.get_secret_value()
        if self.database == locations.default_database_url(self.data_dir):
            return locations.default_web_database_url(self.data_dir)
        return _with_role(self.database, locations.WEB_ROLE)

    @cached_property
    def web_password(self) -> str:
        """What ``migrate`` gives the web role as its password, where it has one."""
        given = self.web_database_url.get_secret_value() if self.web_database_url else ""
        parts = urlsplit(given)
        return unquote(parts.password or "") if parts.username == locations.WEB_ROLE else ""

    @cached_property
    def redis(self) -> str:
        if self.redis_url is not None:
            return self.redis_url.get_secret_value()
        return locations.default_redis_url(self.data_dir)

    @cached_property
    def secret(self) -> str:
        """The signing key. Made and kept under the data folder while the product is only local."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        if self.database_url is not None and not self.loopback:
            raise ConfigurationError(
                "SECRET_KEY: Not set. A deployment with its own DATABASE_URL needs 50 random characters."
            )
        return self._local_secret("secret-key")

    @cached_property
    def webhook_signing_secret(self) -> str:
        """Signs outgoing webhooks, so that receivers can tell them from forged ones."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return self._local_secret("webhook-secret")

    @cached_property
    def encryption_keys(self) -> list[str]:
        """What stored secrets are encrypted with. Made and kept while the product is only local."""
        if self.field_encryption_keys:
            return [key.get_secret_value() for key in self.field_encryption_keys]
        if self.database_url is not None and not self.loopback:
            raise ConfigurationError(
                "FIELD_ENCRYPTION_KEYS: Not set. "
                "A deployment with its own DATABASE_URL needs 50 random characters."
            )
        return [self._local_secret("field-encryption-key")]

    @property
    def ai_providers(self) -> dict[str, dict[str, str]]:
        """By provider: the server's own ``key``, and the ``base_url`` where it is not the usual one."""
        given = {
            "gemini": (self.gemini_api_key, self.gemini_base_url),
            "groq": (self.groq_api_key, self.groq_base_url),
            "perplexity": (self.perplexity_api_key, self.perplexity_base_url),
            "claude": (self.anthropic_api_key, self.anthropic_base_url),
        }
        return {
            name: {"key": key.get_secret_value() if key else "", "base_url": url}
            for name, (key, url) in given.items()
        }

    @cached_property
    def vapid_key(self) -> str:
        """Says to browsers' push services who we are: the one given, else one that follows from SECRET_KEY.

        32 bytes in URL-safe base64. Browsers are bound to it: with another one they have to be asked anew.
        """
        if self.vapid_private_key is not None:
            return self.vapid_private_key.get_secret_value()
        digest = hashlib.sha256(b"orchestrator web push\x00" + self.secret.encode()).digest()
        scalar = int.from_bytes(digest) % (P256_ORDER - 1) + 1
        return base64.urlsafe_b64encode(scalar.to_bytes(32)).decode().rstrip("=")

    @property
    def vapid_subject(self) -> str:
        """Whom a push service may write to when something is wrong, as a mailto: or https: URI (RFC 8292)."""
        address = self.email_from.rpartition("<")[2].rstrip(">")
        return self.base_url if self.is_https else f"mailto:{address}"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def celery_broker(self) -> str:
        return locations.broker_url(self.redis)

    @cached_property
    def email(self) -> EmailSettings:
        return parse_email_url(self.email_url.get_secret_value(), default_folder=str(self.data_dir / "mail"))

    def _local_secret(self, name: str) -> str:
        try:
            return local_secret(self.data_dir, name)
        except (EmbeddedError, OSError) as error:
            raise ConfigurationError(f"ORCHESTRATOR_DATA_DIR: {error}") from error


def load_config() -> Config:
    """Read the environment. Raises ConfigurationError with one line for every wrong variable."""
    try:
        return Config()
    except ValidationError as error:
        raise ConfigurationError("\n".join(_line(fault) for fault in error.errors())) from error


def _with_role(url: str, role: str) -> str:
    """The same address, with a libpq option that takes the role when connecting."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    given = " ".join(value for name, value in query if name == "options")
    rest = [(name, value) for name, value in query if name != "options"]
    options = f"{given} -c role={role}".strip()
    return urlunsplit(parts._replace(query=urlencode([*rest, ("options", options)], quote_via=quote)))


def _line(fault: Any) -> str:
    """``PORT: …``. What was given is not repeated: it may be a secret."""
    name = str(fault["loc"][0]).upper() if fault["loc"] else "Configuration"
    return f"{name}: {str(fault['msg']).removeprefix('Value error, ')}."
