from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0006_folders_from_text")]

    operations = [migrations.RemoveField(model_name="workflow", name="folder_text")]
