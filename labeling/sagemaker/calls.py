"""A change is made once, however often its request arrives: by a retry after a lost answer, or by somebody's replay.

A retry of an AWS client is signed anew but carries the id of its invocation; it gets the first answer again. The same
signature some seconds later under another id is nobody's retry: refused. (In the same second a program may send the
same request twice and means it; then the second is carried out, and finds the name taken.) Reading changes nothing and
is always answered.
"""

import hashlib
import re
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from labeling.models import SageMakerCall
from labeling.sagemaker.errors import SignatureRefused, ValidationFailed
from maskwright.core.ids import uuid7
from maskwright.core.scope import current_scope

#: A signature holds for five minutes to either side of the server's clock.
_KEPT = timedelta(hours=1)
#: Within so many seconds of the first the same signature may be another call of the same program.
SAME_MOMENT = timedelta(seconds=3)
_INVOCATION = re.compile(r"[A-Za-z0-9-]{8,80}")

_INSERT = """
INSERT INTO labeling_sagemakercall (id, organization_id, call, signature, operation, body_sha256, answer, created_at)
VALUES (%s, %s, %s, %s, %s, %s, '', clock_timestamp()) ON CONFLICT (organization_id, call) DO NOTHING
"""


def begin(*, operation: str, invocation: str, signature: str, body: bytes) -> SageMakerCall:
    """The row of this call: a new one, or, where it was answered before, that with its answer (`is_answered`).

    Waits for another delivery of the same call that is under way. Raises SignatureRefused for a replay, and
    ValidationFailed for an invocation id that was used for something else.
    """
    call = invocation if _INVOCATION.fullmatch(invocation) else signature
    digest = hashlib.sha256(body).hexdigest()
    organization_id = current_scope().organization_id
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [uuid7(), organization_id, call, signature, operation, digest])
        is_new = bool(cursor.rowcount)
    row = SageMakerCall.objects.get(call=call)
    if not is_new:
        if (row.operation, row.body_sha256) != (operation, digest):
            raise ValidationFailed("The invocation id of this request was used for another request before.")
        return row
    now = timezone.now()
    before = SageMakerCall.objects.filter(signature=signature).exclude(pk=row.pk).order_by("created_at").first()
    if before is not None and now - before.created_at > SAME_MOMENT:
        raise SignatureRefused("This request was received before. Sign it anew.")
    SageMakerCall.objects.filter(created_at__lt=now - _KEPT).delete()
    return row


def finish(row: SageMakerCall, answer: str) -> None:
    """Keep the answer, in the transaction of the change itself."""
    SageMakerCall.objects.filter(pk=row.pk).update(answer=answer or " ")


def answered(row: SageMakerCall) -> str | None:
    """The answer that a call got; None while it has none."""
    return row.answer.strip() if row.answer else None
