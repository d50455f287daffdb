"""Addresses of the API of corporation strategy, all under ``/api/v1/strategy/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
