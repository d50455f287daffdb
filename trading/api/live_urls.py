"""Addresses of the API of live trading."""

from django.urls import path

from trading.api import live

urlpatterns = [
    path("strategies/<uuid:pk>/locks/", live.LocksView.as_view(), name="trading-locks"),
    path("kill-switch/", live.KillSwitchView.as_view(), name="kill-switch"),
    path("portfolios/<uuid:pk>/account/", live.AccountView.as_view(), name="live-account"),
    path("portfolios/<uuid:pk>/payouts/", live.PayoutView.as_view(), name="live-payouts"),
    path("live-orders/<uuid:pk>/cancel/", live.CancelLiveOrderView.as_view(), name="live-order-cancel"),
]
