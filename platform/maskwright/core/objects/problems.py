"""What the three cloud libraries raise, as our own errors. What the remote end wrote is never repeated."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maskwright.core.objects.base import BucketMissing, ObjectMissing, ObjectStoreError

#: The service says who we are is unknown or no longer valid: true of every object, not of this one.
_UNKNOWN_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "NoAuthenticationInformation",
}
#: Azure's word for its firewall, and of some servers like it for a wrong key: not about one object either.
_KEPT_OUT = {"AuthorizationFailure"}
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"}
_WRONG_REGION = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_WRONG_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
#: Raised by our side of the libraries when the credentials cannot even be used to ask.
_UNUSABLE = {"RefreshError", "InvalidOperation", "AzureSigningError", "DefaultCredentialsError"}

UNKNOWN = gettext_noop("The storage does not know these credentials, or they have expired. Enter valid ones.")
KEPT_OUT = gettext_noop(
    "The storage does not let us in: the credentials are wrong or expired, or its firewall keeps this server out. "
    "Check both."
)
REFUSED = gettext_noop(
    "The storage refused this. Check the credentials, and give them the right to list, read, write and "
    "delete objects in this bucket."
)
SILENT = gettext_noop("The storage did not answer. Check the connection's endpoint or account name and try again.")


@contextmanager
def translated(key: str) -> Iterator[None]:
    """Turn whatever a cloud library raises about `key` ("" for the bucket as a whole) into an ObjectStoreError."""
    try:
        yield
    except ObjectStoreError:
        raise
    except Exception as error:  # three libraries with unrelated exception trees
        raise _ours(error, key) from error


def _ours(error: Exception, key: str) -> ObjectStoreError:
    status, code = _status_of(error), _code_of(error)
    if code in _WRONG_CLOCK:
        return ObjectStoreError(
            _("The clocks of server and storage differ. Set the server's clock."), code="wrong_clock"
        )
    if code in _WRONG_REGION or status == 301:
        return ObjectStoreError(_("The bucket lies in another region. Enter its region."), code="wrong_region")
    if code in _UNKNOWN_CREDENTIALS or status == 401 or type(error).__name__ in _UNUSABLE:
        return ObjectStoreError(_(UNKNOWN), code="credentials_refused")
    if code in _KEPT_OUT:
        return ObjectStoreError(_(KEPT_OUT), code="credentials_refused")
    if status == 403:
        return ObjectStoreError(_(REFUSED), code="storage_refused")
    if code in _NO_BUCKET or (status == 404 and not key):
        return BucketMissing(_("The bucket does not exist. Check its spelling, or make it."))
    if status == 404:
        return ObjectMissing(_("There is no object named %(key)s, or the bucket does not exist.") % {"key": key})
    if status == 412:
        return ObjectStoreError(_("The object was replaced while it was read. Try again."), code="object_changed")
    return ObjectStoreError(_(SILENT))


def _status_of(error: Exception) -> int | None:
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return found if isinstance(found, int) else None
    code = getattr(error, "status_code", None) or getattr(error, "code", None) or getattr(response, "status_code", None)
    return code if isinstance(code, int) else None


def _code_of(error: Exception) -> str:
    """The service's own name of the error: a word from its documentation, compared and never shown."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", ""))
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")
