"""Addresses that other systems call about pattern workspaces."""

from django.urls import path

from workspaces.web import hooks

urlpatterns = [
    path("vercel/", hooks.vercel, name="vercel-events"),
    path("vercel/<uuid:pk>/", hooks.vercel, name="workspace-vercel-events"),
]
