import django.db.models.deletion
import orchestrator.core.clock
import orchestrator.core.encryption
import orchestrator.core.fields
from django.conf import settings
from django.db import migrations, models

from orchestrator.core.policies import ME, Protect


SEEN = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.%s)"
EDITED = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.%s AND seen.edits)"
MINE = (
    f"EXISTS (SELECT FROM workspaces_patternworkspace AS parent "
    f"WHERE parent.id = {{t}}.workspace_id AND parent.created_by_id = {ME})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0006_members_see_each_other"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deployment",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("target", models.CharField(default="local", max_length=10)),
                ("status", models.CharField(default="queued", max_length=10)),
                ("project", models.CharField(blank=True, max_length=100)),
                ("remote_id", models.CharField(blank=True, max_length=100)),
                ("url", models.URLField(blank=True, max_length=500)),
                ("inspector_url", models.URLField(blank=True, max_length=500)),
                ("logs", models.TextField(blank=True)),
                ("error", models.TextField(blank=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("is_slow", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_requested_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="deployment_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target__in", ["local", "vercel"])),
                        name="deployment_target_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "building", "ready", "error", "canceled"])
                        ),
                        name="deployment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("completed_at__isnull", False),
                                ("due_at__isnull", True),
                                ("status__in", ["canceled", "error", "ready"]),
                            ),
                            models.Q(
                                models.Q(("status__in", ["canceled", "error", "ready"]), _negated=True),
                                ("completed_at__isnull", True),
                                ("due_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="deployment_over_or_due",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("remote_id", ""), _negated=True),
                        fields=("remote_id",),
                        name="deployment_remote_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remote_id", ""), ("begun_at__isnull", False), _connector="OR"),
                        name="deployment_begun_before_known",
                    ),
                ],
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="VercelConnection",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("token", orchestrator.core.encryption.EncryptedField()),
                ("last_four", models.CharField(max_length=4)),
                ("team_id", models.CharField(blank=True, max_length=100)),
                ("webhook_secret", orchestrator.core.encryption.EncryptedField(blank=True, default="")),
                ("has_webhook", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
            ],
        ),
        migrations.AddField(
            model_name="patternworkspace",
            name="deploy_target",
            field=models.CharField(default="local", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="patternworkspace",
            constraint=models.CheckConstraint(
                condition=models.Q(("deploy_target__in", ["local", "vercel"])), name="workspace_target_known"
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="execution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deployments",
                to="workspaces.claudeexecution",
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="retry_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="retries",
                to="workspaces.deployment",
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="triggered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deployments",
                to="workspaces.algorithmversion",
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deployments",
                to="workspaces.patternworkspace",
            ),
        ),
        migrations.AddField(
            model_name="vercelconnection",
            name="updated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="vercelconnection",
            name="workspace",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="vercel",
                to="workspaces.patternworkspace",
            ),
        ),
        migrations.AddIndex(
            model_name="deployment",
            index=models.Index(fields=["workspace", "-id"], name="deployment_newest"),
        ),
        Protect("deployment", read=SEEN % "workspace_id", write=EDITED % "workspace_id"),
        Protect("vercelconnection", read=SEEN % "workspace_id", write=MINE),
    ]
