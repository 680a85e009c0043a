"""What every showing of the list of projects asks, prepared (see `apps.core.prepared`)."""

from django.db import models

from apps.core.prepared import Prepared
from apps.projects.models import Project

CLIENTS_AND_LATENESS = Prepared(
    lambda workspace, today: Project.objects.filter(workspace=workspace).clients_and_lateness(today),
    models.BigIntegerField(),
    models.DateField(),
)
