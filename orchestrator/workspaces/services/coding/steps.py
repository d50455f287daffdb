"""The steps of a coding run, each found by its coding run and safe to do again.

What is worked on lies in the run's folder; if that is gone, another machine goes on, or a worker was killed
while it wrote, it is made anew from the base commit and the last checkpoint that holds parameters.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from django.conf import settings

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from orchestrator.workspaces.domain.vocabulary import Phase
from orchestrator.workspaces.models import AlgorithmVersion, ClaudeExecution
from orchestrator.workspaces.repositories import (
    PARAMETERS,
    Author,
    BadTree,
    Repository,
    read_tree,
    write_tree,
)
from orchestrator.workspaces.repositories.store import read_parameters, written
from orchestrator.workspaces.services.coding import record, tuner
from orchestrator.workspaces.services.coding.corpus import corpus_of
from orchestrator.workspaces.services.coding.deploying import release

MOST_TURNS: Final = 2
"""How often refining may follow testing."""


class NoBetter(Exception):
    """Nothing was found that agrees with more reviews and gives up none."""


def plan(run: ClaudeExecution) -> dict[str, Json]:
    """Where the algorithm stands: its base commit, and how many reviews it keeps."""
    record.begin_phase(run.pk, Phase.PLANNING, 3)
    workspace = run.workspace
    repository = Repository(workspace.pk)
    first = repository.begin(workspace.pattern_type)
    current = AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()
    base = current.commit_hash if current is not None else first
    files = repository.files(base)
    corpus = corpus_of(workspace.pk, workspace.pattern_type)
    before = corpus.scores(files, [read_parameters(files)])[0]
    write_tree(repository.worktree(run.pk), files)
    prompt = _write_prompt(run)
    record.checkpoint(
        run.pk,
        "planned",
        f"{len(before.kept)} of {before.all} reviews are kept now",
        data={"base": base[:12], "kept": len(before.kept), "all": before.all},
        base_commit=base,
        score_before=before.as_json(),
        prompt_file=prompt,
    )
    record.end_phase(run.pk, Phase.PLANNING)
    return {"kept": len(before.kept), "all": before.all}


def _write_prompt(run: ClaudeExecution) -> str:
    """What the run is to work in, as data: it is read by people, and quoted to nobody as an order."""
    items = run.feedback_items.order_by("id")
    said: list[Json] = [
        {"verdict": each.verdict, "kind": each.kind, "direction": each.direction,
         "bar": each.bar, "price": each.price, "note": each.note}
        for each in items
    ]  # fmt: skip
    name = f"prompts/{run.pk}.json"
    path = Path(settings.WORKSPACE_REPOSITORIES) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(json.pretty({"pattern": run.workspace.pattern_type, "reviews": said}), encoding="utf-8")
    return name


def implement(run: ClaudeExecution) -> dict[str, Json]:
    record.begin_phase(run.pk, Phase.IMPLEMENTING, 15)
    return _work(run, Phase.IMPLEMENTING, turn=0)


def refine(run: ClaudeExecution) -> dict[str, Json]:
    record.begin_phase(run.pk, Phase.REFINING, 62)
    return _work(run, Phase.REFINING, turn=_tested(run))


def _work(run: ClaudeExecution, phase: Phase, *, turn: int) -> dict[str, Json]:
    name = f"worked-{turn}"
    if not record.has_checkpoint(run, name):
        corpus = corpus_of(run.workspace_id, run.workspace.pattern_type)
        files = tuner.improve(run, _files(run), corpus, turn=turn)
        write_tree(Repository(run.workspace_id).worktree(run.pk), files)
        title = "The parameters were searched" if turn == 0 else f"Searched further, turn {turn}"
        record.checkpoint(run.pk, name, title, data={"parameters": read_parameters(files)})
    record.end_phase(run.pk, phase)
    return {"turn": turn}


def _tested(run: ClaudeExecution) -> int:
    return sum(each["name"].startswith("tested-") for each in run.checkpoints)


def test(run: ClaudeExecution) -> dict[str, Json]:
    """Held against every case: all that accepted runs kept must hold. Raises NoBetter after the last turn."""
    record.begin_phase(run.pk, Phase.TESTING, 58)
    files = _files(run)
    corpus = corpus_of(run.workspace_id, run.workspace.pattern_type)
    after = corpus.scores(files, [read_parameters(files)])[0]
    turn = sum(each["name"].startswith("worked-") for each in run.checkpoints) - 1
    record.checkpoint(
        run.pk,
        f"tested-{turn}",
        f"{len(after.kept)} of {after.all} reviews are kept",
        data={
            "kept": len(after.kept),
            "all": after.all,
            "broken": len(after.broken),
            "not_kept": [each.id for each in corpus.cases if each.id not in after.kept],
        },
        score_after=after.as_json(),
    )
    record.end_phase(run.pk, Phase.TESTING)
    before = run.score_before or {}
    is_release = not AlgorithmVersion.objects.filter(workspace=run.workspace_id).exists()
    is_better = len(after.kept) > int(before.get("kept", 0)) or is_release
    if not after.broken and (after.share == 1 or (turn >= MOST_TURNS and is_better)):
        return {"verdict": "good", "kept": len(after.kept), "all": after.all}
    if turn < MOST_TURNS:
        return {"verdict": "again", "kept": len(after.kept), "all": after.all}
    raise NoBetter(_why_not(after.broken, int(before.get("kept", 0)), after.all))


def _why_not(broken: frozenset[str], kept: int, all: int) -> str:
    if broken:
        return (
            f"Every setting that was found gives up {len(broken)} reviews that an earlier version keeps. "
            "Nothing was changed."
        )
    return (
        f"No setting of the parameters was found that keeps more than {kept} of {all} reviews. Nothing was "
        "changed. Look through the reviews that are not kept: some may contradict each other."
    )


def commit(run: ClaudeExecution) -> dict[str, Json]:
    """The files as a commit in the name of who sent the batch; none where nothing was changed."""
    record.begin_phase(run.pk, Phase.DEPLOYING, 80)
    repository = Repository(run.workspace_id)
    files, base = _files(run), repository.files(run.base_commit)
    made, message = run.base_commit, ""
    if files != base:
        message = f"{_subject(run)}\n\n{tuner.explained(base, files, run)}\n\nRun: {run.pk}"
        person = run.triggered_by
        author = Author(person.username, person.email)
        made = repository.commit(
            run.pk, files, base=run.base_commit, message=message, author=author, at=run.triggered_at
        )
    record.checkpoint(
        run.pk,
        "committed",
        f"Committed as {made[:12]}" if message else "There was nothing to change",
        data={"commit": made},
        commit_hash=made,
        commit_message=message,
        files_changed=repository.changed(run.base_commit, made) if message else [],
        diff=repository.diff(run.base_commit, made) if message else "",
    )
    return {"commit": made}


def _subject(run: ClaudeExecution) -> str:
    count = len(run.feedback_ids)
    return f"Tune {run.workspace.pattern_type} to {count} {'review' if count == 1 else 'reviews'}"


def deploy(run: ClaudeExecution) -> dict[str, Json]:
    """The commit becomes the version that new sessions use, and the run is completed with it."""
    number = release(run.pk)
    repository = Repository(run.workspace_id)
    repository.point_main(run.commit_hash)
    shutil.rmtree(repository.worktree(run.pk), ignore_errors=True)
    return {"version": number}


def _files(run: ClaudeExecution) -> dict[str, str]:
    repository = Repository(run.workspace_id)
    try:
        files = read_tree(repository.worktree(run.pk))
        read_parameters(files)
    except BadTree:
        if run.backend != "tuner":
            raise
    else:
        return files
    base = repository.files(run.base_commit)
    held = [each["data"]["parameters"] for each in run.checkpoints if "parameters" in each["data"]]
    parameters: JsonObject = {**read_parameters(base), **(held[-1] if held else {})}
    return {**base, PARAMETERS: written(parameters)}
