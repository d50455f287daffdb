"""What is deployed of a version: its files as they were committed, a function that runs them, and a page.

Nothing of the workspace's timeline, reviews or people is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.json import JsonObject
from workspaces.repositories import PARAMETERS, Tree

_FUNCTION: Final = Path(__file__).with_name("detect.txt")
_EXAMPLE: Final = (
    'curl https://ADDRESS/api/detect -H "content-type: application/json" \\\n'
    '  -d \'{"candles": [{"time": 1704067200, "open": 1, "high": 3, "low": 1, "close": 2}]}\''
)
_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem; }
h1 { margin: 0; line-height: 1.2; }
h2 { margin-top: 2.5rem; font-size: 1.1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; font-size: .85rem; }
code { overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class About:
    """A version in the words of its page. ``kept`` of ``cases`` reviews agree; None: nothing known."""

    name: str
    pattern: str
    version: str
    commit: str
    parameters: JsonObject
    kept: int | None = None
    cases: int | None = None


def project_files(about: About, tree: Tree) -> dict[str, str]:
    """By path, as they are sent."""
    facts = {
        "name": about.name,
        "pattern": about.pattern,
        "version": about.version,
        "commit": about.commit,
    }
    return {
        **{f"algorithm/{path}": text for path, text in tree.items()},
        f"algorithm/{PARAMETERS}": json.pretty(about.parameters) + "\n",
        "about.py": f'"""Which version this is."""\n\nABOUT = {facts!r}\n',
        "api/detect.py": _FUNCTION.read_text(encoding="utf-8"),
        "requirements.txt": "numpy>=2,<3\n",
        ".python-version": "3.12\n",
        "vercel.json": json.pretty(_CONFIGURATION) + "\n",
        "public/index.html": _page(about),
        "public/parameters.json": json.pretty(about.parameters) + "\n",
        "README.md": _readme(about),
    }


_CONFIGURATION: Final[Mapping[str, Any]] = {
    "$schema": "https://openapi.vercel.sh/vercel.json",
    "functions": {"api/detect.py": {"maxDuration": 30}},
    "headers": [
        {
            "source": "/(.*)",
            "headers": [
                {"key": "X-Content-Type-Options", "value": "nosniff"},
                {"key": "X-Robots-Tag", "value": "noindex"},
            ],
        }
    ],
}


def _score(about: About) -> str:
    if about.kept is None or about.cases is None:
        return "It was not held against reviews."
    return f"It keeps {about.kept:,} of the {about.cases:,} reviews that it was held against."


def _page(about: About) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(name)}</code></th><td>{escape(str(value))}</td></tr>\n"
        for name, value in about.parameters.items()
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(about.name)} {escape(about.version)}</title>
<style>{_STYLE}</style>
<main>
<h1>{escape(about.name)} <small>{escape(about.version)}</small></h1>
<p class="lead">Finds {escape(about.pattern)} in candles. {escape(_score(about))}
Commit <code>{escape(about.commit[:12])}</code>.</p>
<h2>Parameters</h2>
<table><tbody>
{rows}</tbody></table>
<p><a href="/parameters.json">As JSON</a></p>
<h2>Ask it</h2>
<p><code>GET /api/detect</code> tells what can be set, <code>POST /api/detect</code> what it sees:</p>
<pre>{escape(_EXAMPLE)}</pre>
<p>At most 20,000 bars at once, the oldest first; times in seconds since 1970. Each detection tells the bar
with whose close it was known, <code>confirmed_at</code>. Nothing is stored.</p>
</main>
</html>
"""


def _readme(about: About) -> str:
    return (
        f"# {about.name} {about.version}\n\n"
        f"{_score(about)} Commit {about.commit}.\n\n"
        "- `algorithm/`: the files as they were committed, with the parameters\n"
        "- `api/detect.py`: runs them over candles that are posted to it\n"
        "- `public/`: the page\n"
    )
