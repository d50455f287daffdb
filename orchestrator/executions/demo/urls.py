from django.urls import path

from orchestrator.executions.demo import service

urlpatterns = [path("sales/<str:region>/", service.sales, name="demo-sales")]
