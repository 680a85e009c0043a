from django.db import migrations

from apps.activity.chain import GENESIS, digest

PAGE = 500


def chain_events(apps, schema_editor):
    """Chain what was recorded so far, for each workspace in the order of its ids; begins anew after an interruption."""
    AuditEvent = apps.get_model("activity", "AuditEvent")
    AuditHead = apps.get_model("activity", "AuditHead")
    for workspace in apps.get_model("workspaces", "Workspace").objects.order_by("pk").values_list("pk", flat=True):
        events = AuditEvent.objects.filter(workspace=workspace).order_by("pk").select_related("actor")
        head = AuditHead(workspace_id=workspace, position=0, hash=GENESIS)
        page = list(events[:PAGE])
        while page:
            for event in page:
                append(head, event)
            AuditEvent.objects.bulk_update(page, ["position", "acted_by", "previous_hash", "hash"], batch_size=100)
            page = list(events.filter(pk__gt=page[-1].pk)[:PAGE])
        AuditHead.objects.update_or_create(
            workspace_id=workspace, defaults={"position": head.position, "hash": head.hash}
        )


def append(head, event):
    event.position, event.previous_hash = head.position + 1, head.hash
    event.acted_by = f"{event.actor.pk} {event.actor.email}" if event.actor else ""
    event.hash = digest(
        workspace=event.workspace_id, position=event.position, acted_by=event.acted_by, verb=event.verb,
        kind=event.kind, row=event.row, facts=event.facts, at=event.at, previous_hash=event.previous_hash,
    )
    head.position, head.hash = event.position, event.hash


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0003_chain_columns'),
    ]

    operations = [migrations.RunPython(chain_events, migrations.RunPython.noop)]
