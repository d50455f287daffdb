from django.urls import path

from orchestrator.accounts.api import views

urlpatterns = [
    path("auth/token/", views.TokenView.as_view(), name="token"),
    path("auth/token/refresh/", views.RefreshView.as_view(), name="token-refresh"),
    path("auth/logout/", views.LogoutView.as_view(), name="logout"),
    path("me/", views.MeView.as_view(), name="me"),
    path("me/log-ins/", views.LogInsView.as_view(), name="log-ins"),
    path("me/log-ins/<uuid:log_in_id>/", views.LogInView.as_view(), name="log-in"),
    path("me/api-keys/", views.ApiKeysView.as_view(), name="api-keys"),
    path("me/api-keys/<uuid:key_id>/", views.ApiKeyView.as_view(), name="api-key"),
]
