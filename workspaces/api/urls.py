from django.urls import path

from workspaces.api import candles, cases, coding, deployments, sessions, workspaces

_WORKSPACE = "workspaces/<uuid:pk>/"
_SESSION = "workspaces/sessions/<uuid:pk>/"
_RUN = "workspaces/executions/<uuid:pk>/"
_DEPLOYMENT = "workspaces/deployments/<uuid:pk>/"
_CANDLES = "workspaces/candles/"

urlpatterns = [
    path("workspaces/", workspaces.WorkspacesView.as_view(), name="workspaces"),
    path(_WORKSPACE, workspaces.WorkspaceView.as_view(), name="workspace"),
    path(f"{_WORKSPACE}messages/", workspaces.MessagesView.as_view(), name="workspace-messages"),
    path(f"{_WORKSPACE}files/", workspaces.FilesView.as_view(), name="workspace-files"),
    path(f"{_WORKSPACE}files/<uuid:file_id>/", workspaces.FileView.as_view(), name="workspace-file"),
    path(f"{_WORKSPACE}approve/", workspaces.ApproveView.as_view(), name="workspace-approve"),
    path(f"{_WORKSPACE}verify/", workspaces.VerifyView.as_view(), name="workspace-verify"),
    path(f"{_WORKSPACE}send-back/", workspaces.SendBackView.as_view(), name="workspace-send-back"),
    path(f"{_WORKSPACE}members/", workspaces.MembersView.as_view(), name="workspace-members"),
    path(f"{_WORKSPACE}members/<uuid:user_id>/", workspaces.MemberView.as_view(), name="workspace-member"),
    path(_CANDLES, candles.CandleSetsView.as_view(), name="candle-sets"),
    path(f"{_CANDLES}generated/", candles.GeneratedCandlesView.as_view(), name="generated-candles"),
    path(f"{_CANDLES}<uuid:pk>/", candles.CandleSetView.as_view(), name="candle-set"),
    path(f"{_CANDLES}<uuid:pk>/bars/", candles.BarsView.as_view(), name="candle-bars"),
    path(f"{_WORKSPACE}sessions/", sessions.WorkspaceSessionsView.as_view(), name="workspace-sessions"),
    path(f"{_WORKSPACE}feedback/", sessions.FeedbackListView.as_view(), name="workspace-feedback"),
    path(f"{_WORKSPACE}cases/", cases.CasesView.as_view(), name="workspace-cases"),
    path(f"{_WORKSPACE}cases/<uuid:case_id>/", cases.CaseView.as_view(), name="workspace-case"),
    path(f"{_WORKSPACE}stats/", sessions.StatsView.as_view(), name="workspace-stats"),
    path(_SESSION, sessions.PatternSessionView.as_view(), name="pattern-session"),
    path(f"{_SESSION}complete/", sessions.CompleteSessionView.as_view(), name="complete-session"),
    path(f"{_SESSION}reopen/", sessions.ReopenSessionView.as_view(), name="reopen-session"),
    path(f"{_SESSION}detections/", sessions.DetectionsView.as_view(), name="session-detections"),
    path(f"{_SESSION}detections/<int:number>/", sessions.ReviewView.as_view(), name="session-review"),
    path(f"{_SESSION}missed/", sessions.MissedView.as_view(), name="session-missed"),
    path(f"{_WORKSPACE}feedback/send/", coding.SendView.as_view(), name="send-feedback"),
    path("workspaces/backends/", coding.BackendsView.as_view(), name="coding-backends"),
    path(f"{_WORKSPACE}executions/", coding.CodingRunsView.as_view(), name="coding-runs"),
    path(f"{_WORKSPACE}versions/", coding.AlgorithmVersionsView.as_view(), name="algorithm-versions"),
    path(
        f"{_WORKSPACE}versions/<uuid:version_id>/roll-back/", coding.RollBackView.as_view(), name="roll-back"
    ),
    path(f"{_WORKSPACE}deployments/", deployments.DeploymentsView.as_view(), name="deployments"),
    path(f"{_WORKSPACE}deploy-target/", deployments.TargetView.as_view(), name="deploy-target"),
    path(_DEPLOYMENT, deployments.DeploymentView.as_view(), name="deployment"),
    path(f"{_DEPLOYMENT}cancel/", deployments.CancelDeploymentView.as_view(), name="cancel-deployment"),
    path(_RUN, coding.CodingRunView.as_view(), name="coding-run"),
    path(f"{_RUN}cancel/", coding.CancelCodingRunView.as_view(), name="cancel-coding-run"),
    path(f"{_RUN}retry/", coding.RetryCodingRunView.as_view(), name="retry-coding-run"),
    path("workspaces/feedback/<uuid:pk>/", sessions.FeedbackView.as_view(), name="feedback-item"),
]
