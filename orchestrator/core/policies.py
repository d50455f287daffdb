"""Row-level security as operations of migrations: which rows of a table a person reads and writes.

SQL that all policies may use, made by the migration ``accounts.0002``: ``app_user()`` is the person's id or
NULL, ``app_is_admin()`` is true for admins and for the server itself, ``app_addresses()`` says how an
approval may name the person; ``app_sees(workflow)``, ``app_edits(workflow)`` and ``app_owns(workflow)`` come
with the workflows. The first three are asked once per query when they stand in ``(SELECT …)``; the last
three cost a query per row and belong in checks of what is written. The views ``app_permission``,
``app_open`` and ``app_run`` show a person their permissions, the public workflows and the runs of either.
They read with the rights of their owner: policies that stand on other tables' policies take milliseconds
to plan.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.migrations.operations.base import Operation

ME: Final = "(SELECT app_user())"
ADMIN: Final = "(SELECT app_is_admin())"
_SERVER: Final = "(SELECT current_setting('app.server', true) = 'on')"


def own(column: str = "user_id") -> str:
    """Rows that belong to the person."""
    return f"{{t}}.{column} = {ME}"


def seen_with(table: str, column: str, where: str = "") -> str:
    """Rows that hang on a row which the person sees, as the policy of its table says.

    ``where`` may ask more of that row, by the name ``parent``.
    """
    more = f" AND ({where})" if where else ""
    return f"EXISTS (SELECT FROM {table} AS parent WHERE parent.id = {{t}}.{column}{more})"


def of_workflow(column: str) -> str:
    """Rows of workflows that are shared with the person or public. One step in an index for the former.

    ``column`` is qualified: ``{t}.workflow_id``.
    """
    return f"{shared(column)} OR " + _OPEN.replace("{column}", column)


def shared(column: str) -> str:
    """Whether the person has a permission of the workflow that this column names."""
    return _SHARED.replace("{column}", column)


_SHARED: Final = "EXISTS (SELECT FROM app_permission AS permitted WHERE permitted.workflow_id = {column})"
_OPEN: Final = "EXISTS (SELECT FROM app_open AS open WHERE open.id = {column})"
OF_RUN: Final = "EXISTS (SELECT FROM app_run AS run WHERE run.id = {t}.execution_id)"
"""Rows of runs of such workflows, for tables with an ``execution_id``."""


class Protect(Operation):
    """Binds the table of a model: ``read`` says which rows are seen, ``write`` which may come to be.

    Both are SQL conditions in which ``{t}`` is the table. Admins, the server and the role that migrates pass.
    A row that is read and may not be written can be locked, so that services can say *forbidden* instead of
    *not found*; changing it is refused by PostgreSQL. ``delete`` is as ``write`` unless told otherwise.
    """

    reversible = True
    atomic = True

    def __init__(
        self, model_name: str, *, read: str, write: str, delete: str | None = None, admins: bool = True
    ) -> None:
        self.model_name, self.read, self.write, self.delete = model_name, read, write, delete
        self.admins = admins

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        conditions: dict[str, Any] = {"read": self.read, "write": self.write}
        if self.delete is not None:
            conditions["delete"] = self.delete
        if not self.admins:
            conditions["admins"] = False
        return type(self).__name__, [self.model_name], conditions

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay what they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = self._table(app_label, to_state)
        read, write = self._condition(self.read, table), self._condition(self.write, table)
        delete = self._condition(self.delete or self.write, table)
        for statement in (
            *_dropped(table),
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY reads ON {table} FOR SELECT USING ({read})",
            f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({write})",
            f"CREATE POLICY changes ON {table} FOR UPDATE USING ({read}) WITH CHECK ({write})",
            f"CREATE POLICY deletes ON {table} FOR DELETE USING ({delete})",
            f"CREATE POLICY migrator ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        ):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = self._table(app_label, from_state)
        for statement in (
            *_dropped(table),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Bind {self.model_name} by row-level security"

    def _table(self, app_label: str, state: Any) -> str:
        return str(state.apps.get_model(app_label, self.model_name)._meta.db_table)

    def _condition(self, text: str, table: str) -> str:
        return f"{ADMIN if self.admins else _SERVER} OR ({text.replace('{t}', table)})"


class CascadeInDatabase(Operation):
    """Lets PostgreSQL delete the rows that hang on a deleted one by this foreign key.

    Django deletes what the person sees. Rows of others that hang there too, and rows that are no longer seen
    because the permission went first, would stop it.
    """

    reversible = True
    atomic = True

    def __init__(self, model_name: str, field: str) -> None:
        self.model_name, self.field = model_name, field

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.field], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay what they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._replace(app_label, schema_editor, to_state, "ON DELETE CASCADE")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._replace(app_label, schema_editor, from_state, "")

    def describe(self) -> str:
        return f"Delete {self.model_name} with its {self.field} in the database"

    def _replace(self, app_label: str, schema_editor: Any, state: Any, action: str) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.field)
        table, column = model._meta.db_table, field.column
        target = field.remote_field.model._meta
        [name] = schema_editor._constraint_names(model, [column], foreign_key=True)
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}", params=None)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) "
            f"REFERENCES {target.db_table} ({target.pk.column}) {action} DEFERRABLE INITIALLY DEFERRED",
            params=None,
        )


def _dropped(table: str) -> list[str]:
    """A table that is bound anew gets rid of what bound it before."""
    names = ("reads", "adds", "changes", "deletes", "migrator")
    return [f"DROP POLICY IF EXISTS {name} ON {table}" for name in names]
