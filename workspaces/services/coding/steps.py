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
from workspaces.domain.scoring import Score
from workspaces.domain.vocabulary import Backend, Phase
from workspaces.models import AlgorithmVersion, ClaudeExecution
from workspaces.repositories import (
    PARAMETERS,
    Author,
    BadTree,
    Repository,
    read_tree,
    write_tree,
)
from workspaces.repositories.store import read_parameters, written
from workspaces.sandbox import Refused
from workspaces.services.coding import claude, record, tuner
from workspaces.services.coding.corpus import Corpus, corpus_of
from workspaces.services.coding.deploying import hand_over_of, release
from workspaces.services.coding.meter import Spending

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


def implement(run: ClaudeExecution, spending: Spending) -> dict[str, Json]:
    record.begin_phase(run.pk, Phase.IMPLEMENTING, 15)
    return _work(run, Phase.IMPLEMENTING, spending, turn=0)


def refine(run: ClaudeExecution, spending: Spending) -> dict[str, Json]:
    record.begin_phase(run.pk, Phase.REFINING, 62)
    return _work(run, Phase.REFINING, spending, turn=_tested(run))


def _work(run: ClaudeExecution, phase: Phase, spending: Spending, *, turn: int) -> dict[str, Json]:
    if not record.has_checkpoint(run, f"worked-{turn}"):
        if run.backend == Backend.CLAUDE:
            _let_write(run, spending, turn)
        else:
            _let_search(run, turn)
    record.end_phase(run.pk, phase)
    return {"turn": turn}


def _let_search(run: ClaudeExecution, turn: int) -> None:
    corpus = corpus_of(run.workspace_id, run.workspace.pattern_type)
    files = tuner.improve(run, _files(run), corpus, turn=turn)
    write_tree(Repository(run.workspace_id).worktree(run.pk), files)
    title = "The parameters were searched" if turn == 0 else f"Searched further, turn {turn}"
    record.checkpoint(run.pk, f"worked-{turn}", title, data={"parameters": read_parameters(files)})


def _let_write(run: ClaudeExecution, spending: Spending, turn: int) -> None:
    """What an agent made is kept as a commit of the checkpoint: a folder may be gone, or half written."""
    corpus = corpus_of(run.workspace_id, run.workspace.pattern_type)
    made = claude.improve(run, _files(run), corpus, spending, turn=turn, found_fault=_fault(run))
    repository = Repository(run.workspace_id)
    name = f"worked-{turn}"
    kept = repository.keep(run.pk, name, made.files, base=run.base_commit, at=run.triggered_at)
    changed = repository.changed(run.base_commit, kept)
    title = f"The agent changed {len(changed)} {'file' if len(changed) == 1 else 'files'}"
    refused: list[Json] = [*made.refused[:20]]
    lines = [made.said, *(f"Refused: {each}." for each in made.refused[:20])]
    record.checkpoint(
        run.pk,
        name,
        title if changed else "The agent changed nothing",
        data={"tree": kept, "parameters": read_parameters(made.files), "said": made.said, "refused": refused},
        content="\n".join(line for line in lines if line),
        files_changed=changed,
        diff=repository.diff(run.base_commit, kept),
    )


def _fault(run: ClaudeExecution) -> str:
    """What the last test found besides reviews that are not kept."""
    tested = [each for each in run.checkpoints if each["name"].startswith("tested-")]
    return str(tested[-1]["data"].get("fault", "")) if tested else ""


def _tested(run: ClaudeExecution) -> int:
    return sum(each["name"].startswith("tested-") for each in run.checkpoints)


def test(run: ClaudeExecution) -> dict[str, Json]:
    """Held against every case: all that accepted runs kept must hold. Raises NoBetter after the last turn."""
    record.begin_phase(run.pk, Phase.TESTING, 58)
    files = _files(run)
    corpus = corpus_of(run.workspace_id, run.workspace.pattern_type)
    after, fault = _tried(run, files, corpus)
    turn = sum(each["name"].startswith("worked-") for each in run.checkpoints) - 1
    record.checkpoint(
        run.pk,
        f"tested-{turn}",
        "It did not pass its test" if fault else f"{len(after.kept)} of {after.all} reviews are kept",
        data={
            "kept": len(after.kept),
            "all": after.all,
            "broken": len(after.broken),
            "not_kept": [each.id for each in corpus.cases if each.id not in after.kept],
            "fault": fault,
        },
        content=fault,
        score_after=after.as_json(),
    )
    record.end_phase(run.pk, Phase.TESTING)
    before = run.score_before or {}
    is_release = not AlgorithmVersion.objects.filter(workspace=run.workspace_id).exists()
    is_better = len(after.kept) > int(before.get("kept", 0)) or is_release
    if not fault and not after.broken and (after.share == 1 or (turn >= MOST_TURNS and is_better)):
        return {"verdict": "good", "kept": len(after.kept), "all": after.all}
    if turn < MOST_TURNS:
        return {"verdict": "again", "kept": len(after.kept), "all": after.all}
    raise NoBetter(fault or _why_not(run, after.broken, int(before.get("kept", 0)), after.all))


