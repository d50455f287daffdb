"""How the API answers, and what its OpenAPI schema says."""

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
