"""What can be done to one object besides editing it: a button, with a page of confirmation where it ends something."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission

Text = str | Promise


def _always(obj: Any) -> bool:
    return True


@dataclass(frozen=True)
class ObjectAction:
    """`run` calls a service and returns what to tell the person ("" when it told him itself), or a page of its own.

    `available` hides the button in other states; the service refuses by itself.

    With `confirm` the button leads to a page that says what will happen; without it the button acts at once. Either
    way only a POST acts, and it works without JavaScript.
    """

    name: str
    label: Text
    permission: Permission
    run: Callable[[HttpRequest, Actor, Any], Text | HttpResponse]
    confirm: Text = ""
    available: Callable[[Any], bool] = _always
    style: str = ""  # "", primary, danger
    #: What the page of confirmation asks for besides; `run` finds it in the POST as `reason`.
    asks: Text = ""

    def offered_for(self, obj: Model) -> bool:
        return self.available(obj)
