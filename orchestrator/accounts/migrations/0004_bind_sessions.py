"""Row-level security of log-ins and one-time codes; a session takes its row along, whoever ends it."""

from django.db import migrations

from orchestrator.core.policies import CascadeInDatabase, Protect, own


class ProtectAuthenticators(Protect):
    """The table of one-time codes, which another app brings."""

    def _table(self, app_label, state):
        return "mfa_authenticator"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sessions"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        Protect("browsersession", read=own(), write=own()),
        CascadeInDatabase("browsersession", "session"),
        ProtectAuthenticators("authenticator", read=own(), write=own()),
    ]
