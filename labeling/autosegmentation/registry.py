"""The backends by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from labeling.wording import gettext_noop as _

from .base import Backend
from .grabcut import GrabCut

DEFAULT_BACKEND = "grabcut"

_BACKENDS: Mapping[str, Callable[[], Backend]] = {"grabcut": GrabCut}


class UnknownBackendError(LookupError):
    """No backend has this name; `str()` lists those that exist."""


@cache
def load_backend(name: str = DEFAULT_BACKEND) -> Backend:
    """The backend called `name`, loaded once a process. Raises UnknownBackendError."""
    try:
        make = _BACKENDS[name]
    except KeyError:
        listed = ", ".join(sorted(_BACKENDS))
        raise UnknownBackendError(
            _("There is no backend '%(name)s'. Choose one of: %(listed)s.") % {"name": name, "listed": listed}
        ) from None
    return make()
