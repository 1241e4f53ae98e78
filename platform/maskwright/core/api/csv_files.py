"""CSV as an answer: UTF-8 with a mark so that spreadsheets read it, and no cell that one would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A file to download; `name` without its ending. Numbers stay numbers, text is kept from being a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([str(cell) for cell in header])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    body = "\ufeff" + file.getvalue()
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return HttpResponse(
        body.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{safe}.csv"', "Cache-Control": "private, no-store"},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return "" if value is None else value
