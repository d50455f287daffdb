"""What a deployment sets by environment variable, read once, with errors a person can act on."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orchestrator.embedded import locations
from orchestrator.embedded.secrets import local_secret

BASE_DIR = Path(__file__).resolve().parents[1]


class ConfigurationError(SystemExit):
    """A setting is missing or wrong. Ends the process with one clear line instead of a traceback."""


class Config(BaseSettings):
    """Environment variables by their upper-case names. Unset, the product serves this machine only."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    data_dir: Path = Field(default=BASE_DIR / ".data", validation_alias="ORCHESTRATOR_DATA_DIR")
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    debug: bool = False
    port: int = Field(default=8000, gt=0, lt=65_536)
    base_url: str = ""
    allowed_hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "localhost", "[::1]"]
    log_format: str = Field(default="console", pattern="^(console|json)$")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    email_url: str = "file:"
    database_pool: int = Field(default=0, ge=0, le=200)
    static_root: Path | None = None
    """Where ``collectstatic`` puts files for a web server in front; WhiteNoise needs none."""
    loopback: bool = Field(default=False, validation_alias="ORCHESTRATOR_LOOPBACK")

    lease_seconds: float = Field(default=15.0, gt=0, validation_alias="ORCHESTRATOR_LEASE_SECONDS")
    http_allowed_private: Annotated[list[str], NoDecode] = Field(
        default=[], validation_alias="ORCHESTRATOR_HTTP_ALLOW"
    )

    @field_validator("allowed_hosts", "http_allowed_private", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return (
            [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value
        )

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What follows from other settings where it is not set itself."""
        port = values.get("port", 8000)
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
                "SECRET_KEY is not set. A deployment with its own DATABASE_URL needs one."
            )
        return local_secret(self.data_dir, "secret-key")

    @cached_property
    def webhook_signing_secret(self) -> str:
        """Signs outgoing webhooks, so that receivers can tell them from forged ones."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return local_secret(self.data_dir, "webhook-secret")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def celery_broker(self) -> str:
        return locations.broker_url(self.redis)

    @property
    def email_backend(self) -> tuple[str, str | None]:
        """``file:`` keeps mails in the data folder, ``console:`` prints them, anything else is SMTP."""
        kind = self.email_url.partition(":")[0]
        if kind == "file":
            return "django.core.mail.backends.filebased.EmailBackend", str(self.data_dir / "mail")
        if kind == "console":
            return "django.core.mail.backends.console.EmailBackend", None
        return "django.core.mail.backends.smtp.EmailBackend", None


def load_config() -> Config:
    """Read the environment. Raises ConfigurationError with one line for every wrong variable."""
    try:
        return Config()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()]
        raise ConfigurationError("Wrong configuration.\n  " + "\n  ".join(lines)) from error
