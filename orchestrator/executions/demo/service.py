"""The sales service that the demo's report calls: generated figures, and now and then too busy to answer."""

from __future__ import annotations

import hashlib
import random
from itertools import count
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

_calls = count(1)
_BUSY_EVERY: Final = 3
_PRODUCTS: Final = ("lamp", "chair", "desk", "shelf", "rug")


@require_safe
def sales(request: HttpRequest, region: str) -> HttpResponse:
    """The day's sales of a region. Every third call is answered with 503, as by a service under load.

    There is no such address where the demo is not allowed.
    """
    if not settings.DEMO_ALLOWED:
        raise Http404
    if next(_calls) % _BUSY_EVERY == 0:
        busy = JsonResponse({"detail": "Too busy, try again."}, status=503)
        busy["Retry-After"] = "1"
        return busy
    today = timezone.now().date().isoformat()
    dice = random.Random(hashlib.sha256(f"{region} {today}".encode()).digest())  # noqa: S311 - invents figures
    rows = [_sale(dice) for _ in range(dice.randint(8, 25))]
    return JsonResponse({"region": region, "day": today, "generated": True, "sales": rows})


def _sale(dice: random.Random) -> dict[str, object]:
    price, quantity = dice.randrange(900, 30_000) / 100, dice.randint(1, 5)
    return {"product": dice.choice(_PRODUCTS), "price": price, "quantity": quantity}
