"""`POST /` and `POST /sagemaker/`: who sends it, what it asks for, and the answer or error in the body.

A request opens the scope of its key's organization by itself; an error undoes everything the request did.
"""

import logging
import re
import uuid
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from labeling.sagemaker import calls, limits
from labeling.sagemaker.constraints import read, refuse, violations
from labeling.sagemaker.errors import ApiError, Denied, SignatureRefused
from labeling.sagemaker.model import has_output, input_shape
from labeling.sagemaker.operation import Call, Operation, find_operation
from labeling.sagemaker.signature import (
    Authorization,
    SignedRequest,
    check_signature,
    check_time,
    read_authorization,
)
from labeling.sagemaker.translate import as_api_error
from labeling.sagemaker.wire import CONTENT_TYPE, MAX_BYTES, encode, error_body, read_body
from maskwright.core.errors import DomainError
from maskwright.core.scope import organization_scope, read_grants
from maskwright.organizations.actor import Actor
from maskwright.organizations.middleware import actor_of
from maskwright.organizations.models import AccessKey
from maskwright.organizations.networks import address_of
from maskwright.organizations.permissions import can
from maskwright.organizations.services.access_keys import (
    find_access_key,
    secret_of,
    session_matches,
    touch_access_key,
)

logger = logging.getLogger(__name__)
_TARGET = re.compile(r"SageMaker\.([A-Za-z]{1,80})")
_UNKNOWN_KEY = "The security token included in the request is invalid."


@csrf_exempt
@require_POST
def endpoint(request: HttpRequest) -> HttpResponse:
    """The one address of the API."""
    identity = str(uuid.uuid4())
    try:
        with translation.override("en"):
            body = _answer(request, identity)
        response = HttpResponse(body, content_type=CONTENT_TYPE)
    except ApiError as error:
        if isinstance(error, SignatureRefused):
            limits.count_refusal(address_of(request))
        response = HttpResponse(error_body(error), status=error.status, content_type=CONTENT_TYPE)
    except Exception:
        logger.exception("A request of the SageMaker API failed (request id %s)", identity)
        failure = ApiError("The request processing has failed because of an unknown error.", code="InternalFailure")
        response = HttpResponse(error_body(failure), status=500, content_type=CONTENT_TYPE)
    response.headers["x-amzn-RequestId"] = identity
    return response


def _answer(request: HttpRequest, identity: str) -> bytes:
    limits.check_address(address_of(request))
    signed = _signed(request)
    given = read_authorization(signed.headers)
    key = _key(signed, given)
    limits.count_request(key.key_id)
    touch_access_key(key)
    operation = _operation(signed.headers.get("x-amz-target", ""))
    with organization_scope(key.organization_id, user_id=key.user_id):
        actor = _actor(key, operation)
        if not operation.writes:
            return encode(_done(operation, signed.body, actor, key, identity)) if has_output(operation.name) else b""
        row = calls.begin(
            operation=operation.name,
            invocation=signed.headers.get("amz-sdk-invocation-id", ""),
            signature=given.signature,
            body=signed.body,
        )
        before = calls.answered(row)
        if before is not None:
            return before.encode()
        answer = _done(operation, signed.body, actor, key, identity)
        body = encode(answer or {}) if has_output(operation.name) else b""
        calls.finish(row, body.decode())
        return body


def _signed(request: HttpRequest) -> SignedRequest:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BYTES:
        raise _too_large()
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _too_large()
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.META.get("QUERY_STRING", "")
    return SignedRequest(cast(str, request.method), request.path, query, headers, body)


def _too_large() -> ApiError:
    return ApiError("The request is larger than 4 MB.", code="RequestEntityTooLargeException", status=413)


def _key(signed: SignedRequest, given: Authorization) -> AccessKey:
    """The key that signed this. Raises SignatureRefused; of a key that is unknown, no more is told than that."""
    now = timezone.now()
    check_time(signed, given, now)
    key = find_access_key(given.key_id[:40]) if given.key_id.isascii() and "\0" not in given.key_id else None
    if key is None:
        raise SignatureRefused(_UNKNOWN_KEY, code="UnrecognizedClientException")
    hosts = (signed.headers.get("host", ""), urlsplit(settings.PUBLIC_URL).netloc)
    check_signature(signed, given, secret_of(key), hosts)
    if not session_matches(key, signed.headers.get("x-amz-security-token", "")):
        raise SignatureRefused(_UNKNOWN_KEY, code="UnrecognizedClientException")
    if key.expires_at is not None and key.expires_at <= now:
        message = "The security token included in the request is expired"
        raise SignatureRefused(message, code="ExpiredTokenException")
    return key


def _operation(target: str) -> Operation:
    named = _TARGET.fullmatch(target)
    operation = find_operation(named[1]) if named else None
    if operation is None:
        shown = target[:100] if target else "none"
        raise ApiError(
            f"The operation {shown} is not part of this endpoint. It answers Ground Truth's: X-Amz-Target: "
            f"SageMaker.<Operation>.",
            code="UnknownOperationException",
        )
    return operation


def _actor(key: AccessKey, operation: Operation) -> Actor:
    """Who acts, when he may. Raises Denied in AWS's words."""
    scopes = None if key.scopes is None else frozenset(key.scopes)
    actor = actor_of(key.user, key.organization_id, scopes)
    if actor is None:
        raise SignatureRefused(_UNKNOWN_KEY, code="UnrecognizedClientException")
    if actor.is_vendor:
        read_grants()
    who = f"arn:aws:iam::{key.organization.account_id}:user/{key.user.username}"
    reason = ""
    if not can(actor, operation.permission):
        reason = f"because no identity-based policy allows the sagemaker:{operation.name} action"
    elif actor.lacks_second_factor:
        reason = "because the organization demands a second factor that this user has not set up"
    if reason:
        raise Denied(f"User: {who} is not authorized to perform: sagemaker:{operation.name} {reason}")
    return actor


def _done(operation: Operation, body: bytes, actor: Actor, key: AccessKey, identity: str) -> Any:
    name = input_shape(operation.name)
    given = read(name, read_body(body))
    broken = list(violations(name, given))
    places = {one.path for one in broken}
    # A rule says nothing about a member that breaks the model's constraints: one reason each is enough.
    broken += [one for rule in operation.rules for one in rule(given) if one.path not in places]
    refuse(broken)
    call = Call(operation.name, given, actor, key.organization.account_id, identity)
    try:
        return operation.handler(call)
    except DomainError as error:
        raise as_api_error(error) from error
