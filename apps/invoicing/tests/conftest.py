"""What tests of mails share."""

import pytest

from apps.invoicing.tests.post_office import open_post_office


@pytest.fixture
def post_office(settings):
    """A mail server that WorkHub sends to."""
    with open_post_office() as (office, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield office
