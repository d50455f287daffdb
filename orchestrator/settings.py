"""Django settings. What differs between deployments comes from the environment: see config.py."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from django.templatetags.static import static

from orchestrator.config import BASE_DIR, load_config, serves_web
from orchestrator.embedded import locations
from orchestrator.rate import parse_rate

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
    "orchestrator.analytics",
    "orchestrator.embedded",
]

MIDDLEWARE = [
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

_pool: dict[str, float] | bool = bool(CONFIG.database_pool) and {
    "min_size": min(CONFIG.database_pool_min, CONFIG.database_pool),
    "max_size": CONFIG.database_pool,
    "timeout": CONFIG.database_pool_timeout_seconds,
}


def _database(url: str) -> dict[str, Any]:
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, engine="orchestrator.core.postgres"))
    return {
        **parsed,
        "CONN_MAX_AGE": 0 if _pool else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **parsed.get("OPTIONS", {}), "pool": _pool},
    }


DATABASES = {"default": _database(CONFIG.database_of_this_process)}
if CONFIG.replica_of_this_process:
    DATABASES["replica"] = _database(CONFIG.replica_of_this_process) | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["orchestrator.core.replica.ReplicaRouter"]
# Names of views whose GETs may read from the replica: lists and analytics, which may lag behind a little.
REPLICA_VIEWS = (
    "analytics:",
    "api:analytics-",
    "api:approval-list",
    "api:event-list",
    "api:execution-list",
    "api:workflow-list",
    "approvals:list",
    "events:export",
    "events:list",
    "executions:list",
    "executions:of-workflow",
    "executions:rows",
    "workflows:list",
)
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

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
# The admin's theme writes style attributes and a style element, and its Alpine makes functions of the
# expressions in its templates. No script stands in a page, so none that somebody smuggles in is run.
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}

UNFOLD = {
    "SITE_TITLE": "Orchestrator",
    "SITE_HEADER": "Orchestrator",
    "SITE_SUBHEADER": "Administration",
    "SITE_SYMBOL": "account_tree",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("dist/favicon.svg"),
        },
    ],
    "SHOW_VIEW_ON_SITE": False,
}

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

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "orchestrator.accounts.api.authentication.ApiKeyAuthentication",
        "orchestrator.accounts.api.authentication.AccessTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["orchestrator.accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["orchestrator.core.api.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["orchestrator.core.api.parsers.JsonParser"],
    "DEFAULT_PAGINATION_CLASS": "orchestrator.core.api.pagination.IdCursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "orchestrator.core.api.schema.ApiSchema",
    "DEFAULT_THROTTLE_CLASSES": ["orchestrator.accounts.api.throttles.ApiThrottle"],
    "EXCEPTION_HANDLER": "orchestrator.core.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 50,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Orchestrator",
    "DESCRIPTION": (
        "Versioned workflows of code, AI and people, and the durable runs of them.\n\n"
        "Say who you are with `Authorization: Api-Key orc_…` (a key from `me/api-keys/`) or with "
        "`Authorization: Bearer …` (an access token from `auth/token/`). Lists are paged by cursor: follow "
        "`next` until it is null. Times are ISO 8601 in UTC, ids are UUIDs, money is a decimal string. Every "
        "error is a problem document (RFC 9457) with a stable `code`. A `POST` that starts work answers 202."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "docExpansion": "list"},
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "orchestrator.core.api.schema.name_path_ids",
        "orchestrator.core.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Access": "orchestrator.workflows.models.Access.choices",
        "ApiScope": "orchestrator.accounts.models.ApiScope.choices",
        "ApprovalStatus": "orchestrator.executions.models.ApprovalStatus.choices",
        "BulkJobState": "orchestrator.workflows.models.BulkState.choices",
        "ExecutionStatus": "orchestrator.executions.models.STATUS_CHOICES",
        "EndpointKind": "orchestrator.executions.models.EndpointKind.choices",
        "NotificationKind": "orchestrator.executions.models.NotificationKind.choices",
        "NotificationMedium": "orchestrator.executions.models.NotificationMedium.choices",
        "NotificationState": "orchestrator.executions.models.NotificationState.choices",
        "LogInKind": ["session", "tokens"],
        "KeySource": ["own", "server", "missing", "not_needed"],
        "Role": "orchestrator.accounts.models.Role.choices",
        "DeliveryStatus": "orchestrator.workflows.models.DeliveryStatus.choices",
        "MissedPolicy": "orchestrator.workflows.models.MISSED_CHOICES",
        "OverlapPolicy": "orchestrator.workflows.models.OVERLAP_CHOICES",
        "ScheduleUnit": "orchestrator.workflows.models.UNIT_CHOICES",
        "Signature": "orchestrator.workflows.models.Signature.choices",
        "TrialStatus": ["succeeded", "failed", "waiting", "ended"],
        "TriggerKind": "orchestrator.workflows.models.TriggerKind.choices",
        "StepStatus": "orchestrator.executions.models.StepStatus.choices",
        "Theme": "orchestrator.accounts.models.Theme.choices",
        "VersionChoice": ["original", "current"],
        "VersionStatus": "orchestrator.workflows.models.VersionStatus.choices",
        "WorkflowStatus": "orchestrator.workflows.models.WorkflowStatus.choices",
    },
    "TAGS": [
        {"name": "auth", "description": "Tokens for API clients: logging in, refreshing, logging out."},
        {"name": "me", "description": "One's own profile and API keys."},
        {"name": "ai", "description": "One's keys for AI providers, and what one may spend on them."},
        {"name": "workflows", "description": "Workflows, and what kinds of node they can be made of."},
        {"name": "versions", "description": "The graph of a workflow: validating, publishing, comparing."},
        {"name": "library", "description": "Folders, tags and templates."},
        {"name": "bulk jobs", "description": "One action on many objects, done in the background."},
        {"name": "sharing", "description": "Who may see, run and change a workflow."},
        {"name": "triggers", "description": "What starts runs by itself: schedules and webhooks."},
        {"name": "executions", "description": "Runs: starting, following, steering and retrying them."},
        {"name": "events", "description": "What happened in all runs that one may see."},
        {"name": "analytics", "description": "How runs went, what they cost, how long people take."},
        {"name": "approvals", "description": "Questions that runs ask people."},
        {"name": "notifications", "description": "Who is told of what, and what became of it."},
    ],
}

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
CELERY_TASK_ROUTES = {
    "executions.wake_engine": {"queue": "engine"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = (
    False  # a hint that cannot be sent is not worth waiting for: the sweep finds the run
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "interval_start": 0,
}
CELERY_BEAT_SCHEDULE = {
    "send-notifications": {
        "task": "executions.send_notifications",
        "schedule": 5.0,
        "options": {"expires": 15, "queue": "celery"},
    },
    "forget-old-notifications": {
        "task": "executions.forget_old_notifications",
        "schedule": crontab(hour=3, minute=41),
        "options": {"expires": 3600, "queue": "celery"},
    },
    "tend-approvals": {
        "task": "executions.tend_approvals",
        "schedule": 30.0,
        "options": {"expires": 60, "queue": "celery"},
    },
    "sweep": {
        "task": "executions.sweep",
        "schedule": 1.0,
        "options": {"expires": 5, "queue": "celery"},
    },
    "fire-triggers": {
        "task": "executions.fire_triggers",
        "schedule": 1.0,
        "options": {"expires": 5, "queue": "celery"},
    },
    "sweep-bulk-jobs": {
        "task": "workflows.sweep_bulk_jobs",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "celery"},
    },
    "follow-runs": {
        "task": "analytics.follow_runs",
        "schedule": 5.0,
        "options": {"expires": 10, "queue": "celery"},
    },
    "record-missing-runs": {
        "task": "analytics.record_missing_runs",
        "schedule": crontab(minute=41),
        "options": {"expires": 3600, "queue": "celery"},
    },
    "make-event-partitions": {
        "task": "executions.make_event_partitions",
        "schedule": crontab(hour=2, minute=17),
        "options": {"expires": 3600, "queue": "celery"},
    },
    "drop-old-events": {
        "task": "executions.drop_old_events",
        "schedule": crontab(hour=2, minute=47),
        "options": {"expires": 3600, "queue": "celery"},
    },
    "clean-executions": {
        "task": "executions.clean_executions",
        "schedule": crontab(minute=37),
        "options": {"expires": 1800, "queue": "celery"},
    },
}

WEBHOOK_SECRET = CONFIG.webhook_signing_secret
FIELD_ENCRYPTION_KEYS = CONFIG.encryption_keys
AI_PROVIDERS = CONFIG.ai_providers
AI_MONTHLY_BUDGET = CONFIG.ai_monthly_budget
VAPID_PRIVATE_KEY, VAPID_SUBJECT = CONFIG.vapid_key, CONFIG.vapid_subject
ENGINE_LEASE_SECONDS = CONFIG.lease_seconds
EVENT_RETENTION_DAYS = CONFIG.event_retention_days
EXECUTION_RETENTION_DAYS = CONFIG.execution_retention_days
FAILED_EXECUTION_RETENTION_DAYS = CONFIG.failed_execution_retention_days
HTTP_ALLOWED_PRIVATE = CONFIG.http_allowed_private
DEMO_ALLOWED = CONFIG.loopback
DEMO_PARTS = ["orchestrator.analytics.demo.load"]
"""Called with the person whom the demo's workflows belong to; they answer with a sentence."""

METRICS_TOKEN = CONFIG.metrics_token.get_secret_value() if CONFIG.metrics_token else ""

LOGGING_CONFIG = "orchestrator.core.logging.configure"
LOGGING = {"format": CONFIG.log_format, "level": CONFIG.log_level}

DATA_DIR: Path = CONFIG.data_dir
