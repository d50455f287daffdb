"""The inbox of approvals and the outbox of notifications.

Approvals name their workflow, which lists need not find by way of the execution any more.
"""

from orchestrator.core.policies import CascadeInDatabase, Protect, of_workflow, own
import django.contrib.postgres.indexes
import django.db.models.deletion
import orchestrator.core.clock
import orchestrator.core.encryption
import orchestrator.core.fields
from django.conf import settings
from django.db import migrations, models


FIND_WORKFLOWS = """
UPDATE executions_approval AS approval SET workflow_id = run.workflow_id
FROM executions_execution AS run WHERE run.id = approval.execution_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


NAMED = "{t}.approvers::text[] && (SELECT app_addresses())"
EDITS = "app_edits({t}.workflow_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0008_people_of_events"),
        ("workflows", "0004_triggers_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalLink",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("failure", "A run failed"),
                            ("success", "A run completed"),
                            ("approval", "An approval waits"),
                            ("reminder", "An approval still waits"),
                            ("escalation", "An approval was escalated"),
                            ("update", "A workflow changed"),
                            ("test", "A test message"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "medium",
                    models.CharField(
                        choices=[("email", "E-mail"), ("webhook", "Webhook"), ("push", "Browser")],
                        max_length=7,
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("facts", orchestrator.core.fields.JsonField(default=dict)),
                ("count", models.PositiveIntegerField(default=1)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be sent"),
                            ("sent", "Sent"),
                            ("failed", "Given up"),
                            ("skipped", "No longer needed"),
                        ],
                        default="pending",
                        max_length=7,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(default=orchestrator.core.clock.utc_now, null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="notification_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("medium__in", ["email", "webhook", "push"])),
                        name="notification_medium_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_attempt_at__isnull", False), ("state", "pending")),
                            models.Q(
                                ("next_attempt_at__isnull", True),
                                ("state__in", ["sent", "failed", "skipped"]),
                            ),
                            _connector="OR",
                        ),
                        name="notification_due_while_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="notification_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationEndpoint",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("slack", "Slack or compatible"), ("webhook", "Webhook with data")],
                        max_length=7,
                    ),
                ),
                ("name", models.CharField(max_length=50)),
                ("host", models.CharField(max_length=255)),
                ("url", orchestrator.core.encryption.EncryptedField()),
                ("secret", orchestrator.core.encryption.EncryptedField()),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["slack", "webhook"])), name="endpoint_kind_known"
                    )
                ],
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("failure", "A run failed"),
                            ("success", "A run completed"),
                            ("approval", "An approval waits"),
                            ("reminder", "An approval still waits"),
                            ("escalation", "An approval was escalated"),
                            ("update", "A workflow changed"),
                            ("test", "A test message"),
                        ],
                        max_length=10,
                    ),
                ),
                ("facts", orchestrator.core.fields.JsonField(default=dict)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("due_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="occasion_due")],
            },
        ),
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=40)),
                ("browser", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
            ],
        ),
        migrations.AddField(
            model_name="approval",
            name="remind_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="approval",
            name="reminders",
            field=orchestrator.core.fields.JsonField(default=dict),
        ),
        migrations.AddField(
            model_name="approval",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workflows.workflow",
            ),
        ),
        migrations.RunSQL(FIND_WORKFLOWS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="approval",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workflows.workflow",
            ),
        ),
        migrations.AlterField(
            model_name="approvalvote",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["workflow", "-id"], name="approval_by_workflow"),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at"],
                name="approval_to_remind",
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("status", "pending")), fields=["approvers"], name="approval_asks"
            ),
        ),
        migrations.AddIndex(
            model_name="approvalvote",
            index=models.Index(fields=["user", "approval"], name="vote_by_person"),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "pending"), ("remind_at__isnull", True), _connector="OR"),
                name="approval_reminds_while_pending",
            ),
        ),
        migrations.AddField(
            model_name="approvallink",
            name="approval",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="executions.approval"
            ),
        ),
        migrations.AddField(
            model_name="approvallink",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="approval",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to="executions.approval",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="execution",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="executions.execution",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workflows.workflow",
            ),
        ),
        migrations.AddField(
            model_name="notificationendpoint",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notificationendpoint",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workflows.workflow",
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="approval",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="executions.approval",
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="execution",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="executions.execution",
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workflows.workflow",
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="push_subscriptions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="approvallink",
            constraint=models.UniqueConstraint(fields=("approval", "user"), name="link_once_per_person"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                models.F("workflow"),
                models.OrderBy(models.F("id"), descending=True),
                name="notification_by_workflow",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                models.F("execution"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("execution__isnull", False)),
                name="notification_by_execution",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["workflow"], name="notification_given_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["failure", "success", "approval", "reminder", "escalation", "update", "test"],
                    )
                ),
                name="notification_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationendpoint",
            constraint=models.UniqueConstraint(
                fields=("workflow", "kind", "name"), name="endpoint_name_once"
            ),
        ),
        migrations.AddIndex(
            model_name="occasion",
            index=models.Index(fields=["workflow", "kind"], name="occasion_by_workflow"),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["failure", "success", "approval", "reminder", "escalation", "update", "test"],
                    )
                ),
                name="occasion_kind_known",
            ),
        ),
        Protect(
            "approval",
            read=f"{NAMED} OR {of_workflow('{t}.workflow_id')}",
            write=f"{NAMED} OR app_edits({{t}}.workflow_id)",
        ),
        Protect("approvallink", read=own(), write=own()),
        Protect("occasion", read=EDITS, write=EDITS),
        Protect("notification", read=f"{own('recipient_id')} OR {EDITS}", write=EDITS),
        Protect("notificationendpoint", read=EDITS, write=EDITS),
        Protect("pushsubscription", read=own(), write=own()),
        CascadeInDatabase("approval", "workflow"),
        CascadeInDatabase("approvallink", "approval"),
        CascadeInDatabase("approvallink", "user"),
        CascadeInDatabase("occasion", "workflow"),
        CascadeInDatabase("occasion", "execution"),
        CascadeInDatabase("occasion", "approval"),
        CascadeInDatabase("notification", "workflow"),
        CascadeInDatabase("notification", "execution"),
        CascadeInDatabase("notification", "approval"),
        CascadeInDatabase("notification", "recipient"),
        CascadeInDatabase("notificationendpoint", "workflow"),
    ]
