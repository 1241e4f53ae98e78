"""How long somebody who tried too often has to wait: read from the counts that allauth's limits keep."""

import math
import time
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

_APP = "allauth.account"
#: Actions of pages that answer 429, and of signing in.
ACTIONS = (
    "login",
    "login_failed",
    "signup",
    "reset_password",
    "reset_password_from_key",
    "change_password",
    "manage_email",
    "reauthenticate",
)
LEAST_WAIT = 1


def seconds_to_wait(request: HttpRequest, *actions: str, key: str | None = None) -> int:
    """Until the next attempt counts; 0 when nothing is in the way. Limits per key are read where a `key` is given."""
    now, longest = time.time(), 0.0
    for action in actions or ACTIONS:
        for rate in ratelimit.get_rates(app=_APP, action=action):
            if (rate.per == "key" and key is None) or (rate.per == "user" and not request.user.is_authenticated):
                continue
            name = ratelimit.get_cache_key(request, app=_APP, action=action, rate=rate, key=key)
            history: list[float] = cache.get(name, [])  # the newest first
            if len(history) >= rate.amount:
                longest = max(longest, history[rate.amount - 1] + rate.duration - now)
    return math.ceil(longest) if longest > 0 else 0


def wait_in_words(seconds: int) -> str:
    """ "40 seconds", "3 minutes": rounded up, so that it is over then."""
    values: dict[str, Any]
    if seconds < 60:
        values = {"count": max(seconds, LEAST_WAIT)}
        return ngettext("one second", "%(count)d seconds", values["count"]) % values
    values = {"count": math.ceil(seconds / 60)}
    return ngettext("one minute", "%(count)d minutes", values["count"]) % values
