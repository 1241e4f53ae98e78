"""How many requests a key, and how many refused ones an address, may send: counted in the shared cache."""

import time

from django.conf import settings
from django.core.cache import cache

from labeling.sagemaker.errors import Throttled

_SECONDS = 10
#: Refused signatures of one address in a minute; more are a program that is set up wrongly, or a guess.
REFUSED, _REFUSED_SECONDS = 120, 60


def count_request(key_id: str) -> None:
    """Raise Throttled when a key sent more than SAGEMAKER_RATE requests a second over ten seconds."""
    if _count(f"sagemaker:{key_id}", _SECONDS) > settings.SAGEMAKER_RATE * _SECONDS:
        raise Throttled


def check_address(address: str) -> None:
    """Raise Throttled for an address that was refused too often within this minute."""
    if int(cache.get(_name(f"sagemaker-refused:{address}", _REFUSED_SECONDS)) or 0) >= REFUSED:
        raise Throttled


def count_refusal(address: str) -> None:
    _count(f"sagemaker-refused:{address}", _REFUSED_SECONDS)


def _name(what: str, seconds: int) -> str:
    return f"{what}:{int(time.time() // seconds)}"


def _count(what: str, seconds: int) -> int:
    name = _name(what, seconds)
    if cache.add(name, 1, seconds * 2):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # it ran out between the two
        return 1
