"""HTTP to the outside, safe to hand to people's workflows.

A URL in a workflow must not reach what only this server can: databases, metadata services, other
machines of the private network. Names are resolved here, every address is checked, and the connection
goes to the checked address, so that a second answer of the name server changes nothing. Redirects pass
through the same check because they pass through the same transport.
"""

from __future__ import annotations

import asyncio
import socket
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpx
from django.conf import settings

from orchestrator.core.clock import utc_now

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_REDIRECTS: Final = 5
DEFAULT_TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
USER_AGENT: Final = "Orchestrator/1"
LONGEST_PAUSE_SECONDS: Final = 366 * 86_400.0
"""Whoever asks for more is read as asking for this, so that clocks can reckon with it."""

_NAT64: Final = ip_network("64:ff9b::/96")


class ForbiddenAddress(httpx.TransportError):
    """The URL leads to an address that workflows may not reach."""


class BodyTooLarge(httpx.TransportError):
    """The answer is larger than MAX_BODY_BYTES."""


def client() -> httpx.AsyncClient:
    """A client for one event loop. Its answers are to be read with ``read_body``."""
    return httpx.AsyncClient(
        transport=GuardedTransport(),
        timeout=DEFAULT_TIMEOUT,
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        headers={"user-agent": USER_AGENT},
        trust_env=False,
    )


async def read_body(response: httpx.Response) -> bytes:
    """The whole body of a streamed answer. Raises BodyTooLarge without reading further."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge(f"The answer is larger than {MAX_BODY_BYTES:,} bytes.")
    return bytes(body)


def seconds_of(retry_after: str) -> float | None:
    """``Retry-After`` as a number of seconds or as a date (RFC 9110); None for what is neither.

    From 0 to LONGEST_PAUSE_SECONDS.
    """
    if retry_after.isascii() and retry_after.replace(".", "", 1).isdigit():
        seconds = float(retry_after)
    else:
        try:
            seconds = (parsedate_to_datetime(retry_after) - utc_now()).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Resolves, checks and pins the address of every request, also of those that follow a redirect."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        if request.url.scheme not in ("http", "https"):
            raise ForbiddenAddress(f"Only http and https URLs can be called, not {request.url.scheme}.")
        address = await resolve(host, port)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=str(address))
        return await super().handle_async_request(request)


async def resolve(host: str, port: int) -> IPv4Address | IPv6Address:
    """The address to connect to. Raises ForbiddenAddress if any address of the name is not public.

    ``settings.HTTP_ALLOWED_PRIVATE`` lists exceptions as ``host:port``.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"The name {host} could not be resolved.") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if f"{host}:{port}" not in settings.HTTP_ALLOWED_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise ForbiddenAddress(f"{host} is at {address}, an address that workflows may not call.")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the open Internet, also when IPv6 wraps an IPv4 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
