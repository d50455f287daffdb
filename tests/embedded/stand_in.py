"""A small program in place of migrate, demo, web and a worker: `python stand_in.py ROLE [ARGUMENT]`."""

import http.server
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def web(port: str) -> None:
    sys.stdout.write(f"serving on {port}\n")
    sys.stdout.flush()
    http.server.HTTPServer(("127.0.0.1", int(port)), _Handler).serve_forever()


def worker(pid_file: str) -> None:
    """Has a child of its own, as a Celery worker has."""
    subprocess.Popen([sys.executable, __file__, "sleep", "600"])
    Path(pid_file).write_text(str(os.getpid()))
    time.sleep(600)


def stubborn(ready_file: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(ready_file).touch()
    time.sleep(600)


def sleep(seconds: str) -> None:
    time.sleep(float(seconds))


def fail(status: str) -> None:
    sys.stdout.write("the reason it failed\n")
    sys.exit(int(status))


def give_up(_: str) -> None:
    fail("4")


def succeed(_: str) -> None:
    sys.stdout.write("noise\n")


if __name__ == "__main__":
    {f.__name__: f for f in (web, worker, stubborn, sleep, fail, give_up, succeed)}[sys.argv[1]](sys.argv[2])
