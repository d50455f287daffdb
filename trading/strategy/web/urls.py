"""Addresses of the pages of corporation strategy."""

from django.urls import URLPattern

app_name = "strategy"

urlpatterns: list[URLPattern] = []
