"""Addresses: pages at the root, the API under /api/v1/, the Django admin under /admin/, probes aside."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from orchestrator.accounts.web.login import admin_login

admin.site.login = admin_login  # type: ignore[method-assign]  # one log-in page, with lock-out and codes

api = (
    [
        path("", include("orchestrator.accounts.api.urls")),
        path("", include("orchestrator.ai.api.urls")),
        path("", include("orchestrator.workflows.api.urls")),
        path("", include("orchestrator.executions.api.urls")),
        path("", include("orchestrator.analytics.api.urls")),
        path("", include("process.api.urls")),
        path("", include("workspaces.api.urls")),
        path("trading/", include("trading.api.urls")),
        path("trading/", include("trading.api.live_urls")),
        path("strategy/", include("trading.strategy.api.urls")),
    ],
    "api",
)

api_docs = SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="core/api_docs.html")

urlpatterns = [
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", api_docs, name="docs"),
    path("admin/", admin.site.urls),
    path("demo/", include("orchestrator.executions.demo.urls")),
    path("", include("orchestrator.executions.web.health_urls")),
    path("", include("orchestrator.accounts.web.urls")),
    path("", include("orchestrator.ai.web.urls")),
    path("", include("orchestrator.workflows.web.urls")),
    path("", include("orchestrator.executions.web.urls")),
    path("hooks/", include("workspaces.web.hook_urls")),
    path("", include("orchestrator.analytics.web.urls")),
    path("processes/", include("process.web.urls")),
    path("workspaces/", include("workspaces.web.urls")),
    path("trading/", include("trading.web.urls")),
    path("strategy/", include("trading.strategy.web.urls")),
]

handler400 = "orchestrator.core.web.problems.bad_request"
handler403 = "orchestrator.core.web.problems.permission_denied"
handler404 = "orchestrator.core.web.problems.not_found"
handler500 = "orchestrator.core.web.problems.server_error"
