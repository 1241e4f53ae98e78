"""Amazon S3 and what speaks its protocol."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from maskwright.core.objects.remote import Opened, Unclosed

_WHOLE = 8 << 20  # bytes up to which an object goes in one request


class AmazonDriver:
    """Names are those of the bucket; raises what boto3 raises."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    @property
    def _client(self) -> Any:
        return self._storage.connection.meta.client

    @property
    def _bucket(self) -> str:
        return str(self._storage.bucket_name)

    def upload(self, name: str, source: BinaryIO, size: int, content_type: str) -> None:
        if size <= _WHOLE:
            self._client.put_object(Bucket=self._bucket, Key=name, Body=source.read(), ContentType=content_type)
        else:  # in parts that become one object at the end; the library closes what it is given
            extra = {"ContentType": content_type}
            self._client.upload_fileobj(Unclosed(source), self._bucket, name, ExtraArgs=extra)

    def open(self, name: str) -> Opened:
        answer = self._client.get_object(Bucket=self._bucket, Key=name)
        body = answer["Body"]
        return Opened(int(answer["ContentLength"]), body.read, body.close)

    def size(self, name: str) -> int:
        return int(self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"])

    def remove(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for item in page.get("Contents", ()):
                yield item["Key"], item["Size"]
