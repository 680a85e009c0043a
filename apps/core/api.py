"""How a program is answered: in JSON, also where something is wrong, so that it never meets a page.

A refusal of the whole request is a ValidationError whose code says the status; what it says is for people.
"""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

PREFIX = "/api/"
# Codes that are not 400.
STATUS_OF = {
    "sign_in": 401,
    "token": 401,
    "csrf": 403,
    "forbidden": 403,
    "no_workspace": 403,
    "second_factor": 403,
    "not_found": 404,
    "method": 405,
    "other_user": 409,
    "other_workspace": 409,
    "too_large": 413,
    "too_many_operations": 413,
    "not_json": 415,
    "schema_old": 426,
    "too_often": 429,
    "busy": 503,
}
BUSY_SECONDS = 5


def is_for_programs(request: HttpRequest) -> bool:
    """Whether this address answers programs, so that not even an error may be a page."""
    return request.path_info.startswith(PREFIX)


def problem(code: str, message: str, *, status: int | None = None, retry_after: int | None = None) -> JsonResponse:
    """`{code, message}` with the status that belongs to the code, and when it is worth to try again (seconds)."""
    answer = JsonResponse({"code": code, "message": str(message)}, status=status or STATUS_OF.get(code, 400))
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="WorkHub"'
    return answer


def problem_of(refusal: ValidationError) -> JsonResponse:
    """What a refusal says; `retry_after` may stand in its parameters."""
    first = refusal.error_list[0] if hasattr(refusal, "error_list") else refusal
    return problem(
        first.code or "invalid", " ".join(refusal.messages), retry_after=(first.params or {}).get("retry_after")
    )


def busy() -> JsonResponse:
    """The database did not come to it in time."""
    return problem("busy", _("The server is busy. Please try again."), retry_after=BUSY_SECONDS)