def _tried(run: ClaudeExecution, files: dict[str, str], corpus: Corpus) -> tuple[Score, str]:
    """The score, and what else speaks against it. Code that an agent wrote may do anything when it is run,
    and gets another turn; of the tuner's, only parameters are new."""
    parameters = read_parameters(files)
    if run.backend != Backend.CLAUDE:
        return corpus.scores(files, [parameters])[0], ""
    try:
        return corpus.scores(files, [parameters])[0], corpus.look_ahead(files, parameters)
    except Refused as error:
        return corpus.nothing_kept(), str(error)


def _why_not(run: ClaudeExecution, broken: frozenset[str], kept: int, all: int) -> str:
    wrote = run.backend == Backend.CLAUDE
    if broken:
        what = "What the agent wrote last" if wrote else "Every setting that was found"
        return f"{what} gives up {len(broken)} reviews that an earlier version keeps. Nothing was changed."
    what = (
        "The agent found nothing that keeps" if wrote else "No setting of the parameters was found that keeps"
    )
    return (
        f"{what} more than {kept} of {all} reviews. Nothing was changed. Look through the reviews that are "
        "not kept: some may contradict each other."
    )


def commit(run: ClaudeExecution) -> dict[str, Json]:
    """The files as a commit in the name of who sent the batch; none where nothing was changed."""
    record.begin_phase(run.pk, Phase.DEPLOYING, 80)
    repository = Repository(run.workspace_id)
    files, base = _files(run), repository.files(run.base_commit)
    made, message = run.base_commit, ""
    if files != base:
        said = _said(run) if run.backend == Backend.CLAUDE else tuner.explained(base, files, run)
        message = f"{_subject(run)}\n\n{said}\n\nRun: {run.pk}"
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
    verb = "Change" if run.backend == Backend.CLAUDE else "Tune"
    return f"{verb} {run.workspace.pattern_type} to {count} {'review' if count == 1 else 'reviews'}"


def _said(run: ClaudeExecution) -> str:
    """What the agent says of its last change, and what came of it."""
    said = [str(each["data"]["said"]) for each in run.checkpoints if "said" in each["data"]]
    before, after = run.score_before or {}, run.score_after or {}
    kept = (
        f"{after.get('kept', 0)} of {after.get('all', 0)} reviews are kept, {before.get('kept', 0)} before."
    )
    return f"{said[-1]}\n\n{kept}" if said and said[-1] else kept


def deploy(run: ClaudeExecution) -> dict[str, Json]:
    """The commit becomes the version that new sessions use, and the run is completed with it.

    How it fares at a target elsewhere is no longer the run's matter: the version holds either way.
    """
    number = release(run.pk)
    repository = Repository(run.workspace_id)
    repository.point_main(run.commit_hash)
    repository.forget(run.pk)
    shutil.rmtree(repository.worktree(run.pk), ignore_errors=True)
    hand_over_of(run.pk)
    return {"version": number}


def _files(run: ClaudeExecution) -> dict[str, str]:
    repository = Repository(run.workspace_id)
    if run.backend == Backend.CLAUDE:
        trees = [each["data"]["tree"] for each in run.checkpoints if "tree" in each["data"]]
        return repository.files(trees[-1] if trees else run.base_commit)
    try:
        files = read_tree(repository.worktree(run.pk))
        read_parameters(files)
    except BadTree:
        pass  # it is made anew
    else:
        return files
    base = repository.files(run.base_commit)
    held = [each["data"]["parameters"] for each in run.checkpoints if "parameters" in each["data"]]
    parameters: JsonObject = {**read_parameters(base), **(held[-1] if held else {})}
    return {**base, PARAMETERS: written(parameters)}
