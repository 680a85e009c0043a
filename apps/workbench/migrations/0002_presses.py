from datetime import timedelta

import apps.core.identifiers
import apps.workspaces.tenancy
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from apps.workbench.models.presses import stamp


def tell_of_running_timers(models_then, _schema_editor):
    """The presses that led to the timers which are on, read off their segments: later ones continue from there."""
    entries = models_then.get_model("workbench", "TimeEntry").objects.filter(running_for__isnull=False)
    segments = models_then.get_model("workbench", "Segment").objects.order_by("started_at")
    presses = models_then.get_model("workbench", "TimerPress").objects
    for entry in entries:
        told = [("start", entry.started_at)]
        before = None
        for part in segments.filter(entry=entry):
            if before and before.ended_at < part.started_at:
                told += [("pause", before.ended_at), ("resume", part.started_at)]
            if part.kind == "break":
                told.append(("break", part.started_at))
            elif before and before.kind == "break":
                told.append(("break_stop", part.started_at))
            before = part
        if before and before.ended_at:
            told.append(("pause", before.ended_at))
        for number, (kind, at) in enumerate(told):
            op = apps.core.identifiers.uuid7()
            place = stamp(at + timedelta(milliseconds=number), op)
            presses.create(
                workspace_id=entry.workspace_id, user_id=entry.user_id, entry=entry, kind=kind, at=at, op=op, place=place
            )


class Migration(migrations.Migration):

    dependencies = [
        ('workbench', '0001_initial'),
        ('workspaces', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TimerPress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('op', models.UUIDField(default=apps.core.identifiers.uuid7, editable=False)),
                ('kind', models.CharField(choices=[('start', 'Start'), ('again', 'Started already'), ('pause', 'Pause'), ('resume', 'Go on'), ('break', 'Break'), ('break_stop', 'Back to work'), ('stop', 'Stop')], max_length=10)),
                ('place', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presses', to='workbench.timeentry')),
                ('user', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', apps.workspaces.tenancy.WorkspaceKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='timer_presses', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'kind', 'place'], name='presses_in_order')],
                'constraints': [models.UniqueConstraint(fields=('user', 'op'), name='one_press_of_an_operation')],
            },
        ),
        migrations.AddField(
            model_name='timeentry',
            name='changed_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='stamps',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddIndex(
            model_name='timeentry',
            index=models.Index(fields=['workspace', 'user', 'changed_at'], name='entries_by_change'),
        ),
        migrations.RunPython(tell_of_running_timers, migrations.RunPython.noop, elidable=True),
    ]
