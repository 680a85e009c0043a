"""What is written to standard error is what LOG_LEVEL asks for."""

import logging
import logging.config

import pytest
from django.conf import settings


@pytest.fixture
def console(capsys):
    """The settings' logging, writing to where this test can read it; the loggers get back what they had."""
    root, worker = logging.getLogger(), logging.getLogger("django_tasks_db")
    handlers, levels = root.handlers[:], (root.level, worker.level)
    logging.config.dictConfig(settings.LOGGING)
    yield lambda: capsys.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    worker.setLevel(levels[1])


def test_the_worker_tells_of_trouble_and_not_of_every_job(console):
    worker = logging.getLogger("django_tasks_db")
    # As the db_worker command does at its usual verbosity.
    worker.setLevel(logging.INFO)
    worker.info("Task done")
    worker.error("Task failed unexpectedly")
    written = console()
    assert "Task failed unexpectedly" in written
    assert "Task done" not in written
