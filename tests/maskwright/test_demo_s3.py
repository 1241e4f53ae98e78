"""The demo's S3 endpoint, driven by boto3 as scripts drive it; and what may not happen: half objects, wrong keys."""

import http.client
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from maskwright.config.demo.s3.server import make_server

KEYS = {"AKIDEMO": "the secret"}


@dataclass
class Endpoint:
    address: str
    folder: Path

    def client(self, key: str = "AKIDEMO", secret: str = "the secret", **config: Any) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="local",
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    def files(self) -> list[Path]:
        return list((self.folder / "bytes").iterdir())


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    server = make_server(tmp_path, lambda key, token: KEYS.get(key))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Endpoint(f"http://127.0.0.1:{server.server_port}", tmp_path)
    server.shutdown()
    server.server_close()


@pytest.fixture
def s3(endpoint: Endpoint) -> Any:
    client = endpoint.client()
    client.create_bucket(Bucket="in")
    return client


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def test_buckets(endpoint: Endpoint, s3: Any) -> None:
    s3.create_bucket(Bucket="out")
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["in", "out"]
    s3.head_bucket(Bucket="out")
    with pytest.raises(ClientError) as there:
        s3.create_bucket(Bucket="out")
    assert code(there) == "BucketAlreadyOwnedByYou"
    s3.put_object(Bucket="out", Key="a", Body=b"a")
    with pytest.raises(ClientError) as full:
        s3.delete_bucket(Bucket="out")
    assert code(full) == "BucketNotEmpty"
    s3.delete_object(Bucket="out", Key="a")
    s3.delete_bucket(Bucket="out")
    with pytest.raises(ClientError) as gone:
        s3.list_objects_v2(Bucket="out")
    assert code(gone) == "NoSuchBucket"
    with pytest.raises(ClientError) as wrong:
        s3.create_bucket(Bucket="No")
    assert code(wrong) == "InvalidBucketName"


@pytest.mark.parametrize("key", ["a.png", "ordner/ü b+c&d=1?#.png", "//two", "trailing/", "x" * 500])
@pytest.mark.parametrize("checksum", ["when_supported", "when_required"])
def test_bytes_type_and_metadata_come_back(endpoint: Endpoint, s3: Any, key: str, checksum: str) -> None:
    client = endpoint.client(request_checksum_calculation=checksum)
    body = bytes(range(256)) * 1000
    made = client.put_object(Bucket="in", Key=key, Body=body, ContentType="image/png", Metadata={"who": "me"})
    found = client.get_object(Bucket="in", Key=key)
    assert found["Body"].read() == body
    assert (found["ContentType"], found["Metadata"], found["ETag"]) == ("image/png", {"who": "me"}, made["ETag"])
    assert client.head_object(Bucket="in", Key=key)["ContentLength"] == len(body)
    part = client.get_object(Bucket="in", Key=key, Range="bytes=10-19")
    assert part["Body"].read() == body[10:20] and part["ContentRange"] == f"bytes 10-19/{len(body)}"
    assert client.get_object(Bucket="in", Key=key, Range="bytes=-5")["Body"].read() == body[-5:]
    assert [one["Key"] for one in client.list_objects_v2(Bucket="in")["Contents"]] == [key]


def test_big_files_go_in_parts_and_streams_in_chunks(endpoint: Endpoint, s3: Any) -> None:
    body = b"0123456789abcdef" * (1 << 20)  # 16 MB
    s3.upload_fileobj(
        io.BytesIO(body), "in", "big", Config=TransferConfig(multipart_threshold=5 << 20, use_threads=True)
    )
    found = s3.get_object(Bucket="in", Key="big")
    assert found["Body"].read() == body and found["ETag"].endswith('-2"')
    assert len(endpoint.files()) == 1, "parts are gone"
    upload = s3.create_multipart_upload(Bucket="in", Key="never")["UploadId"]
    s3.upload_part(Bucket="in", Key="never", UploadId=upload, PartNumber=1, Body=b"x")
    with pytest.raises(ClientError) as wrong:
        parts = {"Parts": [{"PartNumber": 2, "ETag": "x"}]}
        s3.complete_multipart_upload(Bucket="in", Key="never", UploadId=upload, MultipartUpload=parts)
    assert code(wrong) == "InvalidPart"
    s3.abort_multipart_upload(Bucket="in", Key="never", UploadId=upload)
    assert len(endpoint.files()) == 1
    with pytest.raises(ClientError) as ended:
        s3.upload_part(Bucket="in", Key="never", UploadId=upload, PartNumber=1, Body=b"x")
    assert code(ended) == "NoSuchUpload"


