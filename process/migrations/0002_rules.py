"""Who reads and writes guided processes, and what PostgreSQL itself refuses."""

from django.db import migrations

from orchestrator.core.policies import ADMIN, ME, Protect, own

EVERYBODY = f"{ME} IS NOT NULL"
DEFINITIONS = (
    "processversion", "commitment", "nodetype", "processnode", "flowedge", "processprompt", "promptpack",
    "packprompt", "processsection", "sectionprompt",
)  # fmt: skip
VIEWS = """
CREATE VIEW app_own_session AS SELECT id FROM process_session WHERE user_id = (SELECT app_user());
CREATE VIEW app_lent_session AS
    SELECT session_id AS id FROM process_session_grant WHERE user_id = (SELECT app_user());
"""
NO_VIEWS = "DROP VIEW app_own_session, app_lent_session"
WRITES_OWN = "EXISTS (SELECT FROM app_own_session AS mine WHERE mine.id = {t}.session_id)"
READS = f"{WRITES_OWN} OR EXISTS (SELECT FROM app_lent_session AS lent WHERE lent.id = {{t}}.session_id)"
OF_ANSWER = "EXISTS (SELECT FROM process_answer AS parent WHERE parent.id = {t}.answer_id)"
OF_OWN_ANSWER = (
    "EXISTS (SELECT FROM process_answer AS parent JOIN app_own_session AS mine ON mine.id = parent.session_id "
    "WHERE parent.id = {t}.answer_id)"
)
CONTENT = (
    "sessionscope", "sessionprofile", "sessionprogress", "sessionsectionstatus", "answer", "synthesis",
    "archetype", "disclosure",
)  # fmt: skip

# A version in use never changes, whoever asks and however: sessions rest on it.
FROZEN = """
CREATE FUNCTION process_refuse_if_frozen(version uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE since timestamptz;
BEGIN
    -- Locked whether frozen or not: whoever is just freezing it is waited for.
    SELECT frozen_at INTO since FROM process_version WHERE id = version FOR SHARE;
    IF since IS NOT NULL THEN
        RAISE EXCEPTION 'process version % is frozen', version USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION process_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM process_refuse_if_frozen(OLD.process_version_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM process_refuse_if_frozen(NEW.process_version_id); END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION process_keep_frozen_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM process_refuse_if_frozen(
            (SELECT process_version_id FROM process_node WHERE id = OLD.process_node_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM process_refuse_if_frozen(
            (SELECT process_version_id FROM process_node WHERE id = NEW.process_node_id));
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION process_keep_frozen_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM process_refuse_if_frozen(
            (SELECT process_version_id FROM process_section WHERE id = OLD.section_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM process_refuse_if_frozen(
            (SELECT process_version_id FROM process_section WHERE id = NEW.section_id));
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION process_thaw_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (
        NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR NEW.revision <> OLD.revision
        OR NEW.profile_flags <> OLD.profile_flags
    ) THEN
        RAISE EXCEPTION 'process version % is frozen', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_frozen BEFORE UPDATE ON process_version
    FOR EACH ROW EXECUTE FUNCTION process_thaw_never();
"""
KEPT = {
    "process_commitment": "process_keep_frozen",
    "process_node": "process_keep_frozen",
    "process_flow_edge": "process_keep_frozen",
    "process_section": "process_keep_frozen",
    "process_prompt": "process_keep_frozen_prompt",
    "process_section_prompt": "process_keep_frozen_link",
}
TRIGGERS = "".join(
    f"CREATE TRIGGER keep_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION {function}();\n"
    for table, function in KEPT.items()
)
NO_TRIGGERS = "".join(f"DROP TRIGGER keep_frozen ON {table};\n" for table in (*KEPT, "process_version"))
NOT_FROZEN = NO_TRIGGERS + (
    "DROP FUNCTION process_thaw_never(), process_keep_frozen(), process_keep_frozen_prompt(), "
    "process_keep_frozen_link(), process_refuse_if_frozen(uuid)"
)
# Who is lent a session reads its rows, so policies alone would let them move the rows to a session of theirs.
STAYS = {
    "process_session": "user_id",
    "process_session_grant": "session_id",
    "process_session_scope": "session_id",
    "process_session_profile": "session_id",
    "process_session_progress": "session_id",
    "process_session_section": "session_id",
    "process_answer": "session_id",
    "process_session_synthesis": "session_id",
    "process_session_archetype": "session_id",
    "process_disclosure": "session_id",
    "process_follow_up": "answer_id",
    "process_recording": "answer_id",
}
STAY = """
CREATE FUNCTION process_refuse_to_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % stays whose it is', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER stays BEFORE UPDATE ON {table} FOR EACH ROW "
    f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION process_refuse_to_move();\n"
    for table, column in STAYS.items()
)
NO_STAY = "".join(f"DROP TRIGGER stays ON {table};\n" for table in STAYS) + (
    "DROP FUNCTION process_refuse_to_move()"
)


class Migration(migrations.Migration):
    dependencies = [("process", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        migrations.RunSQL(FROZEN + TRIGGERS, NOT_FROZEN),
        migrations.RunSQL(STAY, NO_STAY),
        migrations.RunSQL(VIEWS, NO_VIEWS),
        *(Protect(name, read=EVERYBODY, write="false") for name in DEFINITIONS),
        # The row of a session holds no content: staff see that there is one, and where it stands, no more.
        Protect(
            "session",
            read=(
                f"{ADMIN} OR {own()} "
                "OR EXISTS (SELECT FROM app_lent_session AS lent WHERE lent.id = {t}.id)"
            ),
            write=own(),
            admins=False,
        ),
        Protect(
            "sessiongrant",
            read=f"{own()} OR {{t}}.granted_by_id = {ME}",
            write=f"{{t}}.granted_by_id = {ME} AND {WRITES_OWN}",
            delete=f"{own()} OR {{t}}.granted_by_id = {ME}",
            admins=False,
        ),
        *(Protect(name, read=READS, write=WRITES_OWN, admins=False) for name in CONTENT),
        *(
            Protect(name, read=OF_ANSWER, write=OF_OWN_ANSWER, admins=False)
            for name in ("followup", "recording")
        ),
    ]
