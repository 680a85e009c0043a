"""Addresses of the workbench."""

from django.urls import include, path, register_converter

from apps.workbench.views import day, picker, quick, repair, timer, week
from apps.workbench.views.lookup import EntryIdConverter

register_converter(EntryIdConverter, "entry_id")

app_name = "workbench"

urlpatterns = [
    path("", day.day, name="day"),
    path("timer/", timer.timer, name="timer"),
    path("timer/start/", timer.start, name="timer_start"),
    path("timer/pause/", timer.pause, name="timer_pause"),
    path("timer/resume/", timer.resume, name="timer_resume"),
    path("timer/break/", timer.take_break, name="timer_break"),
    path("timer/break/stop/", timer.end_break, name="timer_break_stop"),
    path("timer/stop/", timer.stop, name="timer_stop"),
    path("timer/discard/", timer.discard, name="timer_discard"),
    path("timer/earlier/", repair.earlier, name="timer_earlier"),
    path("timer/repair/", repair.repair, name="timer_repair"),
    path("timer/idle/", repair.idle, name="timer_idle"),
    path("timer/recent/", picker.recent, name="timer_recent"),
    path("timer/<entry_id:pk>/reopen/", repair.reopen, name="entry_reopen"),
    path("timer/edit/", timer.edit, name="timer_edit"),
    path("picker/", picker.picker, name="picker"),
    path("picker/create/", picker.create, name="picker_create"),
    path("quick/", quick.quick, name="quick"),
    path("week/", week.week, name="week"),
    path("week/cell/", week.cell, name="week_cell"),
    path("week/save/", week.save, name="week_save"),
    path("week/rows/add/", week.row_add, name="week_row_add"),
    path("week/rows/remove/", week.row_remove, name="week_row_remove"),
    path("week/copy/", week.copy, name="week_copy"),
    path("week/restore/", week.restore, name="week_restore"),
    path("entries/", include("apps.workbench.entry_urls")),
    path("import/", include("apps.workbench.import_urls")),
]
