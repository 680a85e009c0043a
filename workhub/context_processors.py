"""What the frame around every signed-in page shows."""

from django.http import HttpRequest

from workhub.shell import Shell


def shell(request: HttpRequest) -> dict:
    """`shell`: the timer, the day line, the counts in the sidebar; asked only when a template uses it."""
    return {"shell": Shell(request)}