def test_lists_are_in_order_paged_and_folded(s3: Any) -> None:
    keys = [f"a/{number:04}" for number in range(25)] + ["a/sub/1", "a/sub/2", "a/tub/1", "b", "ü"]
    for key in keys:
        s3.put_object(Bucket="in", Key=key, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="in", PaginationConfig={"PageSize": 7})
    assert [one["Key"] for page in pages for one in page["Contents"]] == keys
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="in", Prefix="a/", Delimiter="/", PaginationConfig={"PageSize": 4}
    )
    objects, folders = [], []
    for page in pages:
        objects += [one["Key"] for one in page.get("Contents", [])]
        folders += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
    assert objects == keys[:25] and folders == ["a/sub/", "a/tub/"]
    assert s3.list_objects_v2(Bucket="in", Prefix="nothing")["KeyCount"] == 0
    assert [one["Key"] for one in s3.list_objects(Bucket="in", Prefix="b")["Contents"]] == ["b"]


def test_replacing_copying_and_removing_leave_no_bytes_behind(endpoint: Endpoint, s3: Any) -> None:
    for body in (b"1", b"2"):
        s3.put_object(Bucket="in", Key="a b", Body=body, ContentType="text/x-a")
    s3.copy_object(Bucket="in", Key="copy", CopySource={"Bucket": "in", "Key": "a b"})
    copied = s3.get_object(Bucket="in", Key="copy")
    assert (copied["Body"].read(), copied["ContentType"]) == (b"2", "text/x-a")
    with pytest.raises(ClientError) as there:
        s3.put_object(Bucket="in", Key="copy", Body=b"3", IfNoneMatch="*")
    assert code(there) == "PreconditionFailed"
    assert len(endpoint.files()) == 2
    s3.delete_objects(Bucket="in", Delete={"Objects": [{"Key": "a b"}, {"Key": "copy"}, {"Key": "never"}]})
    assert endpoint.files() == []
    with pytest.raises(ClientError) as gone:
        s3.get_object(Bucket="in", Key="copy")
    assert code(gone) == "NoSuchKey"


@pytest.mark.parametrize(
    ("key", "secret", "said"),
    [("AKIDEMO", "another", "SignatureDoesNotMatch"), ("AKIELSE", "the secret", "InvalidAccessKeyId")],
)
def test_who_does_not_sign_with_a_known_key_gets_nothing(
    endpoint: Endpoint, s3: Any, key: str, secret: str, said: str
) -> None:
    s3.put_object(Bucket="in", Key="a", Body=b"a")
    stranger = endpoint.client(key, secret)
    for call in (
        lambda: stranger.get_object(Bucket="in", Key="a"),
        lambda: stranger.put_object(Bucket="in", Key="a", Body=b"b"),
        lambda: stranger.list_objects_v2(Bucket="in"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code(refused) == said
    link = http.client.HTTPConnection(endpoint.address.removeprefix("http://"))
    link.request("GET", "/in/a")
    answer = link.getresponse()
    assert answer.status == 403 and b"AccessDenied" in answer.read()
    assert s3.get_object(Bucket="in", Key="a")["Body"].read() == b"a"


def test_a_body_that_breaks_off_or_was_changed_makes_no_object(endpoint: Endpoint, s3: Any) -> None:
    s3.put_object(Bucket="in", Key="a", Body=b"before")
    sent: dict[str, Any] = {}
    client = endpoint.client(request_checksum_calculation="when_required", s3={"payload_signing_enabled": True})
    client.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request=request))
    client.put_object(Bucket="in", Key="other", Body=b"signed")
    request = sent["request"]
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    for body, length in ((b"forged", 6), (b"sig", 6)):
        link = http.client.HTTPConnection(endpoint.address.removeprefix("http://"), timeout=5)
        link.putrequest("PUT", "/in/other", skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            if name.lower() != "expect":
                link.putheader(name, value)
        link.putheader("Host", endpoint.address.removeprefix("http://"))
        link.endheaders()
        link.send(body)
        assert link.sock is not None
        link.sock.shutdown(1)
        assert link.getresponse().status == 400
        link.close()
    assert s3.get_object(Bucket="in", Key="other")["Body"].read() == b"signed"
    assert len(endpoint.files()) == 2


def test_what_it_cannot_do_it_says(s3: Any) -> None:
    for call in (
        lambda: s3.get_bucket_policy(Bucket="in"),
        lambda: s3.get_object_tagging(Bucket="in", Key="a"),
        lambda: s3.put_bucket_versioning(Bucket="in", VersioningConfiguration={"Status": "Enabled"}),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code(refused) == "NotImplemented"
