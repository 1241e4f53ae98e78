"""The backends by name."""

from __future__ import annotations

from labeling.wording import gettext_noop as _

from .base import Backend
from .grabcut import GrabCut

DEFAULT_BACKEND = "grabcut"

_BACKENDS: dict[str, Backend] = {backend.name: backend for backend in (GrabCut(),)}


class UnknownBackendError(LookupError):
    """No backend has this name; `str()` lists those that exist."""


def get_backend(name: str = DEFAULT_BACKEND) -> Backend:
    """The backend called `name`. Raises UnknownBackendError."""
    try:
        return _BACKENDS[name]
    except KeyError:
        listed = ", ".join(sorted(_BACKENDS))
        raise UnknownBackendError(
            _("There is no backend '%(name)s'. Choose one of: %(listed)s.") % {"name": name, "listed": listed}
        ) from None
