"""S3's XML, written and read."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as Xml

from maskwright.config.demo.s3.store import Stored, StoreError

_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
Field = tuple[str, "str | list[Field]"]


def document(name: str, fields: Iterable[Field]) -> bytes:
    """`fields`: (name, text), or (name, fields) for what is nested."""
    root = Xml.Element(name, xmlns=_SPACE)
    _fill(root, fields)
    body: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body


def error(found: StoreError, resource: str, request_id: str) -> bytes:
    root = Xml.Element("Error")
    _fill(root, [("Code", found.code), ("Message", str(found)), ("Resource", resource), ("RequestId", request_id)])
    body: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body


def contents(found: Stored) -> Field:
    return (
        "Contents",
        [
            ("Key", found.key),
            ("LastModified", stamp(found.modified)),
            ("ETag", f'"{found.etag}"'),
            ("Size", str(found.size)),
            ("StorageClass", "STANDARD"),
        ],
    )


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def read_keys(body: bytes) -> list[str]:
    """Of a request to delete several."""
    return [text for one in _children(body, "Object") if (text := _text(one, "Key"))]


def read_parts(body: bytes) -> list[tuple[int, str]]:
    """Number and etag of each part, of a request to complete an upload."""
    parts = [(_text(one, "PartNumber"), _text(one, "ETag").strip('"')) for one in _children(body, "Part")]
    if any(not number.isdecimal() for number, _ in parts):
        raise _malformed()
    return [(int(number), etag) for number, etag in parts]


def _children(body: bytes, name: str) -> list[Xml.Element]:
    if b"<!" in body:  # no declarations: entities could grow without end
        raise _malformed()
    try:
        root = Xml.fromstring(body)  # noqa: S314  # without declarations there is nothing to expand
    except Xml.ParseError:
        raise _malformed() from None
    return [one for one in root if one.tag.rpartition("}")[2] == name]


def _text(element: Xml.Element, name: str) -> str:
    return next((one.text or "" for one in element if one.tag.rpartition("}")[2] == name), "")


def _malformed() -> StoreError:
    return StoreError("MalformedXML", 400, "The XML you provided was not well-formed.")


def _fill(parent: Xml.Element, fields: Iterable[Field]) -> None:
    for name, value in fields:
        child = Xml.SubElement(parent, name)
        if isinstance(value, str):
            child.text = value
        else:
            _fill(child, value)
