"""What a caller is told: an error's type stands in the body (`__type`), where such clients read it."""

AUTH = 403


class ApiError(Exception):
    """An error of the wire: `code` is AWS's name for it, `message` AWS's words where there are any."""

    code = "ValidationException"
    status = 400

    def __init__(self, message: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.status = status or self.status


class ValidationFailed(ApiError):
    """The request breaks rules; all of them are in the one message."""


class NotThere(ApiError):
    code = "ResourceNotFound"


class InUse(ApiError):
    code = "ResourceInUse"


class LimitExceeded(ApiError):
    code = "ResourceLimitExceeded"


class Denied(ApiError):
    code = "AccessDeniedException"


class Unreadable(ApiError):
    """A body that is no JSON object, or that has a value of another type than its member."""

    code = "SerializationException"


class SignatureRefused(ApiError):
    """Who sends this could not be established; `code` says why."""

    code = "InvalidSignatureException"
    status = AUTH


class Throttled(ApiError):
    code = "ThrottlingException"

    def __init__(self) -> None:
        super().__init__("Rate exceeded")
