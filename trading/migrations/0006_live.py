"""Accounts at the exchange, what is known of live orders there, approvals of a version, fills that failed."""

import django.db.models.deletion
import orchestrator.core.clock
import orchestrator.core.encryption
import orchestrator.core.fields
from django.conf import settings
from django.db import migrations, models
from orchestrator.core.policies import Protect

MINE = "EXISTS (SELECT FROM app_portfolio AS mine WHERE mine.id = {t}.portfolio_id)"
OF_OWN_ORDER = (
    "EXISTS (SELECT FROM trading_order AS parent JOIN app_portfolio AS mine "
    "ON mine.id = parent.portfolio_id WHERE parent.id = {t}.order_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0005_recording"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveAccount",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("funder", models.CharField(max_length=42)),
                ("signature_type", models.PositiveSmallIntegerField(default=0)),
                ("private_key", orchestrator.core.encryption.EncryptedField()),
                ("api_key", orchestrator.core.encryption.EncryptedField()),
                ("api_secret", orchestrator.core.encryption.EncryptedField()),
                ("api_passphrase", orchestrator.core.encryption.EncryptedField()),
                ("last_four", models.CharField(max_length=4)),
                ("updated_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("compared_at", models.DateTimeField(blank=True, null=True)),
                ("differences", orchestrator.core.fields.JsonField(default=list)),
                ("fault", models.CharField(blank=True, max_length=500)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="live_account_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("signature_type__in", [0, 1, 2, 3])), name="live_account_signs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("funder__regex", "^0x[0-9a-fA-F]{40}$")),
                        name="live_account_has_a_wallet",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveOrder",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("looks", models.PositiveIntegerField(default=0)),
                ("cancel_asked_at", models.DateTimeField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="live_order_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="live_order_answered_after_sent",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="fill",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="liveapproval",
            name="checksum",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="liveapproval",
            name="revoked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="revoked_approvals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="liveapproval",
            name="revoked_comment",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="liveapproval",
            name="version_number",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="fill",
            constraint=models.CheckConstraint(
                condition=models.Q(("failed_at__isnull", True), ("is_final", True), _connector="OR"),
                name="fill_failed_for_good",
            ),
        ),
        migrations.AddField(
            model_name="liveaccount",
            name="portfolio",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="account", to="trading.portfolio"
            ),
        ),
        migrations.AddField(
            model_name="liveaccount",
            name="updated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="liveorder",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="live", to="trading.order"
            ),
        ),
        Protect("liveaccount", read=MINE, write=MINE),
        Protect("liveorder", read=OF_OWN_ORDER, write=OF_OWN_ORDER),
    ]
