from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0004_versions'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['workspace', 'kind', 'status', 'issue_date', 'currency', 'total_minor'], name='invoices_by_kind'),
        ),
    ]
