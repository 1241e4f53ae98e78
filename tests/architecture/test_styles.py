"""Style sheets name the sides of a line, not of the screen: a language from right to left turns every face."""

import re
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "frontend" / "src"
PHYSICAL = re.compile(
    r"(?:^|[\s;{])((?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*|left|right|float)"
    r"\s*:|text-align:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)"
)
#: Where a side of the screen is meant, with the reason.
MEANT = {("shared/header.css", "border-right:"): "two sides of a square that is turned into an arrow head"}


def _rules(path: Path) -> str:
    """A style sheet, or the ones inside of a script."""
    text = path.read_text("utf-8")
    text = text if path.suffix == ".css" else "\n".join(re.findall(r"\bcss`(.*?)`", text, re.DOTALL))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_style_sheets_use_logical_sides() -> None:
    sheets = [path for path in sorted(SOURCES.rglob("*")) if path.suffix in (".css", ".ts")]
    found = {
        (path.relative_to(SOURCES).as_posix(), match[1].replace(" ", ""))
        for path in sheets
        for match in PHYSICAL.finditer(_rules(path))
    }
    assert found == set(MEANT)
