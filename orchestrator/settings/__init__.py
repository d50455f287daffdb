"""Django settings. What differs between deployments comes from the environment: see config.py."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from orchestrator.config import BASE_DIR, load_config, serves_web
from orchestrator.embedded import locations
from orchestrator.rate import parse_rate
from orchestrator.settings.api import REST_FRAMEWORK as REST_FRAMEWORK
from orchestrator.settings.api import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from orchestrator.settings.databases import REPLICA_VIEWS as REPLICA_VIEWS
from orchestrator.settings.databases import databases
from orchestrator.settings.pages import ADMIN_CONTENT_SECURITY_POLICY as ADMIN_CONTENT_SECURITY_POLICY
from orchestrator.settings.pages import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from orchestrator.settings.pages import UNFOLD as UNFOLD
from orchestrator.settings.schedule import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE

django_stubs_ext.monkeypatch()

CONFIG = load_config()

DEBUG = CONFIG.debug
SECRET_KEY = CONFIG.secret
ALLOWED_HOSTS = CONFIG.allowed_hosts
BASE_URL = CONFIG.base_url

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "orchestrator.core",
    "orchestrator.accounts",
    "orchestrator.workflows",
    "orchestrator.ai",
    "orchestrator.executions",
    "process",
    "workspaces",
    "trading",
    "trading.strategy",
    "orchestrator.analytics",
    "orchestrator.embedded",
]

MIDDLEWARE = [
    "orchestrator.core.web.permissions.PermissionsPolicyMiddleware",
    "orchestrator.core.middleware.ProbeMiddleware",
    "orchestrator.core.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "orchestrator.core.web.assets.StaticFilesMiddleware",
    "orchestrator.core.web.csp.ContentSecurityPolicyMiddleware",
    "orchestrator.core.middleware.RowSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth.mfa does not start without it
    "django_htmx.middleware.HtmxMiddleware",
    "orchestrator.core.middleware.OriginMiddleware",
    "orchestrator.core.middleware.TimeZoneMiddleware",
    "orchestrator.accounts.web.middleware.SessionUseMiddleware",
    "orchestrator.core.replica.ReplicaMiddleware",
    "orchestrator.core.web.problems.DomainErrorMiddleware",
]

ROOT_URLCONF = "orchestrator.urls"
ASGI_APPLICATION = "orchestrator.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orchestrator.executions.web.context.waiting",
            ],
            "builtins": ["orchestrator.core.templatetags.display"],
        },
    },
]

DATABASES = databases(CONFIG)
DATABASE_ROUTERS = ["orchestrator.core.replica.ReplicaRouter"]
# The role that a request takes where its process does not connect as it already: in tests.
WEB_ROLE, WEB_PASSWORD = locations.WEB_ROLE, CONFIG.web_password
WEB_LOGS_IN = CONFIG.web_database_url is not None
ROW_SECURITY_ROLE = "" if serves_web() else WEB_ROLE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # lets nobody in, and nobody past it who is locked out
    "orchestrator.accounts.backends.AnyCaseBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
SIGN_UP = CONFIG.sign_up
PASSWORD_RESET_TIMEOUT = 3 * 86_400

AXES_FAILURE_LIMIT = CONFIG.login_attempts
AXES_COOLOFF_TIME = timedelta(minutes=CONFIG.login_cooloff_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "orchestrator.accounts.backends.name_to_count"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying does not move the moment that was told
AXES_DISABLE_ACCESS_LOG = True  # accounts.BrowserSession and the audit trail tell it
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["code", "csrfmiddlewaretoken"]
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # no middleware: services/logging_in.py tells who is locked out

ACCOUNT_LOGIN_METHODS = {"username"}
MFA_ADAPTER = "orchestrator.accounts.second_factor.Adapter"
MFA_TOTP_TOLERANCE = 1  # clocks of phones go wrong by a few seconds
MFA_TOTP_ISSUER = "Orchestrator"

CSRF_FAILURE_VIEW = "orchestrator.core.web.problems.csrf_failure"
SESSION_ENGINE = "orchestrator.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.is_https
SECURE_HSTS_SECONDS = 365 * 86_400 if CONFIG.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = CONFIG.is_https
# A proxy ends TLS and says so in X-Forwarded-Proto, which it must set itself, whatever the client sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.is_https else None
SECURE_SSL_REDIRECT = CONFIG.is_https  # probes excepted: ProbeMiddleware answers them before this
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # a photo that is taken never lies in clear in a temporary file

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = CONFIG.static_root
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist")]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0  # file names do not change with their contents: browsers ask, and are told 304

EMAIL_BACKEND, EMAIL_FILE_PATH = CONFIG.email.backend, CONFIG.email.folder
EMAIL_HOST, EMAIL_PORT = CONFIG.email.host, CONFIG.email.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.email.user, CONFIG.email.password
EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIG.email.starttls, CONFIG.email.tls
EMAIL_TIMEOUT = CONFIG.email.timeout_seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.email_from

API_RATES = {
    "user": parse_rate(CONFIG.api_rate_user),
    "key": parse_rate(CONFIG.api_rate_key),
    "anonymous": parse_rate(CONFIG.api_rate_anonymous),
    "login": parse_rate(CONFIG.api_rate_login),
}

REDIS_URL = CONFIG.redis
CACHES = {
    "default": {
        "BACKEND": "orchestrator.core.cache.ForgivingRedisCache",
        "LOCATION": [CONFIG.redis],
        "KEY_PREFIX": "orchestrator:cache",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
}
CELERY_BROKER_URL = CONFIG.celery_broker
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {"executions.wake_engine": {"queue": "engine"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A hint that cannot be sent is not worth waiting for: the sweep finds the run.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "interval_start": 0,
}

WEBHOOK_SECRET = CONFIG.webhook_signing_secret
FIELD_ENCRYPTION_KEYS = CONFIG.encryption_keys
AI_PROVIDERS = CONFIG.ai_providers
TRANSCRIPTION_PROVIDER, TRANSCRIPTION_MODEL = CONFIG.transcription_provider, CONFIG.transcription_model
VOICE_MAX_SECONDS = CONFIG.voice_max_minutes * 60
VOICE_MAX_BYTES = int(CONFIG.voice_max_megabytes * 1024 * 1024)
WORKSPACE_VERIFY_OWN = CONFIG.workspace_verify_own
CANDLES_MAX_BYTES = int(CONFIG.candles_max_megabytes * 1024 * 1024)
TAPE_MAX_BYTES = int(CONFIG.tape_max_megabytes * 1024 * 1024)
CANDLES_MAX_SETS = CONFIG.candles_max_sets
SESSION_MAX_BARS, SESSION_MAX_DETECTIONS = CONFIG.session_max_bars, CONFIG.session_max_detections
WORKSPACE_REPOSITORIES: Path = CONFIG.workspace_repositories or CONFIG.data_dir / "algorithms"
WORKSPACE_CODING_BACKEND = CONFIG.workspace_coding_backend
WORKSPACE_CLAUDE_MODEL = CONFIG.workspace_claude_model
WORKSPACE_CLAUDE_MAX_TURNS = CONFIG.workspace_claude_max_turns
WORKSPACE_CLAUDE_MAX_SECONDS = CONFIG.workspace_claude_max_minutes * 60
WORKSPACE_CLAUDE_MAX_COST = CONFIG.workspace_claude_max_cost
WORKSPACE_FILES: Path = CONFIG.workspace_files or CONFIG.data_dir / "files"
ATTACHMENT_MAX_BYTES = {
    "image": int(CONFIG.attachment_max_image_megabytes * 1024**2),
    "video": int(CONFIG.attachment_max_video_megabytes * 1024**2),
    "file": int(CONFIG.attachment_max_file_megabytes * 1024**2),
}
ATTACHMENT_MAX_PER_WORKSPACE = int(CONFIG.attachments_max_megabytes * 1024**2)
VERCEL_TOKEN = CONFIG.vercel_token.get_secret_value() if CONFIG.vercel_token else ""
VERCEL_WEBHOOK_SECRET = (
    CONFIG.vercel_webhook_secret.get_secret_value() if CONFIG.vercel_webhook_secret else ""
)
VERCEL_TEAM_ID = CONFIG.vercel_team_id
VERCEL_BASE_URL = CONFIG.vercel_base_url or "https://api.vercel.com"
AI_MONTHLY_BUDGET = CONFIG.ai_monthly_budget
VAPID_PRIVATE_KEY, VAPID_SUBJECT = CONFIG.vapid_key, CONFIG.vapid_subject
ENGINE_LEASE_SECONDS = CONFIG.lease_seconds
EVENT_RETENTION_DAYS = CONFIG.event_retention_days
EXECUTION_RETENTION_DAYS = CONFIG.execution_retention_days
AI_CALL_RETENTION_DAYS = CONFIG.ai_call_retention_days
FAILED_EXECUTION_RETENTION_DAYS = CONFIG.failed_execution_retention_days
HTTP_ALLOWED_PRIVATE = CONFIG.http_allowed_private
MARKET_FEED = CONFIG.market_feed == "on"
LIVE_TRADING, LIVE_APPROVE_OWN = CONFIG.live_trading, CONFIG.live_approve_own
POLYMARKET_URLS = {
    "gamma": CONFIG.polymarket_gamma_url,
    "clob": CONFIG.polymarket_clob_url,
    "data": CONFIG.polymarket_data_url,
    "stream": CONFIG.polymarket_stream_url,
}
EVE_URLS = {"esi": CONFIG.eve_esi_url, "login": CONFIG.eve_login_url}
EVE_CLIENT_ID, EVE_CONTACT = CONFIG.eve_client_id, CONFIG.eve_contact
DEMO_ALLOWED = CONFIG.loopback
DEMO_PARTS = [
    "orchestrator.analytics.demo.load",
    "process.demo.load",
    "workspaces.demo.load",
    "trading.demo.load",
    "trading.strategy.demo.load",
]
"""Called with the person whom the demo's workflows belong to; they answer with a sentence."""

METRICS_TOKEN = CONFIG.metrics_token.get_secret_value() if CONFIG.metrics_token else ""

LOGGING_CONFIG = "orchestrator.core.logging.configure"
LOGGING = {"format": CONFIG.log_format, "level": CONFIG.log_level}

DATA_DIR: Path = CONFIG.data_dir
