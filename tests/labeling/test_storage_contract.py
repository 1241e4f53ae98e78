"""What every kind of storage does alike, asked of a folder and of real S3, GCS and Azure servers over HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.models import StorageConnection
from labeling.services.storage_connections import save_storage_connection
from labeling.storage import Resolver
from labeling.storage.connections import open_connection
from maskwright.core.objects import ObjectMissing, ObjectStore, ObjectStoreError
from maskwright.core.objects.remote import RemoteStore
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company

KINDS = ["local", "s3", "gcs", "azure"]


@dataclass
class Place:
    """One connection, its store, what its addresses start with, and a way to its bytes past all of our code."""

    kind: str
    connection: StorageConnection
    store: ObjectStore
    base: str
    put: Callable[[dict[str, bytes]], None]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, acme: Company, tmp_path: Path, settings: Settings) -> Place:
    kind: str = request.param
    if kind == "local":
        settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
        with organization_scope(acme.id):
            connection = save_storage_connection(name="folder", kind="local", container=str(tmp_path))

        def put(files: dict[str, bytes]) -> None:
            for key, data in files.items():
                (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / key).write_bytes(data)

        base = f"file://{tmp_path}/"
    else:
        server = request.getfixturevalue(kind)
        connection = server.connect(acme, "bucket-1")

        def put(files: dict[str, bytes]) -> None:
            server.put("bucket-1", files)

        base = {"s3": "s3", "gcs": "gs", "azure": "azure"}[kind] + "://bucket-1/"
    with organization_scope(acme.id):
        store = open_connection(connection)
    return Place(kind, connection, store, base, put)


def _keys(found: Iterator[Any]) -> list[str]:
    return [item.key for item in found]


NAMES = [
    "a b.png",
    "a#1?x=2.png",
    "a%20b.png",
    "a+b&c=d.png",
    "Straße/ä.png",
    "日本/写真 1.jpg",
    "😀.png",
    ".hidden/x.png",
]


def test_what_others_put_there_is_listed_and_read(place: Place, acme: Company) -> None:
    place.put({name: name.encode() for name in NAMES})
    assert _keys(place.store.list("")) == sorted(NAMES)
    assert [(item.key, item.size) for item in place.store.list("Straße/")] == [("Straße/ä.png", 14)]
    with organization_scope(acme.id):
        found = [item.uri for item in Resolver().list_objects(place.base)]
        assert found == [place.base + name for name in sorted(NAMES)]
        for name in NAMES:
            assert Resolver().resolve(place.base + name).get(max_bytes=100) == name.encode()


def test_a_prefix_is_the_start_of_a_key_and_not_a_folder(place: Place) -> None:
    place.put({"in/a.png": b"1", "in/b.png": b"2", "inner/c.png": b"3", "z.png": b"4"})
    assert _keys(place.store.list("in/")) == ["in/a.png", "in/b.png"]
    assert _keys(place.store.list("in")) == ["in/a.png", "in/b.png", "inner/c.png"]
    assert _keys(place.store.list("nothing/")) == []


def test_a_long_list_comes_whole_and_in_order(place: Place) -> None:
    """More than a page of any of the services would be 5,000 objects; here their clients ask for pages of 100."""
    names = [f"in/{n:04}.png" for n in range(250)]
    place.put(dict.fromkeys(reversed(names), b"x"))
    _make_pages_small(place)
    assert _keys(place.store.list("in/")) == names


def _make_pages_small(place: Place) -> None:
    storage: Any = getattr(place.store, "storage", None)
    if place.kind == "s3":
        events = storage.connection.meta.client.meta.events
        events.register("provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 100})
    elif place.kind == "gcs":
        real = storage.client.list_blobs
        storage.client.list_blobs = lambda *a, **k: real(*a, page_size=100, **k)
    elif place.kind == "azure":
        real = storage.client.list_blobs
        storage.client.list_blobs = lambda **k: real(results_per_page=100, **k)


def test_written_read_replaced_and_deleted(place: Place) -> None:
    store, key = place.store, "out/ä b/mask.png"
    assert not store.exists(key)
    store.put(key, b"first", content_type="image/png")
    assert (store.exists(key), store.size(key), store.get(key)) == (True, 5, b"first")
    store.put(key, b"and second", content_type="image/png")
    assert (store.size(key), store.get(key, max_bytes=10)) == (10, b"and second")
    with pytest.raises(ObjectStoreError) as caught:
        store.get(key, max_bytes=9)
    assert caught.value.error_code == "too_large"
    store.put("empty", b"")
    assert (store.get("empty"), store.size("empty")) == (b"", 0)
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)


def test_names_that_look_packed_are_kept_as_they_are(place: Place) -> None:
    """Some backends declare an encoding by the name; then a reader would get other bytes than were written."""
    for key in ("masks.tar.gz", "page.svgz", ".dot.", "ends-with-dot./x"):
        place.store.put(key, b"not packed at all")
        assert place.store.get(key) == b"not packed at all"
        assert key in _keys(place.store.list(""))


def test_big_objects_are_streamed_both_ways(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = bytes(range(256)) * 4 * 1024 * 13  # 13 MB: more than one request of each client
    file = tmp_path_factory.mktemp("big") / "big"
    file.write_bytes(data)
    with file.open("rb") as source:
        place.store.put_file("big", source)
        assert not source.closed
    with place.store.open("big") as opened:
        assert opened.read(10) == data[:10]
        assert opened.read(5 << 20) == data[10 : 10 + (5 << 20)]
        rest = b""
        while piece := opened.read(1 << 20):
            rest += piece
    assert data[10 + (5 << 20) :] == rest


def test_beginning_to_read_does_not_fetch_the_whole(place: Place) -> None:
    """40 MB photos and manifests of gigabytes are read front to back; only some of it is under way at a time."""
    if place.kind == "local":
        pytest.skip("a file is read by the operating system")
    place.store.put("big", bytes(24 << 20))
    taken = _count_bytes(place)
    with place.store.open("big") as opened:
        opened.read(1000)
    assert taken() <= 9 << 20


def _count_bytes(place: Place) -> Callable[[], int]:
    """How many bytes of objects the client was sent from now on."""
    driver: Any = place.store
    real = driver._driver.open
    read: list[int] = []

    def opened(name: str) -> Any:
        found = real(name)
        take = found.read

        def counting(n: int) -> bytes:
            data: bytes = take(n)
            read.append(len(data))
            return data

        return type(found)(found.size, counting, found.close)

    driver._driver.open = opened
    return lambda: sum(read)


@pytest.mark.parametrize("megabytes", [0.1, 9])
def test_a_reader_sees_the_old_or_the_new_never_half(place: Place, megabytes: float) -> None:
    """While one thread replaces an object, readers get one version whole, or an error that says to try again."""
    size = int(megabytes * (1 << 20))
    versions = {bytes([65 + n]) * (size + n) for n in range(2)}
    for data in versions:
        place.store.put("mask.png", data)
    done = threading.Event()
    wrong: list[Any] = []
    whole: list[Any] = []

    def read() -> None:
        while not done.is_set() or not whole:
            try:
                found = place.store.get("mask.png")
            except ObjectStoreError as error:
                if error.error_code not in ("object_changed", "object_missing"):
                    wrong.append(error.message.encode())
                continue
            (whole if found in versions else wrong).append(found[:50])

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(6):
        for data in versions:
            place.store.put("mask.png", data)
    done.set()
    thread.join()
    assert (wrong, bool(whole)) == ([], True)


class _Torn(BytesIO):
    """A file whose disk fails in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 5 << 20:
            raise OSError("the disk failed")
        return super().read(1 << 20 if size is None or size < 0 else min(size, 1 << 20))


