"""Storage addresses as manifests write them: `scheme://container/key`, never percent-decoded.

Keys are raw, as in Ground Truth: `#`, `?` and `%` are ordinary characters of a key, so no URL parser is used here.

| Address | container | key |
| --- | --- | --- |
| `s3://bucket/a/b.jpg`, `gs://...`, `azure://container/...` | bucket | `a/b.jpg` |
| `file:///srv/photos/b.jpg` | "" | `/srv/photos/b.jpg` |
| `upload://<upload id>/folder/b.jpg` | upload id | `folder/b.jpg` |
| `maskwright://output/my-job/...` | `output` | `my-job/...` |
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.errors import AddressUnusable
from maskwright.core.wording import number

SCHEMES = ("s3", "gs", "azure", "file", "upload", "maskwright")
OWN_OUTPUT = "maskwright://output/"
_EXAMPLES = "s3://bucket/key, gs://bucket/key, azure://container/key, file:///folder/name or upload://id/name"
MAX_CHARS = 1024


@dataclass(frozen=True)
class Address:
    """`key` is empty or ends in `/` for a prefix."""

    scheme: str
    container: str
    key: str

    def __str__(self) -> str:
        return (
            f"{self.scheme}://{self.key}" if self.scheme == "file" else f"{self.scheme}://{self.container}/{self.key}"
        )

    @property
    def is_prefix(self) -> bool:
        return not self.key or self.key.endswith("/")

    def join(self, name: str) -> "Address":
        """The address of an object below this prefix."""
        base = self.key if self.is_prefix else self.key + "/"
        return Address(self.scheme, self.container, base + name)


def parse_address(uri: str) -> Address:
    """Take an address apart. Raises AddressUnusable, which says what an address looks like."""
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme not in SCHEMES:
        raise AddressUnusable(
            _("'%(uri)s' is no storage address. Write %(examples)s.") % {"uri": uri[:200], "examples": _EXAMPLES}
        )
    if len(uri) > MAX_CHARS:
        raise AddressUnusable(
            _("The address has more than %(most)s characters. Use a shorter key.") % {"most": number(MAX_CHARS)}
        )
    container, key = ("", rest) if scheme == "file" else (rest.partition("/")[0], rest.partition("/")[2])
    if scheme == "file" and not rest.startswith("/"):
        raise AddressUnusable(
            _("'%(uri)s' is no folder. Write three slashes: file:///folder/name.") % {"uri": uri[:200]}
        )
    if scheme != "file" and not container:
        raise AddressUnusable(
            _("'%(uri)s' names no bucket. Write %(examples)s.") % {"uri": uri[:200], "examples": _EXAMPLES}
        )
    _check_key(uri, key.removeprefix("/") if scheme == "file" else key)
    return Address(scheme, container, key)


def _check_key(uri: str, key: str) -> None:
    parts = key.removesuffix("/").split("/") if key else []
    if any(part in ("", ".", "..") for part in parts) or "\\" in key:
        raise AddressUnusable(
            _("'%(uri)s' has an empty part, '.', '..' or a backslash. Write the plain path.") % {"uri": uri[:200]}
        )
    if any(ord(character) < 32 or "\ud800" <= character <= "\udfff" for character in uri):
        raise AddressUnusable(_("The address has control characters. Write the plain path."))
