"""The view that everything is measured against: a constant answer, no middleware, no database.

Its settings are in this module too, so that it shares nothing with the product but Django and gunicorn.
"""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path


def answer(request: HttpRequest) -> HttpResponse:
    """Always the same."""
    return HttpResponse("bare")


urlpatterns = [path("", answer)]


def application_of_its_own():
    """The WSGI application; settings are made here because gunicorn imports nothing else."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="bare", MIDDLEWARE=[])
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


application = application_of_its_own()
