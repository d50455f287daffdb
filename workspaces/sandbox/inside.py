"""The program inside: takes code and candles from its standard input, locks itself up, runs the code.

Run as a file by ``outside.py``, with nothing of the product on its path. What it says goes through a pipe of
its own, a line of JSON each, since the code may print.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_PRELOADED = (
    "__future__ abc array ast bisect cmath collections collections.abc contextlib copy dataclasses "
    "datetime decimal encodings.idna encodings.latin_1 enum fractions functools heapq inspect itertools "
    "json keyword linecache math numbers numpy numpy.fft numpy.lib.stride_tricks numpy.linalg "
    "numpy.random numpy.typing operator pprint queue random re statistics string textwrap time traceback "
    "types typing unicodedata warnings weakref zlib "
)
"""Everything that algorithms may import besides their own files: afterwards nothing can be read any more."""
_COLUMNS = ("time", "open", "high", "low", "close", "volume")
_TRIED = {
    "socket": "use the network", "subprocess": "start a program", "os.system": "start a program",
    "os.exec": "start a program", "os.posix_spawn": "start a program", "os.spawn": "start a program",
    "os.fork": "start a process", "os.forkpty": "start a process", "_thread": "start a thread",
    "ctypes.dlopen": "call the system directly", "ctypes.dlsym": "call the system directly",
    "os.listdir": "list a folder", "os.scandir": "list a folder", "os.remove": "delete a file",
    "os.rename": "rename a file", "os.mkdir": "make a folder", "os.kill": "signal a process",
    "os.truncate": "change a file", "shutil": "change files", "glob": "list a folder",
}  # fmt: skip


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source

    def get_source(self, fullname: str) -> str:
        return self.source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        return self.path.endswith("/__init__.py")


class _Files(importlib.abc.MetaPathFinder):
    """Finds modules among the files that were handed over, and nowhere else."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._loaders: dict[str, _Loader] = {}
        for path, source in files.items():
            if path.endswith(".py"):
                name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                self._loaders[name] = _Loader(path, source)
                linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        loader = self._loaders.get(fullname)
        if loader is not None:
            spec = importlib.util.spec_from_loader(fullname, loader, origin=loader.path)
            if spec is not None:
                spec.has_location = True
            return spec
        raise ModuleNotFoundError(
            f"There is no module {fullname!r} for algorithms: they have NumPy, parts of the standard "
            "library, and their own files",
            name=fullname,
        )


class _Teller:
    """Says what happened, and what was tried on the way."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._told, self.listens = pipe, set[str](), False

    def say(self, **what: Any) -> None:
        rest = memoryview(json.dumps(what, separators=(",", ":"), allow_nan=False).encode() + b"\n")
        while rest:
            rest = rest[os.write(self._pipe, rest) :]

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: it stops nothing, the kernel does; it knows what to call it."""
        if not self.listens:
            return
        did = _TRIED.get(event) or _TRIED.get(event.partition(".")[0])
        if event == "open" and arguments and isinstance(arguments[0], str | bytes):
            did = f"open {os.fsdecode(arguments[0])[:200]}"
        if did and did not in self._told and len(self._told) < 20:
            self._told.add(did)
            self.say(tried=did)


def main(pipe: int) -> None:
    teller = _Teller(pipe)
    head = json.loads(sys.stdin.buffer.readline())
    sys.path.append(head["here"])
    walls = importlib.import_module("walls.algorithms")
    walls.limit_resources(memory_bytes=head["memory_bytes"], cpu_seconds=head["cpu_seconds"])
    sys.path[:] = [*(each for each in sys.path if each != head["here"]), head["numpy"]]
    for name in _PRELOADED.split():
        importlib.import_module(name)
    candles = _read_candles(head["sizes"])
    os.environ.clear()
    sys.path.clear()
    sys.meta_path[:] = [
        each for each in sys.meta_path if each is not importlib.machinery.PathFinder
    ] + [_Files(head["files"])]  # fmt: skip
    for module in ("walls", "walls.algorithms", "walls.kernel", "__main__"):
        sys.modules.pop(module, None)
    sys.addaudithook(teller.hook)
    try:
        walls.shut()
    except walls.NoWalls as error:
        teller.say(no_walls=str(error))
        return
    teller.say(shut=True)
    teller.listens = True
    try:
        answer = _work(head, candles)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told and the process ends
        teller.listens = False
        teller.say(**_fault(error, head["files"]))
    else:
        teller.listens = False
        teller.say(done=answer)


def _read_candles(sizes: Sequence[int]) -> list[dict[str, Any]]:
    import numpy as np

    given = []
    for size in sizes:
        with np.load(io.BytesIO(sys.stdin.buffer.read(size)), allow_pickle=False) as archive:
            given.append({name: archive[name] for name in _COLUMNS})
    return given


def _work(head: Mapping[str, Any], candles: Sequence[Mapping[str, Any]]) -> Any:
    """``run.py`` is asked: ``describe(pattern)``, or ``run(pattern, columns, parameters)``."""
    entry = importlib.import_module("run")
    if head["asks"] is None:
        return list(entry.describe(head["pattern"]))
    run: Callable[..., Any] = entry.run
    answers = []
    for ask in head["asks"]:
        first, end = ask["first"], ask["last"] + 1
        columns = {name: values[first:end] for name, values in candles[ask["candles"]].items()}
        found = run(head["pattern"], columns, ask["parameters"])
        answers.append([_row(each, first, reasons=head["reasons"]) for each in found])
    return answers


def _row(found: Mapping[str, Any], first: int, *, reasons: bool) -> list[Any]:
    """Plain values in a fixed order; bars as the whole series counts them."""
    origin = found.get("origin")
    row = [
        str(found["kind"]),
        str(found["direction"]),
        int(found["bar"]) + first,
        float(found["price"]),
        int(found["confirmed_at"]) + first,
    ]
    if reasons:
        zone = (found.get("top"), found.get("bottom"))
        row += [str(found.get("reason", "")), *(None if each is None else float(each) for each in zone)]
        row.append(None if origin is None else int(origin) + first)
    return row


def _fault(error: BaseException, files: Mapping[str, str]) -> dict[str, Any]:
    """The exception in words, with the place in the algorithm's own files."""
    places = [each for each in _frames(error) if each.filename in files]
    place = f"{places[-1].filename}, line {places[-1].lineno}" if places else ""
    kind = (
        "memory" if isinstance(error, MemoryError) else "exit" if isinstance(error, SystemExit) else "error"
    )
    return {"fault": kind, "message": f"{type(error).__name__}: {error}"[:2_000], "place": place}


def _frames(error: BaseException) -> Iterator[traceback.FrameSummary]:
    yield from traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


if __name__ == "__main__":
    sys.path[:] = [each for each in sys.path if each != str(Path(__file__).parent)]
    main(int(sys.argv[1]))
