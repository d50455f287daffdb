"""Addresses of the pages about runs. ``home`` stands outside any namespace."""

from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workflows:list"), name="home"),
]