def test_a_write_that_breaks_off_leaves_what_was_there(place: Place) -> None:
    place.store.put("mask.png", b"old")
    with suppress(ObjectStoreError, OSError):
        place.store.put_file("mask.png", _Torn(bytes(20 << 20)))
    assert place.store.get("mask.png") == b"old"
    with suppress(ObjectStoreError, OSError):
        place.store.put_file("new.png", _Torn(bytes(20 << 20)))
    assert _keys(place.store.list("")) == ["mask.png"]


def test_what_is_missing(place: Place) -> None:
    for ask in (place.store.get, place.store.size, place.store.open):
        with pytest.raises(ObjectMissing, match=r"There is no object named no/such\.png"):
            ask("no/such.png")


@pytest.mark.parametrize("key", ["", "/a", "a//b", "../a", "a/../b", "a\\b", "a\nb"])
def test_keys_that_no_storage_takes(place: Place, key: str) -> None:
    with pytest.raises(ObjectStoreError) as caught:
        place.store.put(key, b"x")
    assert caught.value.error_code == "bad_key"


def test_an_installations_own_storage_lies_below_a_prefix(place: Place) -> None:
    if place.kind == "local":
        pytest.skip("the folder is the prefix")
    own: Any = place.store
    below = RemoteStore(own.storage, own._driver, prefix="maskwright/own")
    below.put("org/1/blobs/a", b"x")
    assert below.get("org/1/blobs/a") == b"x"
    assert _keys(below.list("org/")) == ["org/1/blobs/a"]
    assert _keys(place.store.list("")) == ["maskwright/own/org/1/blobs/a"]
