"""Which tables are bound: all of them, but for those that a reason is given for."""

from __future__ import annotations

import pytest
from django.db import connection

from orchestrator.executions.runtime.engine import Engine
from tests.rls.conftest import AsWeb
from tests.rls.world import all_rows, bound_tables, make_belongings, models_with_tables

SHARED = {
    "analytics_daycut": "at which hours days begin in the time zones in use; nobody's",
    "analytics_position": "how far the follower has read the ends of runs; nobody's",
    "account_emailaddress": "allauth's, not used: addresses stand on the user",
    "account_emailconfirmation": "allauth's, not used: addresses stand on the user",
    "axes_accessattempt": "failed log-ins are counted before anybody is known",
    "axes_accessattemptexpiration": "failed log-ins are counted before anybody is known",
    "axes_accessfailurelog": "failed log-ins are counted before anybody is known",
    "axes_accesslog": "written while logging in; shown by the Django admin only",
    "accounts_user": "looked up to log in, to share with, to name who did something",
    "accounts_user_groups": "rights of the Django admin, read while logging in",
    "accounts_user_user_permissions": "rights of the Django admin, read while logging in",
    "auth_group": "rights of the Django admin",
    "auth_group_permissions": "rights of the Django admin",
    "auth_permission": "rights of the Django admin",
    "django_admin_log": "written and shown by the Django admin, to staff only",
    "django_content_type": "names of models",
    "django_session": "read by its secret key before the person is known",
}
"""Tables that everybody's requests read, each with the reason. A table of one person's rows is never here."""


def test_every_table_is_bound_or_shared_for_a_reason(db: None) -> None:
    bound = set(bound_tables())
    tables = set(models_with_tables())
    assert tables - bound - SHARED.keys() == set(), "bind them: docs/howto/bind-a-table.md"
    assert bound & SHARED.keys() == set(), "a bound table is not shared"
    assert SHARED.keys() - tables == set(), "these are gone"


def test_every_policy_names_a_command_and_the_migrator_alone_passes(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname, cmd, roles::text FROM pg_policies")
        policies = cursor.fetchall()
    for table in bound_tables():
        commands = {name: cmd for of, name, cmd, _ in policies if of == table}
        wanted = {"reads": "SELECT", "adds": "INSERT", "changes": "UPDATE", "deletes": "DELETE"}
        assert wanted.items() <= commands.items(), table
        passes = [roles for of, name, _, roles in policies if of == table and name == "migrator"]
        assert len(passes) == 1, table
        assert passes != ["{public}"], table


def test_the_web_role_owns_nothing_and_bypasses_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles "
            "WHERE rolname = 'orchestrator_web'"
        )
        assert cursor.fetchone() == (False, False, False, True)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = 'orchestrator_web'::regrole UNION ALL "
            "SELECT count(*) FROM pg_auth_members WHERE member = 'orchestrator_web'::regrole"
        )
        assert cursor.fetchall() == [(0,), (0,)]


def test_partitions_are_reached_by_their_parent_only(db: None, as_web: AsWeb) -> None:
    """A partition that is named itself would not be bound by the parent's policies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r'")
        partitions = [row[0] for row in cursor.fetchall()]
        assert partitions, "the event table is partitioned"
        for partition in partitions:
            cursor.execute(
                "SELECT has_table_privilege('orchestrator_web', %s, 'SELECT, INSERT, UPDATE, DELETE')",
                [partition],
            )
            assert cursor.fetchone() == (False,), partition


@pytest.mark.parametrize(
    ("table", "right"),
    [
        ("executions_event", "INSERT, UPDATE, DELETE"),
        ("accounts_auditrecord", "DELETE"),
        ("django_migrations", "INSERT, UPDATE, DELETE"),
    ],
)
def test_what_only_grows_cannot_be_changed_by_a_web_process(db: None, table: str, right: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('orchestrator_web', %s, %s)", [table, right])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT has_table_privilege('orchestrator_web', %s, 'SELECT')", [table])
        assert cursor.fetchone() == (True,)


def test_the_world_has_a_row_in_every_bound_table(engine: Engine) -> None:
    """Else the tests of what others see would pass for want of anything to see."""
    make_belongings("bea", engine)
    empty = [table for table, rows in all_rows().items() if not rows]
    assert not empty, "extend make_belongings, or SPECIAL in filling.py"
