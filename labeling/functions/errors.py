"""Why a function gave no usable answer."""


class FunctionError(Exception):
    """`message` says it for people; it is kept on the data object."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FunctionUnavailable(FunctionError):
    """It could not be reached, was too slow or failed: asked again later it may answer."""


class FunctionRefused(FunctionError):
    """It answered, and what it said cannot be used; the same question gets the same answer."""
