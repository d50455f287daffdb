"""What somebody reads who is lent a session: the book, its chapters, and answers that are not private."""

from django.db import migrations

from orchestrator.core.policies import Protect

OWN = "EXISTS (SELECT FROM app_own_session AS mine WHERE mine.id = {t}.session_id)"
LENT = "EXISTS (SELECT FROM app_lent_session AS lent WHERE lent.id = {t}.session_id)"
READS = f"{OWN} OR {LENT}"
OF_ANSWER = "EXISTS (SELECT FROM process_answer AS parent WHERE parent.id = {t}.answer_id)"
OF_OWN_ANSWER = (
    "EXISTS (SELECT FROM process_answer AS parent JOIN app_own_session AS mine ON mine.id = parent.session_id "
    "WHERE parent.id = {t}.answer_id)"
)
# A view, since a policy cannot look at its own table. It tells ids only.
SUPERSEDED = """
CREATE VIEW app_superseded_text AS
    SELECT older.id FROM process_session_synthesis AS older
    JOIN process_session_synthesis AS newer
        ON newer.session_id = older.session_id AND newer.section_id IS NOT DISTINCT FROM older.section_id
    WHERE newer.user_approved AND newer.synthesis_type <> 'checkpoint' AND newer.id > older.id;
"""
IN_THE_BOOK = (
    "{t}.user_approved AND {t}.synthesis_type <> 'checkpoint' "
    "AND NOT EXISTS (SELECT FROM app_superseded_text AS old WHERE old.id = {t}.id) "
    "AND NOT EXISTS (SELECT FROM process_session_book AS book "
    "WHERE book.session_id = {t}.session_id "
    "AND COALESCE({t}.section_id, '00000000-0000-0000-0000-000000000000') = ANY (book.left_out))"
)
PERSONS_ONLY = (
    "sessionscope", "sessionprofile", "sessionprogress", "sessionsectionstatus", "archetype", "disclosure",
)  # fmt: skip


def _protect(name, before, after):
    """Policies of a table, and on the way back those that it had before."""
    return [_Restore(name, read=before, write=OWN), Protect(name, read=after, write=OWN, admins=False)]


class _Restore(Protect):
    """Nothing on the way there; on the way back the table is bound as it was."""

    def __init__(self, model_name, *, read, write):
        super().__init__(model_name, read=read, write=write, admins=False)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, to_state, from_state)


class Migration(migrations.Migration):
    dependencies = [("process", "0004_book")]

    operations = [
        migrations.RemoveField(model_name="session", name="title"),
        migrations.RunSQL(SUPERSEDED, "DROP VIEW app_superseded_text"),
        *(step for name in PERSONS_ONLY for step in _protect(name, READS, OWN)),
        *_protect("answer", READS, f"{OWN} OR ({{t}}.tier < 3 AND {LENT})"),
        *_protect("synthesis", READS, f"{OWN} OR ({IN_THE_BOOK} AND {LENT})"),
        _Restore("recording", read=OF_ANSWER, write=OF_OWN_ANSWER),
        Protect("recording", read=OF_OWN_ANSWER, write=OF_OWN_ANSWER, admins=False),
    ]
