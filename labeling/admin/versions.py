"""Two people who edit the same versioned thing: the second is told, instead of undoing the first's work."""

from typing import Any

from django.utils.translation import gettext

from maskwright.core.errors import Conflict


def refuse_stale(obj: Any | None, seen: int) -> None:
    """Raise Conflict unless the form was made from the present version of `obj`."""
    if obj is not None and obj.current_number != seen:
        raise Conflict(
            gettext(
                "Somebody saved version %(number)d while you were editing version %(seen)d. "
                "Open the page in another tab to see it, then make your changes there."
            )
            % {"number": obj.current_number, "seen": seen}
        )
