"""The cache of all processes together, in Valkey: counters of sign-in attempts, so that each process adds to the same.

While the server is away each process counts in its own memory instead. So an outage neither locks everybody out nor
lifts the limits; and what a wiped server forgets is only how often somebody tried within the last minutes.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

#: After an error the server is left alone for so long (seconds): a sign-in must not wait for it at every step.
LEFT_ALONE = 5.0
_LIMITS: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}

_T = TypeVar("_T")


class JsonSerializer:
    """Numbers, texts, lists. Django's own would run what is in the data (pickle)."""

    def dumps(self, value: Any) -> bytes | int:
        # Integers stand as such, so that the server can count them up.
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class SharedCache(BaseCache):
    """Django's cache on the server named by LOCATION, with this process's memory behind it."""

    #: By server, for all threads of this process (each has an instance): monotonic time until which it is left alone.
    _away_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {**_LIMITS, **params.get("OPTIONS", {}), "serializer": JsonSerializer}
        self._shared = RedisCache(server, {**params, "OPTIONS": options})
        self._own = LocMemCache(f"beside {server}", {**params, "OPTIONS": {}})
        self._server = server

    def _do(self, work: Callable[[BaseCache], _T]) -> _T:
        if time.monotonic() >= self._away_until.get(self._server, 0.0):
            try:
                return work(self._shared)
            except redis.RedisError as error:
                logger.warning("The shared cache does not answer; this process counts alone meanwhile: %s", error)
                self._away_until[self._server] = time.monotonic() + LEFT_ALONE
        return work(self._own)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._do(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._do(lambda cache: cache.get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._do(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._do(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._do(lambda cache: cache.delete(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._do(lambda cache: cache.incr(key, delta, version))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        for key in keys:
            self.delete(key, version)

    def clear(self) -> None:
        """Forget what has this cache's prefix; the server may hold other things."""
        self._own.clear()
        self._do(self._clear_shared)

    def _clear_shared(self, cache: BaseCache) -> None:
        if isinstance(cache, RedisCache):
            client = cache._cache.get_client(None, write=True)
            for key in client.scan_iter(match=f"{self.key_prefix}:*", count=500):
                client.delete(key)
