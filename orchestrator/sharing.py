"""Where several web processes of one machine keep what they count, so that each can answer for all.

Without Django and before ``prometheus_client`` is loaded, which reads the variable once.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def share_metrics() -> None:
    """With ``WEB_CONCURRENCY`` above 1: a folder named after the process that started them all."""
    several = os.environ.get("WEB_CONCURRENCY", "1")
    if several.isdecimal() and int(several) > 1:
        folder = Path(tempfile.gettempdir()) / f"orchestrator-metrics-{os.getuid()}-{os.getppid()}"
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))
        Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(mode=0o700, exist_ok=True)
