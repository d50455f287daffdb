from django.urls import path

from orchestrator.analytics.api import views

urlpatterns = [
    path("workflows/<uuid:pk>/stats/", views.StatsView.as_view(), name="workflow-stats"),
    path("analytics/summary/", views.SummaryView.as_view(), name="analytics-summary"),
    path("analytics/workflows/<uuid:pk>/", views.WorkflowView.as_view(), name="analytics-workflow"),
    path("analytics/costs/", views.CostsView.as_view(), name="analytics-costs"),
    path("analytics/slow/", views.SlowView.as_view(), name="analytics-slow"),
    path("analytics/approvals/", views.ApprovalsView.as_view(), name="analytics-approvals"),
]
