"""The environment: what it may say, and one clear line for each thing that makes no sense."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config import Config, ConfigurationError, load_config
from orchestrator.email_url import EmailSettings, parse_email_url

KEY = "k" * 50
NAMES = (
    "AI_CALL_RETENTION_DAYS",
    "AI_MONTHLY_BUDGET",
    "ALLOWED_HOSTS",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "API_RATE_ANONYMOUS",
    "API_RATE_KEY",
    "API_RATE_LOGIN",
    "API_RATE_USER",
    "ATTACHMENTS_MAX_MEGABYTES",
    "ATTACHMENT_MAX_FILE_MEGABYTES",
    "ATTACHMENT_MAX_IMAGE_MEGABYTES",
    "ATTACHMENT_MAX_VIDEO_MEGABYTES",
    "CANDLES_MAX_MEGABYTES",
    "CANDLES_MAX_SETS",
    "SESSION_MAX_BARS",
    "SESSION_MAX_DETECTIONS",
    "WORKSPACE_CLAUDE_MAX_COST",
    "WORKSPACE_CLAUDE_MAX_MINUTES",
    "WORKSPACE_CLAUDE_MAX_TURNS",
    "WORKSPACE_CLAUDE_MODEL",
    "WORKSPACE_CODING_BACKEND",
    "WORKSPACE_FILES",
    "WORKSPACE_REPOSITORIES",
    "BASE_URL",
    "DATABASE_POOL",
    "DATABASE_POOL_MIN",
    "DATABASE_POOL_TIMEOUT_SECONDS",
    "DATABASE_URL",
    "DEBUG",
    "EMAIL_FROM",
    "EMAIL_URL",
    "EVENT_RETENTION_DAYS",
    "EVE_CLIENT_ID",
    "EVE_CONTACT",
    "EVE_ESI_URL",
    "EVE_LOGIN_URL",
    "EXECUTION_RETENTION_DAYS",
    "FAILED_EXECUTION_RETENTION_DAYS",
    "FIELD_ENCRYPTION_KEYS",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GROQ_API_KEY",
    "GROQ_BASE_URL",
    "LIVE_APPROVE_OWN",
    "LIVE_TRADING",
    "LOGIN_ATTEMPTS",
    "LOGIN_COOLOFF_MINUTES",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MARKET_FEED",
    "METRICS_TOKEN",
    "ORCHESTRATOR_DATA_DIR",
    "ORCHESTRATOR_HTTP_ALLOW",
    "ORCHESTRATOR_LEASE_SECONDS",
    "ORCHESTRATOR_LOOPBACK",
    "PERPLEXITY_API_KEY",
    "PERPLEXITY_BASE_URL",
    "POLYMARKET_CLOB_URL",
    "POLYMARKET_DATA_URL",
    "POLYMARKET_GAMMA_URL",
    "POLYMARKET_STREAM_URL",
    "PORT",
    "REDIS_URL",
    "REPLICA_DATABASE_URL",
    "SECRET_KEY",
    "SIGN_UP",
    "STATIC_ROOT",
    "TAPE_MAX_MEGABYTES",
    "TRANSCRIPTION_MODEL",
    "TRANSCRIPTION_PROVIDER",
    "VAPID_PRIVATE_KEY",
    "VOICE_MAX_MEGABYTES",
    "VOICE_MAX_MINUTES",
    "WEBHOOK_SECRET",
    "VERCEL_BASE_URL",
    "VERCEL_TEAM_ID",
    "VERCEL_TOKEN",
    "VERCEL_WEBHOOK_SECRET",
    "WORKSPACE_VERIFY_OWN",
    "WEB_DATABASE_URL",
)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ORCHESTRATOR_DATA_DIR", str(tmp_path))
    return monkeypatch


def email(url: str) -> EmailSettings:
    return parse_email_url(url, default_folder="/data/mail")


def test_every_variable_is_listed_here() -> None:
    fields = Config.model_fields.items()
    assert {str(field.validation_alias or name).upper() for name, field in fields} == set(NAMES)


def test_unset_it_serves_this_machine_only(tmp_path: Path) -> None:
    config = load_config()
    assert config.base_url == "http://127.0.0.1:8000"
    assert (config.debug, config.loopback, config.is_https) == (False, False, False)
    assert config.email.folder == str(tmp_path / "mail")
    assert len(config.secret) >= 50
    assert config.secret == load_config().secret != config.webhook_signing_secret


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "integer"),
        ("PORT", "0", "greater than 0"),
        ("PORT", "99999", "less than 65536"),
        ("DEBUG", "perhaps", "boolean"),
        ("LOG_FORMAT", "xml", "'console' or 'json'"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("API_RATE_USER", "many", "600/min"),
        ("API_RATE_KEY", "0/min", "600/min"),
        ("LOGIN_ATTEMPTS", "0", "greater than 0"),
        ("DATABASE_POOL", "-1", "greater than or equal to 0"),
        ("DATABASE_POOL", "1000", "less than or equal to 200"),
        ("ORCHESTRATOR_LEASE_SECONDS", "0", "greater than 0"),
        ("ORCHESTRATOR_LOOPBACK", "x", "boolean"),
        ("ORCHESTRATOR_HTTP_ALLOW", "http://10.0.0.1/", "host:port"),
        ("ORCHESTRATOR_HTTP_ALLOW", "erp.internal", "host:port"),
        ("ALLOWED_HOSTS", " , ", "at least one host"),
        ("BASE_URL", "orchestrator.example", "https://orchestrator.example"),
        ("BASE_URL", "https://orchestrator.example/app", "without a path"),
        ("BASE_URL", "ftp://orchestrator.example", "https://"),
        ("SECRET_KEY", "sesame-open", "50 random characters"),
        ("WEBHOOK_SECRET", "sesame-open", "50 random characters"),
        ("FIELD_ENCRYPTION_KEYS", f"{KEY},sesame-open", "50 random characters"),
        ("GEMINI_BASE_URL", "sesame", "https://host/path"),
        ("POLYMARKET_CLOB_URL", "sesame", "https://host/path"),
        ("POLYMARKET_STREAM_URL", "https://sesame.example", "wss://host/path"),
        ("AI_MONTHLY_BUDGET", "-1", "greater than or equal to 0"),
        ("DATABASE_URL", "mysql://u:sesame@h/db", "postgresql://user:password@host"),
        ("DATABASE_URL", "sesame", "postgresql://user:password@host"),
        ("DATABASE_URL", "postgresql://u:sesame@h:port/db", "postgresql://user:password@host"),
        ("REDIS_URL", "amqp://u:sesame@h", "redis://host"),
        ("REDIS_URL", "redis://:sesame@h:port/0", "redis://host"),
        ("EMAIL_FROM", "nobody", "Name <address>"),
        ("EMAIL_URL", "smtp:sesame", "smtp://user:password@host"),
        ("EMAIL_URL", "imap://u:sesame@h", "smtp://user:password@host"),
        ("EMAIL_URL", "console:sesame", "Expected file:"),
        ("EMAIL_URL", "smtp://u:sesame@", "host is missing"),
        ("EMAIL_URL", "smtp://u:sesame@h:port", "port"),
        ("EMAIL_URL", "smtp://u:sesame@h:99999", "port"),
        ("EMAIL_URL", "smtp://u:ses/ame@h", "port"),
        ("EMAIL_URL", "smtp://h/sesame", "%2F"),
        ("EMAIL_URL", "smtp://u:sesame@h/?tls=perhaps", "tls is 1 or 0"),
        ("EMAIL_URL", "smtp://u:sesame@h/?ssl=1", "no option ssl"),
        ("EMAIL_URL", "smtp://u:sesame@h/?timeout=never", "timeout is a number"),
        ("EMAIL_URL", "smtps://u:sesame@h/?tls=1", "encrypted from the start"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable_and_keeps_secrets(
    environment: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(ConfigurationError) as failure:
        load_config()
    text = str(failure.value)
    assert text.startswith(f"{name}: ")
    assert "\n" not in text
    assert says in text
    assert "sesame" not in text


def test_two_bad_values_are_two_lines(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORT", "abc")
    environment.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(ConfigurationError) as failure:
        load_config()
    assert sorted(line.split(":")[0] for line in str(failure.value).splitlines()) == ["LOG_LEVEL", "PORT"]


def test_a_deployment_needs_a_key(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://u:p@db.example/orchestrator")
    with pytest.raises(ConfigurationError, match=r"^SECRET_KEY: Not set"):
        _ = load_config().secret
    environment.setenv("SECRET_KEY", KEY)
    assert load_config().secret == KEY


def test_a_deployment_needs_a_key_for_what_is_encrypted(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://u:p@db.example/orchestrator")
    with pytest.raises(ConfigurationError, match=r"^FIELD_ENCRYPTION_KEYS: Not set"):
        _ = load_config().encryption_keys
    environment.setenv("FIELD_ENCRYPTION_KEYS", f"{KEY}, {'o' * 50}")
    assert load_config().encryption_keys == [KEY, "o" * 50]


def test_a_data_folder_that_cannot_be_used_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment.setenv("ORCHESTRATOR_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=r"^ORCHESTRATOR_DATA_DIR: "):
        _ = load_config().secret


def test_a_command_ends_with_the_line_and_no_traceback(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, "EMAIL_URL": "pigeon:", "ORCHESTRATOR_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("EMAIL_URL: Expected file:")


def test_values_that_make_sense_are_taken(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BASE_URL", "https://orchestrator.example/")
    environment.setenv("ALLOWED_HOSTS", "orchestrator.example, www.orchestrator.example")
    environment.setenv("ORCHESTRATOR_HTTP_ALLOW", "10.0.0.5:8080, ::1:9000, erp.internal:80")
    environment.setenv("REDIS_URL", "rediss://:p@cache.example:6380/1")
    config = load_config()
    assert (config.base_url, config.is_https) == ("https://orchestrator.example", True)
    assert config.allowed_hosts == ["orchestrator.example", "www.orchestrator.example"]
    assert config.http_allowed_private == ["10.0.0.5:8080", "::1:9000", "erp.internal:80"]
    assert config.celery_broker == "rediss://:p@cache.example:6380/1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://user:password@host:587/?tls=1",
            EmailSettings(SMTP, host="host", port=587, user="user", password="password", starttls=True),
        ),
        (
            "smtps://us%40er:p%3A%2F%3Fss@mail.example",
            EmailSettings(SMTP, host="mail.example", port=465, user="us@er", password="p:/?ss", tls=True),
        ),
        ("smtp://relay:25?timeout=3", EmailSettings(SMTP, host="relay", port=25, timeout_seconds=3.0)),
        ("smtp://[::1]", EmailSettings(SMTP, host="::1", port=587)),
        ("console:", EmailSettings("django.core.mail.backends.console.EmailBackend")),
        ("file:", EmailSettings("django.core.mail.backends.filebased.EmailBackend", folder="/data/mail")),
        ("file:///out", EmailSettings("django.core.mail.backends.filebased.EmailBackend", folder="/out")),
    ],
)
def test_mail_goes_where_its_url_says(url: str, expected: EmailSettings) -> None:
    assert email(url) == expected


def test_the_password_of_the_mail_server_is_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EMAIL_URL", "smtp://u:sesame@h")
    assert "sesame" not in repr(load_config())
