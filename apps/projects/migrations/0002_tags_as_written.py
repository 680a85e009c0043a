"""On MariaDB and MySQL a tag is compared letter by letter, as SQLite does it.

Their usual collations take Café for Cafe, and one emoji for another: such a tag could not be made. `TagQuerySet.named`
sees to it that capitals make no difference.
"""

from django.db import migrations


def compare_as_written(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(
            "ALTER TABLE projects_tag MODIFY name varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
        )


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunPython(compare_as_written, migrations.RunPython.noop, atomic=False)]
