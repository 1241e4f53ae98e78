"""Sign-in attempts are counted by all processes together, and by each alone while the broker is away."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client

from maskwright.accounts.models import User
from maskwright.core import shared_cache
from maskwright.core.shared_cache import SharedCache
from tests.plugins.broker import Broker
from tests.plugins.cast import PASSWORD


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.kill()


def process(broker: Broker) -> SharedCache:
    """The cache as one more process has it."""
    return SharedCache(broker.server.url, {"KEY_PREFIX": "test"})


def test_what_one_process_counts_the_other_sees(broker: Broker) -> None:
    one, other = process(broker), process(broker)
    one.set("attempts", [1.5, 2.5], 60)
    assert other.get("attempts") == [1.5, 2.5]
    assert one.add("lock", True, 60) and not other.add("lock", True, 60)
    one.set("count", 1, 60)
    assert other.incr("count") == 2 and one.get("count") == 2
    one.clear()
    assert other.get("attempts", "nothing") == "nothing"


def test_each_counts_alone_while_the_server_is_away_and_together_again_when_it_is_back(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_cache, "LEFT_ALONE", 0.2)
    one, other = process(broker), process(broker)
    broker.kill()
    one.set("attempts", [1], 60)
    assert one.get("attempts") == [1], "the limit goes on to hold in this process"
    broker.start_again()
    time.sleep(0.3)
    one.set("attempts", [2], 60)
    assert other._shared.get("attempts") == [2]


def test_nothing_in_the_server_is_run(broker: Broker) -> None:
    with redis.Redis.from_url(broker.server.url) as client:
        client.set("test:1:attempts", b"\x80\x04\x95")  # how a pickle begins
        with pytest.raises(ValueError):
            process(broker).get("attempts")


@pytest.mark.django_db
def test_failed_sign_ins_are_limited_across_processes() -> None:
    assert isinstance(caches["default"], SharedCache)
    assert "/2" in settings.CACHES["default"]["LOCATION"] or "db=2" in settings.CACHES["default"]["LOCATION"]
    cache.clear()
    User.objects.create_user("mia", "mia@acme.example", PASSWORD)
    for number in range(6):
        # What this process remembers by itself is forgotten each time, as if another one answered.
        caches["default"]._own.clear()
        answer = Client().post("/accounts/login/", {"login": "mia", "password": f"wrong {number}"})
    assert "Too many failed" in answer.content.decode() or answer.status_code == 429
    cache.clear()
