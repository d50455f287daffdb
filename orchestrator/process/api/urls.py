from django.urls import path

from orchestrator.process.api import answering, books, definitions, figures, part, parts, recordings, sessions

_SESSION = "process/sessions/<uuid:pk>/"
_ANSWER = f"{_SESSION}answers/<uuid:prompt_id>/"
_VERSION = "process/versions/<uuid:pk>/"

urlpatterns = [
    path("process/sessions/", sessions.SessionsView.as_view(), name="process-sessions"),
    path(_SESSION, sessions.SessionView.as_view(), name="process-session"),
    path(f"{_SESSION}current/", sessions.CurrentView.as_view(), name="process-current"),
    path(f"{_SESSION}answers/", answering.AnswersView.as_view(), name="process-answers"),
    path(_ANSWER, recordings.AnswerView.as_view(), name="process-answer"),
    path(f"{_ANSWER}recording/", recordings.RecordingView.as_view(), name="process-recording"),
    path(f"{_ANSWER}recording/sound/", recordings.SoundView.as_view(), name="process-recording-sound"),
    path(
        f"{_ANSWER}recording/transcription/",
        recordings.TranscriptionView.as_view(),
        name="process-recording-transcription",
    ),
    path(f"{_SESSION}advance/", sessions.AdvanceView.as_view(), name="process-advance"),
    path(f"{_SESSION}back/", sessions.BackView.as_view(), name="process-back"),
    path(f"{_SESSION}skip/", sessions.SkipView.as_view(), name="process-skip"),
    path(f"{_SESSION}pause/", sessions.PauseView.as_view(), name="process-pause"),
    path(f"{_SESSION}resume/", sessions.ResumeView.as_view(), name="process-resume"),
    path(f"{_SESSION}abandon/", sessions.AbandonView.as_view(), name="process-abandon"),
    path(f"{_SESSION}scope/", answering.ScopeView.as_view(), name="process-scope"),
    path(f"{_SESSION}profile/", answering.ProfileView.as_view(), name="process-profile"),
    path(f"{_SESSION}sections/", answering.SectionsView.as_view(), name="process-session-sections"),
    path(
        f"{_SESSION}sections/<slug:key>/select/",
        sessions.SelectSectionView.as_view(),
        name="process-select-section",
    ),
    path(f"{_SESSION}book/", books.BookView.as_view(), name="process-book"),
    path(f"{_SESSION}book/photo/", books.PhotoView.as_view(), name="process-book-photo"),
    path(f"{_SESSION}book/<slug:kind>/", books.BookFileView.as_view(), name="process-book-file"),
    path(f"{_SESSION}export/", books.SessionExportView.as_view(), name="process-session-export"),
    path(f"{_SESSION}grants/", books.GrantsView.as_view(), name="process-grants"),
    path(f"{_SESSION}grants/<uuid:user_id>/", books.GrantView.as_view(), name="process-grant"),
    path("process/lent/", books.LentView.as_view(), name="process-lent"),
    path("process/analytics/", figures.ProcessAnalyticsView.as_view(), name="process-analytics"),
    path("process/versions/", definitions.VersionsView.as_view(), name="process-versions"),
    path(_VERSION, definitions.VersionView.as_view(), name="process-version"),
    path(f"{_VERSION}export/", definitions.ExportView.as_view(), name="process-version-export"),
    path(f"{_VERSION}clone/", definitions.CloneView.as_view(), name="process-version-clone"),
    path(f"{_VERSION}activate/", definitions.ActivateView.as_view(), name="process-version-activate"),
    path(f"{_VERSION}validate/", definitions.ValidateView.as_view(), name="process-version-validate"),
    path(
        f"{_VERSION}diff/<uuid:other_id>/",
        definitions.DiffView.as_view(),
        name="process-version-diff",
    ),
    path(f"{_VERSION}simulate/", definitions.SimulateView.as_view(), name="process-version-simulate"),
    path("process/commitments/", parts.CommitmentsView.as_view(), name="process-commitments"),
    path("process/commitments/<uuid:pk>/", part.CommitmentView.as_view(), name="process-commitment"),
    path("process/nodes/", parts.NodesView.as_view(), name="process-nodes"),
    path("process/nodes/<uuid:pk>/", part.NodeView.as_view(), name="process-node"),
    path("process/edges/", parts.EdgesView.as_view(), name="process-edges"),
    path("process/edges/<uuid:pk>/", part.EdgeView.as_view(), name="process-edge"),
    path("process/prompts/", parts.PromptsView.as_view(), name="process-prompts"),
    path("process/prompts/<uuid:pk>/", part.PromptView.as_view(), name="process-prompt"),
    path("process/prompt-packs/", parts.PromptPacksView.as_view(), name="process-prompt-packs"),
    path("process/prompt-packs/<uuid:pk>/", part.PromptPackView.as_view(), name="process-prompt-pack"),
    path("process/prompt-packs/<uuid:pk>/apply/", part.ApplyPackView.as_view(), name="process-apply-pack"),
    path("process/sections/", parts.SectionsView.as_view(), name="process-sections"),
    path("process/sections/<uuid:pk>/", part.SectionView.as_view(), name="process-section"),
    path(
        "process/sections/<uuid:pk>/prompts/",
        part.SectionPromptsView.as_view(),
        name="process-section-prompts",
    ),
]
