"""``bin/test --rows``: each promise of ``docs/promises.md`` with the journeys that prove it, and those without."""
from __future__ import annotations

import re
from pathlib import Path

# A row begins with its id: "| R1 | ...", "- R1: ...", "### R1 ...", with or without bold.
ROW = re.compile(r"^\s*(?:\||[-*]|#+)\s*\**([A-Z]{1,2}\d+[a-z]?)\**\b\W*(.*)$")


def promised(path: Path) -> dict[str, str]:
    """Every row's id and the beginning of its words, in the order of the page."""
    rows: dict[str, str] = {}
    for line in path.read_text().splitlines():
        if found := ROW.match(line):
            rows.setdefault(found[1], found[2].split("|")[0].strip())
    return rows


def table(path: Path, items: list) -> str:
    """One line per row, its journeys below; then the marks that name no row."""
    proofs: dict[str, set[str]] = {}
    for item in items:
        for mark in item.iter_markers("row"):
            for row in mark.args:
                proofs.setdefault(row, set()).add(item.nodeid.split("[")[0])
    rows = promised(path)
    lines = []
    for row, words in rows.items():
        lines.append(f"{row:4} {words[:100]}")
        lines += [f"       {proof}" for proof in sorted(proofs.get(row, ()))] or ["       -- no journey yet"]
    lines += [f"unknown row {row}: {', '.join(sorted(names))}" for row, names in proofs.items() if row not in rows]
    proved = sum(row in proofs for row in rows)
    return "\n".join(["", *lines, "", f"{proved} of {len(rows)} rows have a journey."])
