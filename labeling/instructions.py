"""Instructions: Markdown that managers write, as HTML that is safe in a labeler's page.

Two walls: the Markdown parser takes no raw HTML, and whatever it makes is cleaned by an allow list (nh3). Pictures come
from this installation only (`/api/v1/uploads/...`) or stand in the text as `data:image/png|jpeg;base64`: a picture
elsewhere would tell its host who is working when. Links open in a new tab without access to ours.
"""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

MAX_CHARS = 100_000  # Ground Truth: 100 kB with embedded pictures

_TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "code": {"class"}}
_PICTURE = re.compile(r"/api/v1/uploads/[0-9a-f-]{36}/files/[^\s\"'<>]+|data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+")
_LINK = re.compile(r"(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_LANGUAGE = re.compile(r"language-[a-z0-9]+")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    # Its own check refuses every data: address; ours, which comes later, is stricter about the rest.
    parser.validateLink = lambda url: bool(_LINK.match(url) or _PICTURE.fullmatch(url))  # type: ignore[method-assign]
    return parser


def pictures_of(markdown: str) -> list[str]:
    """The addresses of all pictures of the text, in order, those that are not shown as well."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # for finding them, not for showing
    found = []
    for block in parser.parse(markdown[:MAX_CHARS]):
        found += [str(part.attrs.get("src", "")) for part in block.children or [] if part.type == "image"]
    return found


def is_shown(address: str) -> bool:
    """Whether a picture with this address appears in rendered instructions."""
    return bool(_PICTURE.fullmatch(address)) and "/.." not in address


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        # "/../" would lead out of the uploads' addresses.
        return value if is_shown(value) else None
    if tag == "a" and name == "href":
        return value if _LINK.match(value) else None
    if tag == "code" and name == "class":
        return value if _LANGUAGE.fullmatch(value) else None
    return value


@lru_cache(maxsize=256)
def render_instructions(markdown: str) -> str:
    """Safe HTML of CommonMark text with tables. Raw HTML is shown as text. More than MAX_CHARS is shown as text too."""
    if len(markdown) > MAX_CHARS:
        return f"<pre>{escapeHtml(markdown[:MAX_CHARS])}</pre>"
    return nh3.clean(
        _parser().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
