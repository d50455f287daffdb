"""Addresses of the pages of live trading, in the space of trading's."""

from django.urls import path

from trading.web import live

urlpatterns = [
    path("stop/", live.stop, name="stop"),
    path("stop/pull/", live.pull, name="pull"),
    path("stop/release/", live.release, name="release"),
    path("strategies/<uuid:pk>/locks/", live.live_locks, name="locks"),
    path("strategies/<uuid:pk>/locks/approve/", live.approve, name="approve-live"),
    path("strategies/<uuid:pk>/locks/revoke/", live.revoke, name="revoke-live"),
    path("portfolios/<uuid:pk>/account/", live.account, name="account"),
    path("portfolios/<uuid:pk>/account/disconnect/", live.disconnect, name="disconnect"),
    path("portfolios/<uuid:pk>/account/pay-out/", live.book_payout, name="book-payout"),
    path("live-orders/", live.open_orders, name="live-orders"),
    path("live-orders/<uuid:pk>/cancel/", live.cancel_order, name="cancel-live-order"),
]
