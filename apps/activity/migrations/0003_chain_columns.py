import apps.activity.chain
import apps.workspaces.tenancy
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for the chain; the events that are there get theirs in the next migration."""

    dependencies = [
        ('activity', '0002_alter_auditevent_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('hash', models.CharField(default=apps.activity.chain.GENESIS, max_length=64)),
                ('workspace', apps.workspaces.tenancy.WorkspaceKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='audit_heads', to='workspaces.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace',), name='one_head_of_a_chain')],
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='position',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='acted_by',
            field=models.CharField(blank=True, default='', editable=False, max_length=280),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='previous_hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
    ]
