"""Addresses of objects, resolved through an organization's own storage connections."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.errors import AddressUnusable, StorageNotWritable
from labeling.models import StorageConnection
from labeling.services.storage_connections import save_storage_connection
from labeling.storage import Resolver, parse_address
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company
from tests.plugins.s3 import S3


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    return tmp_path


def _save(company: Company, **changes: Any) -> StorageConnection:
    with organization_scope(company.id):
        return save_storage_connection(**({"kind": "local"} | changes))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "photo.png",
        "http://a/b",
        "s3:/a/b",
        "s3://",
        "s3://b/../x",
        "s3://b//x",
        "file://a/b",
        "s3://b/a\nb",
        "s3://b/./x",
    ],
)
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(AddressUnusable):
        parse_address(uri)


def test_keys_are_taken_as_they_are(acme: Company, s3: S3) -> None:
    s3.connect(acme, "bucket-1")
    names = ["a b.png", "a#1?x=2.png", "a%20b.png", "Straße/ä.png"]
    s3.put("bucket-1", {name: name.encode() for name in names})
    with organization_scope(acme.id):
        for name in names:
            assert Resolver().resolve(f"s3://bucket-1/{name}").get(max_bytes=100) == name.encode()
        found = [item.uri for item in Resolver().list_objects("s3://bucket-1/Straße/")]
    assert found == ["s3://bucket-1/Straße/ä.png"]


def test_an_address_without_connection_says_what_to_do(acme: Company) -> None:
    with organization_scope(acme.id), pytest.raises(AddressUnusable, match="Add one under Storage connections"):
        Resolver().resolve("s3://unknown/a.png")


def test_anothers_connection_does_not_open_its_bucket(acme: Company, initech: Company, s3: S3) -> None:
    s3.connect(acme, "bucket-1")
    with organization_scope(acme.id):
        Resolver().resolve("s3://bucket-1/a.png")
    with organization_scope(initech.id), pytest.raises(AddressUnusable):
        Resolver().resolve("s3://bucket-1/a.png")


def test_the_nearest_folder_counts(acme: Company, folder: Path) -> None:
    for name in ("a", "a/b"):
        (folder / name).mkdir()
    _save(acme, name="outer", kind="local", container=str(folder / "a"))
    _save(acme, name="inner", kind="local", container=str(folder / "a" / "b"), is_writable=False)
    with organization_scope(acme.id):
        Resolver().resolve_output(f"file://{folder}/a/x")
        with pytest.raises(StorageNotWritable):
            Resolver().resolve_output(f"file://{folder}/a/b/x")


def test_the_installations_own_output_is_apart_for_each_organization(acme: Company, initech: Company) -> None:
    with organization_scope(acme.id):
        Resolver().resolve_output("maskwright://output/job/a").put(b"mine")
        assert Resolver().resolve("maskwright://output/job/a").get(max_bytes=10) == b"mine"
    with organization_scope(initech.id):
        place = Resolver().resolve("maskwright://output/job/a")
        assert not place.store.exists(place.key)
