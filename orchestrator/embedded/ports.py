"""The address the web server will listen on, tried out before anything is started."""

import errno
import ipaddress
import socket
import time

import psutil

from orchestrator.embedded.errors import EmbeddedError

_SEARCHED = 100
_POLL_SECONDS = 0.1


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_port(host: str, port: int, *, patience_seconds: float = 0.0) -> None:
    """Raise EmbeddedError, with a way out, unless `host:port` is free.

    With patience it waits for a server to go whose supervisor was killed a moment ago.
    """
    deadline = time.monotonic() + patience_seconds
    while (trouble := _try_to_bind(host, port)) == errno.EADDRINUSE and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if trouble == errno.EADDRINUSE:
        holder = _holder(port)
        free = _free_port_after(host, port)
        raise EmbeddedError(f"Port {port} is in use{holder}. Take another one: PORT={free} make up")
    if trouble == errno.EACCES:
        raise EmbeddedError(f"Port {port} needs root. Take one above 1023: PORT=8000 make up")
    if trouble is not None:
        raise EmbeddedError(f"HOST={host} is no address of this machine. Try HOST=127.0.0.1 make up")


def _try_to_bind(host: str, port: int) -> int | None:
    """The error number, or None when it worked. Unknown hosts count as no address of this machine."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno
    return None


def _holder(port: int) -> str:
    """Who listens there, as far as we may know: other users' processes are hidden from all but root."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.pid and getattr(connection.laddr, "port", None) == port:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return ""


def _free_port_after(host: str, port: int) -> int:
    candidates = range(port + 1, min(port + _SEARCHED, 65536))
    return next((number for number in candidates if _try_to_bind(host, number) is None), 8001)
