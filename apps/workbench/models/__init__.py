"""Time: entries with their segments, and the slices that every total is summed from."""

from apps.workbench.models.entry import TimeEntry
from apps.workbench.models.imports import ImportedRow, ImportPiece, ImportRun
from apps.workbench.models.prepared import live_entry_of, task_of
from apps.workbench.models.segments import Segment
from apps.workbench.models.slices import ProjectTotal, TimeSlice

__all__ = [
    "ImportPiece",
    "ImportRun",
    "ImportedRow",
    "ProjectTotal",
    "Segment",
    "TimeEntry",
    "TimeSlice",
    "live_entry_of",
    "task_of",
]
