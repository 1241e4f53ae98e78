"""What a template with `<crowd-semantic-segmentation>` says: header, labels, instructions; and whether that is all.

A template that says nothing else is done in our own editor, which shows the same. Every other one is rendered as it is,
in a frame.
"""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

ELEMENTS = ("crowd-semantic-segmentation", "crowd-instance-segmentation")
#: Elements by which a template asks for a verdict; their `categories` are the labels.
VERDICT_ELEMENTS = ("crowd-image-classifier", "crowd-classifier")
_MANIFEST_LINE = re.compile(r"task\.input\.manifestLine(?:\.([A-Za-z0-9-]+)|\[\s*['\"]([A-Za-z0-9-]+)['\"]\s*\])")
MOST_CHARS = 128_000
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
#: Characters of private use that stand for the two quotes while HTML is read.
_QUOTES_AWAY, _QUOTES_BACK = {39: "\ue000", 34: "\ue001"}, {0xE000: "'", 0xE001: '"'}
_BLOCKS = {"p", "div", "br", "ul", "ol", "tr", "section"}
_HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "h5": "#### ", "h6": "#### "}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")


@dataclass
class CrowdTemplate:
    """`header` and `labels` are empty where the template leaves them to the task. Instructions are Markdown.

    `is_plain`: the element, its photo, labels and instructions are all there is, and perhaps the mask that it begins
    with, if that is the manifest line's (`begins_with_prior`).
    """

    element: str = ""
    header: str = ""
    labels: list[str] = field(default_factory=list)
    short: str = ""
    full: str = ""
    is_plain: bool = True
    begins_with_prior: bool = False

    @property
    def instructions(self) -> str:
        return "\n\n".join(part for part in (self.short, self.full) if part)


def read_template(text: str) -> CrowdTemplate:
    """Never raises: a template without the element has `element` empty."""
    parser = _Parser()
    # A quote inside of Liquid ends no attribute: the page's HTML has none there.
    parser.feed(_LIQUID.sub(lambda found: found[0].translate(_QUOTES_AWAY), text))
    parser.close()
    parser.found.is_plain = parser.found.is_plain and bool(parser.found.element)
    return parser.found


def prior_attributes(text: str) -> list[str]:
    """The label attributes of the manifest line that a template reads: what an adjustment or verification is about."""
    found = {(one or two).removesuffix("-metadata") for one, two in _MANIFEST_LINE.findall(text)}
    return sorted(found - {"source-ref", "source"})


def read_labels(text: str) -> list[str]:
    """The names of a `labels` attribute: JSON, or what AWS's samples write, with single quotes and trailing commas."""
    text = text.strip()
    if not text.startswith("["):
        return []
    try:
        found = json.loads(text)
        return [one for one in found if isinstance(one, str)]
    except ValueError:
        return [re.sub(r"\\(.)", r"\1", one or two) for one, two in _TEXT.findall(text)]


def markdown_of(html: str) -> str:
    """The text of a piece of HTML with its headings, lists and emphasis; without pictures and scripts."""
    parser = _Markdown()
    parser.feed(html)
    parser.close()
    lines = [" ".join(line.split()) if not line.lstrip().startswith("- ") else line.strip() for line in parser.lines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


#: What `markdown_of` keeps, or what says nothing by itself.
_TEXT_TAGS = {*_BLOCKS, *_HEADINGS, *_MARKS, "li", "span", "hr", "u", "small"}
_PHOTO = re.compile(r"\{\{-?\s*task\.input\.taskObject\s*\|\s*grant_read_access\s*-?\}\}")
_LABELS = re.compile(r"\{\{-?\s*task\.input\.labels\s*\|\s*to_json\s*(?:\|\s*escape\s*)?-?\}\}")


def _is_plain(tag: str, given: dict[str, str]) -> bool:
    """Whether a tag outside of the instructions is one that our editor stands for."""
    match tag:
        case "script":
            return set(given) == {"src"} and "//assets.crowd.aws/" in given["src"]
        case "crowd-form":
            return not given
        case "crowd-semantic-segmentation":
            labels = given.get("labels", "").strip()
            return (
                set(given) <= {"name", "src", "header", "labels", "initial-value"}
                and ("initial-value" not in given or len(prior_attributes(given["initial-value"])) == 1)
                and given.get("name") == "crowd-semantic-segmentation"
                and bool(_PHOTO.fullmatch(given.get("src", "").strip()))
                and not _LIQUID.search(given.get("header", ""))
                and (bool(_LABELS.fullmatch(labels)) or bool(read_labels(labels)))
            )
        case "short-instructions" | "full-instructions":
            return True
        case _:
            return False


class _Parser(HTMLParser):
    """Finds the element's attributes, and the raw HTML of its instructions."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = CrowdTemplate()
        self._inside = ""
        self._raw: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").translate(_QUOTES_BACK) for name, value in attrs}
        if not self._inside and not _is_plain(tag, given):
            self.found.is_plain = False
        if tag in (*ELEMENTS, *VERDICT_ELEMENTS) and self.found.element not in VERDICT_ELEMENTS:
            if self.found.element and tag in ELEMENTS:
                return
            header = given.get("header", "")
            self.found.element = tag
            self.found.header = "" if _LIQUID.search(header) else " ".join(header.split())
            self.found.begins_with_prior = bool(prior_attributes(given.get("initial-value", "")))
            self.found.labels = read_labels(given.get("labels") or given.get("categories") or "")
        elif tag in ("short-instructions", "full-instructions"):
            self._inside, self._raw = tag, []
        elif self._inside:
            self._raw.append(f"<{tag}>")
            if tag not in _TEXT_TAGS:  # a picture or a script is lost in Markdown
                self.found.is_plain = False

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            text = markdown_of(_LIQUID.sub("", "".join(self._raw)))
            if tag.startswith("short"):
                self.found.short = text
            else:
                self.found.full = text
            self._inside = ""
        elif self._inside:
            self._raw.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._raw.append(data.replace("&", "&amp;").replace("<", "&lt;"))
        if _LIQUID.search(data) if self._inside else data.strip():
            self.found.is_plain = False

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.found.is_plain = False


class _Markdown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = ""

    def lines(self) -> list[str]:
        return "".join(self._parts).split("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent = tag
        elif tag in _HEADINGS:
            self._parts.append(f"\n\n{_HEADINGS[tag]}")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(
                _SPECIAL.sub(r"\\\1", " ".join(data.split()) if not data.strip() else data.replace("\n", " "))
            )
