"""A commit becomes the version in use and goes to its target; an older version can be taken back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import JsonObject
from workspaces.access import May, find_workspace
from workspaces.domain.releases import Release
from workspaces.domain.vocabulary import (
    UNDER_WAY,
    DeployStatus,
    RunStatus,
    WorkspaceStatus,
)
from workspaces.models import (
    AlgorithmVersion,
    ClaudeExecution,
    Deployment,
    PatternWorkspace,
    RegressionCase,
)
from workspaces.repositories import Repository
from workspaces.services import lifecycle
from workspaces.services.coding import record
from workspaces.services.deployments.following import hint
from workspaces.services.deployments.sending import hand_over
from workspaces.services.deployments.story import open_deployment

_IN_FRONT_OF_OTHERS = (WorkspaceStatus.IN_REVIEW, WorkspaceStatus.VERIFIED)


def release(pk: UUID) -> str:
    """The number of the version that the run's commit became; a second time, that which it is.

    Version, accepted cases, timeline and the run's end are one transaction: all of it happened, or nothing.
    Raises RunOver.
    """
    known = AlgorithmVersion.objects.filter(execution=pk).first()
    if known is not None:
        return known.number
    row = ClaudeExecution.objects.select_related("workspace").get(pk=pk)
    if row.status == RunStatus.COMPLETED:  # it changed nothing, and a killed worker had said so already
        return row.workspace.version
    parameters = Repository(row.workspace_id).parameters(row.commit_hash)
    with record.locked(pk) as run:
        workspace = run.workspace
        kept = set(_all_cases(workspace)) - _not_kept(run)
        RegressionCase.objects.filter(pk__in=kept, accepted_by_run__isnull=True).update(accepted_by_run=run)
        current = AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()
        if current is not None and current.commit_hash == run.commit_hash:
            _note_nothing_deployed(run)
            record.finish(run, "Nothing had to be changed", _summary(run))
            return current.number
        number = _next(workspace)
        made = _use(workspace, run.commit_hash, parameters, number, run)
        open_deployment(made, by=None, run=run)
        if workspace.status in _IN_FRONT_OF_OTHERS:
            lifecycle.move(workspace, WorkspaceStatus.BETA, reason=f"Version {number} is another algorithm.")
        record.finish(run, f"The coding run made version {number}", _summary(run))
        record_audit(None, "algorithm.released", workspace, after={"version": str(number), "run": str(pk)})
    return str(number)


@transaction.atomic
def roll_back(user: User, workspace_id: UUID, version_id: UUID, *, reason: str) -> AlgorithmVersion:
    """Use an older version's commit again, as a version of its own number, so that numbers only rise.

    Raises NotFound, NotAllowed, InvalidInput about ``reason``, and WrongState for the version in use or
    while a coding run is under way.
    """
    workspace = find_workspace(user, workspace_id, May.OWN, lock=True)
    if not reason.strip():
        raise InvalidInput("Say why.", fields={"reason": ["Say why."]})
    version = AlgorithmVersion.objects.filter(workspace=workspace, pk=version_id).first()
    if version is None:
        raise NotFound("This workspace has no such version.")
    current = AlgorithmVersion.objects.get(workspace=workspace, is_current=True)
    if current.commit_hash == version.commit_hash:
        raise WrongState("That is the algorithm that is in use.")
    if ClaudeExecution.objects.filter(workspace=workspace, status__in=UNDER_WAY).exists():
        raise WrongState("A coding run is under way. Wait for it, or cancel it first.")
    number = _next(workspace)
    made = _use(workspace, version.commit_hash, version.parameters, number, None)
    said = f"Back to version {version.number}: {reason.strip()}"
    row = open_deployment(made, by=user, reason=said)
    if workspace.status in _IN_FRONT_OF_OTHERS:
        lifecycle.move(workspace, WorkspaceStatus.BETA, by=user, reason=f"Back to version {version.number}.")
    record_audit(user, "algorithm.rolled_back", workspace,
                 before={"version": current.number}, after={"version": str(number)})  # fmt: skip
    transaction.on_commit(lambda: Repository(workspace.pk).point_main(version.commit_hash))
    if row.completed_at is None:
        transaction.on_commit(lambda: hint(row.pk))
    return made


def hand_over_of(pk: UUID) -> None:
    """What the run deploys elsewhere goes there, once. Blocks."""
    waiting = Deployment.objects.filter(execution=pk, completed_at__isnull=True, begun_at__isnull=True)
    for deployment_id in waiting.values_list("pk", flat=True):
        hand_over(deployment_id)


def _note_nothing_deployed(run: ClaudeExecution) -> None:
    run.deploy_started_at = run.deploy_completed_at = utc_now()
    run.deploy_status = DeployStatus.READY.value
    run.deploy_logs = "Nothing was deployed: this algorithm is in use."
    run.save(update_fields=["deploy_started_at", "deploy_completed_at", "deploy_status", "deploy_logs"])


def _use(
    workspace: PatternWorkspace,
    commit: str,
    parameters: JsonObject,
    number: Release,
    run: ClaudeExecution | None,
) -> AlgorithmVersion:
    AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).update(is_current=False)
    made = AlgorithmVersion.objects.create(
        workspace=workspace,
        number=str(number),
        commit_hash=commit,
        parameters=parameters,
        execution=run,
        is_current=True,
    )
    lifecycle.number(workspace, number)
    return made


def _next(workspace: PatternWorkspace) -> Release:
    """After the highest that there ever was."""
    numbers = AlgorithmVersion.objects.filter(workspace=workspace).values_list("number", flat=True)
    return max(Release.read(each) for each in [workspace.version, *numbers]).after_run()


def _all_cases(workspace: PatternWorkspace) -> list[UUID]:
    return list(RegressionCase.objects.filter(workspace=workspace).values_list("pk", flat=True))


def _not_kept(run: ClaudeExecution) -> set[UUID]:
    last = next(each for each in reversed(run.checkpoints) if each["name"].startswith("tested-"))
    return {UUID(each) for each in last["data"]["not_kept"]}


def _summary(run: ClaudeExecution) -> str:
    after = run.score_after or {}
    said = run.commit_message.partition("\n\n")[2].rpartition("\n\n")[0]
    return said or f"{after.get('kept', 0)} of {after.get('all', 0)} reviews are kept."
