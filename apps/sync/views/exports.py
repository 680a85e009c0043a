"""Downloads of what there is, for spreadsheets and for programs."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.limits import take_place
from apps.sync.datasets import DATASETS, EVERYTHING
from apps.sync.exports import KINDS, answer

EXPORTS_A_MINUTE = 20


@access.program
@require_safe
def export(request: HttpRequest, dataset: str, kind: str) -> HttpResponseBase:
    """One set of data, or everything in a ZIP."""
    if dataset not in (*DATASETS, EVERYTHING) or kind not in KINDS:
        raise ValidationError(_("There is nothing here."), code="not_found")
    take_place("export", request.user.pk, EXPORTS_A_MINUTE)
    return answer(dataset, kind, request.membership)
