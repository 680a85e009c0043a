"""The WSGI application, for gunicorn: `gunicorn workhub.wsgi`."""

import gc
import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workhub.settings")


class Request(WSGIRequest):
    """A request whose texts are UTF-8, whatever the sender calls them.

    Django takes the sender's word, and where that is no encoding of texts (`charset=base64`) it fails before any
    middleware runs.
    """

    @property
    def encoding(self) -> None:
        """None: Django's default, UTF-8."""
        return None

    @encoding.setter
    def encoding(self, name: str) -> None:
        """Not heard."""


class Application(WSGIHandler):
    """Django's handler with our requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Application()

# What is loaded by now stays for good: the collector of garbage need not go through it again and again, and a page
# makes thousands of objects that are gone with it.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
