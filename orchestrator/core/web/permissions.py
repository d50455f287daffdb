"""Which devices pages may ask a browser for: the microphone, for answers said aloud, and no other."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from orchestrator.core.middleware import Handler

_CLOSED: Final = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
POLICY: Final = ", ".join(["microphone=(self)", *(f"{name}=()" for name in _CLOSED)])


class PermissionsPolicyMiddleware:
    """Every answer tells the browser, static files and errors included."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = POLICY
        return response
