"""docs/roles.md read as data: the oracle of the access matrix, written for people, not from the code."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "roles.md"


def tables() -> dict[str, list[dict[str, str]]]:
    """{heading: [{column: cell}]} of every table on the page."""
    found: dict[str, list[dict[str, str]]] = {}
    heading, columns = "", []
    for line in PAGE.read_text().splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), []
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not columns:
                columns = cells
            elif not set(line) <= set("|- "):
                found.setdefault(heading, []).append(dict(zip(columns, cells, strict=True)))
    return found


def table(heading: str) -> list[dict[str, str]]:
    return tables()[heading]
