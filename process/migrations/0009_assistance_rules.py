"""Who reads and writes the choice of a helper and what was asked of it: nobody but the person whose session it is."""

from django.db import migrations

from orchestrator.core.policies import Protect

WRITES_OWN = "EXISTS (SELECT FROM app_own_session AS mine WHERE mine.id = {t}.session_id)"
TABLES = ("process_assistance", "process_help_request")
STAY = "".join(
    f"CREATE TRIGGER stays BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (OLD.session_id IS DISTINCT FROM NEW.session_id) EXECUTE FUNCTION process_refuse_to_move();\n"
    for table in TABLES
)
NO_STAY = "".join(f"DROP TRIGGER stays ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("process", "0008_assistance")]

    operations = [
        migrations.RunSQL(STAY, NO_STAY),
        Protect("assistance", read=WRITES_OWN, write=WRITES_OWN, admins=False),
        Protect("helprequest", read=WRITES_OWN, write=WRITES_OWN, admins=False),
    ]
