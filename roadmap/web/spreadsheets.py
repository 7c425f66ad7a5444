"""Tables as CSV files that a spreadsheet shows as they are written."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_answer(name: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    """The rows as a file to download; `name` is ASCII, without its ending. A cell that would run begins with an apostrophe."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # The mark by which a spreadsheet reads names as they are written.
    response.write("\ufeff")
    csv.writer(response).writerows([_harmless(cell) for cell in row] for row in rows)
    return response


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
