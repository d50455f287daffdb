"""Row-level security of the library: folders, visits and views are their person's, templates everybody's."""

from django.db import migrations

from orchestrator.core.policies import ME, CascadeInDatabase, Protect, own, seen_with

_OWN = own("owner_id")


class Migration(migrations.Migration):
    dependencies = [("workflows", "0007_forget_folder_text")]

    operations = [
        Protect("folder", read=_OWN, write=_OWN),
        Protect("workflowvisit", read=own(), write=own()),
        CascadeInDatabase("workflowvisit", "workflow"),
        Protect("savedview", read=_OWN, write=_OWN),
        Protect("workflowtemplate", read=f"{ME} IS NOT NULL", write="app_owns({t}.workflow_id)"),
        CascadeInDatabase("workflowtemplate", "workflow"),
        Protect("bulkjob", read=_OWN, write=_OWN),
        Protect(
            "bulkjoberror",
            read=seen_with("workflows_bulkjob", "job_id"),
            write=seen_with("workflows_bulkjob", "job_id"),
        ),
    ]
