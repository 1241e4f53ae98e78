"""The endpoint itself: HTTP/1.1, path-style addresses, one thread for each connection."""

import logging
import re
import secrets
import signal
import threading
from collections.abc import Callable
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from maskwright.config.demo.s3 import documents
from maskwright.config.demo.s3.bodies import read_blocks
from maskwright.config.demo.s3.documents import Field, document
from maskwright.config.demo.s3.signatures import Secrets, check, key_of
from maskwright.config.demo.s3.store import Store, Stored, StoreError, Written

logger = logging.getLogger(__name__)
_KEPT = ("content-type", "content-encoding", "content-disposition", "content-language", "cache-control", "expires")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MOST_LISTED = 1000
_XML_BODY = 4 << 20


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "MaskwrightDemoS3"
    timeout = 60
    store: Store
    secret_of: Secrets

    def log_message(self, *args: Any) -> None:
        """The log has what failed, not each request."""

    def _serve(self) -> None:
        self.identity = secrets.token_hex(8).upper()
        path, _, query = self.path.partition("?")
        self.asked = dict(parse_qsl(query, keep_blank_values=True))
        self.lower = {name.lower(): value for name, value in self.headers.items()}
        self.bucket, self.key = key_of(path)
        if (self.command, path) == ("GET", "/healthz"):
            self._send(200, b"ok", {"Content-Type": "text/plain"})
            return
        try:
            check(self.command, path, query, self.lower, type(self).secret_of)
            self._method()()
        except StoreError as error:
            # What was not read of the body stands where the next request would begin.
            self.close_connection = True
            body = b"" if self.command == "HEAD" else documents.error(error, path, self.identity)
            self._send(error.status, body, {"Content-Type": "application/xml"})
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True
        except Exception:
            logger.exception("%s %s failed", self.command, path)
            self.close_connection = True
            failure = StoreError("InternalError", 500, "We encountered an internal error. Please try again.")
            self._send(500, documents.error(failure, path, self.identity), {"Content-Type": "application/xml"})

    def __getattr__(self, name: str) -> Any:
        """`do_GET` and the like, which http.server looks for: all are served alike."""
        if name in ("do_GET", "do_HEAD", "do_PUT", "do_POST", "do_DELETE"):
            return self._serve
        raise AttributeError(name)

    def _method(self) -> Callable[[], None]:
        level = "service" if not self.bucket else "bucket" if not self.key else "object"
        action = next(
            (
                name
                for name in ("uploads", "uploadId", "delete", "location", "versioning", "tagging", "acl", "policy")
                if name in self.asked
            ),
            "",
        )
        found = {
            ("service", "GET", ""): self._list_buckets,
            ("bucket", "PUT", ""): self._make_bucket,
            ("bucket", "HEAD", ""): self._head_bucket,
            ("bucket", "GET", ""): self._list,
            ("bucket", "GET", "location"): self._location,
            ("bucket", "DELETE", ""): self._remove_bucket,
            ("bucket", "POST", "delete"): self._remove_several,
            ("object", "PUT", ""): self._put,
            ("object", "GET", ""): self._get,
            ("object", "HEAD", ""): self._get,
            ("object", "DELETE", ""): self._remove,
            ("object", "POST", "uploads"): self._begin,
            ("object", "PUT", "uploadId"): self._put_part,
            ("object", "POST", "uploadId"): self._complete,
            ("object", "DELETE", "uploadId"): self._abort,
        }.get((level, self.command, action))
        if found is None:
            raise StoreError("NotImplemented", 501, "The demo's storage does not do this.")
        return found

    # --- buckets --------------------------------------------------------------------------------------------------
    def _list_buckets(self) -> None:
        found: list[Field] = [
            ("Bucket", [("Name", name), ("CreationDate", documents.stamp(made))]) for name, made in self.store.buckets()
        ]
        owner: list[Field] = [("ID", "demo"), ("DisplayName", "demo")]
        self._xml("ListAllMyBucketsResult", [("Owner", owner), ("Buckets", found)])

    def _make_bucket(self) -> None:
        for _ in self._body():
            pass
        self.store.make_bucket(self.bucket)
        self._send(200, b"", {"Location": f"/{self.bucket}"})

    def _head_bucket(self) -> None:
        self.store.require_bucket(self.bucket)
        self._send(200, b"", {"x-amz-bucket-region": "us-east-1"})

    def _location(self) -> None:
        self.store.require_bucket(self.bucket)
        self._xml("LocationConstraint", [])

    def _remove_bucket(self) -> None:
        self.store.remove_bucket(self.bucket)
        self._send(204, b"", {})

    def _list(self) -> None:
        """Both versions of ListObjects; with a delimiter what lies behind it is one common prefix."""
        second = self.asked.get("list-type") == "2"
        prefix, delimiter = self.asked.get("prefix", ""), self.asked.get("delimiter", "")
        after = self.asked.get("continuation-token") or self.asked.get("start-after" if second else "marker", "")
        limit = self.asked.get("max-keys", str(_MOST_LISTED))
        if not limit.isdecimal():
            raise StoreError("InvalidArgument", 400, "Provided max-keys not an integer or within integer range")
        objects, prefixes, last, more = self._page(prefix, delimiter, after, min(int(limit), _MOST_LISTED))
        show = quote if self.asked.get("encoding-type") == "url" else str
        fields: list[Field] = [("Name", self.bucket), ("Prefix", show(prefix)), ("MaxKeys", limit)]
        fields += [("Delimiter", show(delimiter))] if delimiter else []
        fields += [("EncodingType", "url")] if show is quote else []
        fields += [("KeyCount", str(len(objects) + len(prefixes)))] if second else []
        fields += [("IsTruncated", "true" if more else "false")]
        fields += [("NextContinuationToken" if second else "NextMarker", last)] if more else []
        for one in objects:
            name, values = documents.contents(one)
            assert isinstance(values, list)
            fields.append((name, [("Key", show(one.key)), *values[1:]]))
        fields += [("CommonPrefixes", [("Prefix", show(one))]) for one in prefixes]
        self._xml("ListBucketResult", fields)

    def _page(self, prefix: str, delimiter: str, after: str, limit: int) -> tuple[list[Stored], list[str], str, bool]:
        """Objects, common prefixes, where the next page begins, and whether there is one."""
        objects: list[Stored] = []
        prefixes: list[str] = []
        last = after
        while limit:
            rows = self.store.page(self.bucket, prefix, last, _MOST_LISTED)
            for one in rows:
                if len(objects) + len(prefixes) == limit:
                    return objects, prefixes, last, True
                head, found, _ = one.key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
                if found:
                    common = prefix + head + delimiter
                    prefixes.append(common)
                    last = common + "\U0010ffff"  # behind all that lies below it
                    break
                objects.append(one)
                last = one.key
            else:
                if len(rows) < _MOST_LISTED:
                    break
        else:
            self.store.require_bucket(self.bucket)
        return objects, prefixes, last, False

    def _remove_several(self) -> None:
        keys = documents.read_keys(self._small_body())
        for key in keys:
            self.store.remove(self.bucket, key)
        self._xml("DeleteResult", [("Deleted", [("Key", key)]) for key in keys])

    # --- objects --------------------------------------------------------------------------------------------------
    def _put(self) -> None:
        if "x-amz-copy-source" in self.lower:
            self._copy()
            return
        self.store.require_bucket(self.bucket)
        written = self._write()
        self.store.name(self.bucket, self.key, written, self._kept(), only_new=self.lower.get("if-none-match") == "*")
        self._send(200, b"", {"ETag": f'"{written.md5}"'})

    def _copy(self) -> None:
        for _ in self._body():
            pass
        source = self.store.find(*key_of("/" + unquote(self.lower["x-amz-copy-source"]).removeprefix("/")))
        with source.path.open("rb") as file:
            written = self.store.write(iter(lambda: file.read(1 << 20), b""))
        replaced = self.lower.get("x-amz-metadata-directive") == "REPLACE"
        self.store.name(self.bucket, self.key, written, self._kept() if replaced else source.headers)
        found = self.store.find(self.bucket, self.key)
        fields: list[Field] = [("LastModified", documents.stamp(found.modified)), ("ETag", f'"{found.etag}"')]
        self._xml("CopyObjectResult", fields)

    def _get(self) -> None:
        found = self.store.find(self.bucket, self.key)
        headers = {
            "content-type": "binary/octet-stream",
            **found.headers,
            "ETag": f'"{found.etag}"',
            "Last-Modified": format_datetime(found.modified, usegmt=True),
            "Accept-Ranges": "bytes",
        }
        if self.lower.get("if-none-match", "").strip('"') == found.etag:
            self._send(304, b"", headers)
            return
        if self.lower.get("if-match", found.etag).strip('"') != found.etag:
            raise StoreError("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
        first, end = _range(self.lower.get("range", ""), found.size)
        partial = (first, end) != (0, found.size)
        headers |= {"Content-Range": f"bytes {first}-{end - 1}/{found.size}"} if partial else {}
        self._begin_answer(206 if partial else 200, {**headers, "Content-Length": str(end - first)})
        if self.command == "HEAD":
            return
        with found.path.open("rb") as file:
            file.seek(first)
            while first < end and (block := file.read(min(1 << 20, end - first))):
                self.wfile.write(block)
                first += len(block)

    def _remove(self) -> None:
        self.store.remove(self.bucket, self.key)
        self._send(204, b"", {})

    # --- uploads in parts -----------------------------------------------------------------------------------------
    def _begin(self) -> None:
        for _ in self._body():
            pass
        upload = self.store.begin(self.bucket, self.key, self._kept())
        fields: list[Field] = [("Bucket", self.bucket), ("Key", self.key), ("UploadId", upload)]
        self._xml("InitiateMultipartUploadResult", fields)

    def _put_part(self) -> None:
        number = self.asked.get("partNumber", "")
        written = self._write()
        try:
            self.store.add_part(self.asked["uploadId"], int(number) if number.isdecimal() else 0, written)
        except StoreError:
            self.store.drop(written)
            raise
        self._send(200, b"", {"ETag": f'"{written.md5}"'})

    def _complete(self) -> None:
        etag = self.store.complete(self.asked["uploadId"], documents.read_parts(self._small_body()))
        fields: list[Field] = [("Bucket", self.bucket), ("Key", self.key), ("ETag", f'"{etag}"')]
        self._xml("CompleteMultipartUploadResult", fields)

    def _abort(self) -> None:
        self.store.abort(self.asked["uploadId"])
        self._send(204, b"", {})

    # --- within ---------------------------------------------------------------------------------------------------
    def _body(self) -> Any:
        return read_blocks(self.rfile, {"content-length": "0", **self.lower})

    def _small_body(self) -> bytes:
        body = bytearray()
        for block in self._body():
            body += block
            if len(body) > _XML_BODY:
                raise StoreError("MalformedXML", 400, "The XML you provided was not well-formed.")
        return bytes(body)

    def _write(self) -> Written:
        """The body; its hash must be the one that was signed, where one was."""
        written = self.store.write(read_blocks(self.rfile, self.lower))
        declared = self.lower.get("x-amz-content-sha256", "")
        if re.fullmatch(r"[0-9a-f]{64}", declared) and declared != written.sha256:
            self.store.drop(written)
            message = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise StoreError("XAmzContentSHA256Mismatch", 400, message)
        return written

    def _kept(self) -> dict[str, str]:
        kept = {name: value for name, value in self.lower.items() if name in _KEPT or name.startswith("x-amz-meta-")}
        encodings = [one.strip() for one in kept.get("content-encoding", "").split(",")]
        encodings = [one for one in encodings if one and one != "aws-chunked"]
        kept.pop("content-encoding", None)
        return {**kept, "content-encoding": ",".join(encodings)} if encodings else kept

    def _xml(self, name: str, fields: list[Field]) -> None:
        self._send(200, document(name, fields), {"Content-Type": "application/xml"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._begin_answer(status, {**headers, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin_answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"x-amz-request-id": self.identity, **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def _range(asked: str, size: int) -> tuple[int, int]:
    """First byte and the one behind the last."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(size - int(last), 0), size
    if int(first) >= size:
        raise StoreError("InvalidRange", 416, "The requested range is not satisfiable")
    return int(first), min(int(last) + 1, size) if last else size


def make_server(folder: Path, secret_of: Secrets, *, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """Bound, not serving yet. Raises OSError when the port is taken."""
    values = {"store": Store(folder), "secret_of": staticmethod(secret_of)}
    server = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), values))
    server.daemon_threads = True
    return server


def serve(folder: Path, secret_of: Secrets, *, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT."""
    server = make_server(folder, secret_of, host=host, port=port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()
