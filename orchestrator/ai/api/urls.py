from django.urls import path

from orchestrator.ai.api import views

urlpatterns = [
    path("me/ai-credentials/", views.CredentialsView.as_view(), name="ai-credentials"),
    path("me/ai-credentials/<slug:provider>/", views.CredentialView.as_view(), name="ai-credential"),
    path("me/ai-credentials/<slug:provider>/test/", views.KeyCheckView.as_view(), name="ai-credential-test"),
    path("me/ai-budget/", views.BudgetView.as_view(), name="ai-budget"),
]
