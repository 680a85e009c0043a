from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0004_chain_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='position',
            field=models.PositiveIntegerField(editable=False),
        ),
        migrations.AddConstraint(
            model_name='auditevent',
            constraint=models.UniqueConstraint(fields=('workspace', 'position'), name='one_event_at_a_position'),
        ),
    ]
