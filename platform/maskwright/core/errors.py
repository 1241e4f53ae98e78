"""Domain errors: what went wrong, as a code for programs and a sentence for people that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One thing that is wrong with an input. `path` names the field as the caller spelled it (`categories.3.color`)."""

    path: str
    code: str
    message: str


class DomainError(Exception):
    """Base of every error a caller can act on. Raising one undoes the transaction it is raised in."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    @property
    def details(self) -> Mapping[str, Any]:
        """What programs are told beside code and fields, added to the answer's body."""
        return {}

    def __init__(self, message: str, *, fields: tuple[FieldProblem, ...] = (), code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields
        self.error_code = code or self.code


class NotFound(DomainError):
    """Also for rows of another tenant: that they exist is not told."""

    code = "not_found"
    status = 404


class NotSignedIn(DomainError):
    code = "not_signed_in"
    status = 401


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403


class Conflict(DomainError):
    """The request is right but the state has moved on."""

    code = "conflict"
    status = 409


class Invalid(DomainError):
    """The input breaks rules; `fields` lists all of them at once."""

    code = "invalid"
    status = 422


class Unavailable(DomainError):
    """Something this needs does not answer at the moment; trying again is right."""

    code = "unavailable"
    status = 503
