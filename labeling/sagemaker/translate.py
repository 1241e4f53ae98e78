"""Errors of our services in the API's words: its error types, its names of members."""

from collections.abc import Mapping

from labeling.sagemaker.errors import ApiError, InUse, NotThere, Throttled, ValidationFailed
from maskwright.core.errors import Conflict, DomainError, NotAllowed, NotFound, Unavailable

_KINDS: tuple[tuple[type[DomainError], type[ApiError]], ...] = ((NotFound, NotThere), (Conflict, InUse))


def as_api_error(error: DomainError, members: Mapping[str, str] | None = None) -> ApiError:
    """`members`: our field's path -> the API's member, for messages that name what is wrong."""
    if isinstance(error, Unavailable):
        return Throttled()
    if isinstance(error, NotAllowed):
        return ApiError(error.message, code="AccessDeniedException")
    message = sentences(error, members or {})
    for ours, theirs in _KINDS:
        if isinstance(error, ours):
            return theirs(message)
    return ValidationFailed(message)


def sentences(error: DomainError, members: Mapping[str, str]) -> str:
    """All that is wrong, each with the member it is about."""
    if not error.fields:
        return error.message
    return " ".join(f"{members.get(one.path, one.path)}: {one.message}" for one in error.fields)
