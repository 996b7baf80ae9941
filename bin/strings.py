#!/usr/bin/env python3
"""The catalogues: every string of the house in German (du, and Sie where it differs) and English.

strings.py update                       extract from code and templates, merge into the catalogues, compile
strings.py add FILE --lang de|de_Sie    take translations from a small .po (msgid/msgstr pairs), then compile
strings.py missing --lang de|de_Sie     print what has no translation yet, as a .po to fill in
strings.py compile                      .po -> .mo
strings.py check                        missing, stale, fuzzy, wrong places, du without its Sie, stale .mo; exit 1
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "de_Sie", "en")
METHODS = [
    ("potluck/**/tests/**", "ignore"),
    ("potluck/**/migrations/**", "ignore"),
    ("potluck/**.py", "python"),
    ("potluck/**/templates/**.html", "jinja2"),
    ("potluck/**/templates/**.txt", "jinja2"),
]
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"}
OPTIONS = {"potluck/**/templates/**.html": JINJA, "potluck/**/templates/**.txt": JINJA}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NOT_OURS = {"locale", "static", "tests", "migrations", "docs", "shots"}
DU = re.compile(r"\b([Dd]u|[Dd]ein(e[mnrs]?)?|[Dd]ir|[Dd]ich|[Ee]uch|[Ee]uer|[Ee]ure[mnrs]?)\b")
SINGULAR_DU = re.compile(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein(e[mnrs]?)?)\b")


def path(language: str, kind: str = "po") -> Path:
    return HOME / "locale" / language / "LC_MESSAGES" / f"django.{kind}"


def key(message: Message) -> tuple:
    return (message.id if isinstance(message.id, str) else tuple(message.id), message.context)


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def load(language: str) -> Catalog:
    locale = "en" if language == "en" else "de"
    if not path(language).exists():
        return Catalog(locale=locale, project="Potluck", charset="utf-8", fuzzy=False)
    with path(language).open("rb") as stream:
        return read_po(stream, locale=locale)


def by_key(catalog: Catalog) -> dict[tuple, Message]:
    return {key(message): message for message in catalog if message.id}


def save(catalog: Catalog, language: str) -> None:
    catalog.fuzzy = False
    catalog.obsolete.clear()
    catalog.header_comment = f"# Potluck, {language}."
    # No moments in the file: two branches that add strings must not differ in its head.
    stamp = Catalog().creation_date.replace(
        year=2026, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    catalog.creation_date = catalog.revision_date = stamp
    path(language).parent.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    write_po(stream, catalog, no_location=True, sort_output=True, width=100, ignore_obsolete=True)
    path(language).write_bytes(stream.getvalue())


def compiled(language: str) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, load(language))
    return stream.getvalue()


def compile_all() -> None:
    for language in LANGUAGES:
        path(language, "mo").write_bytes(compiled(language))


def extract() -> Catalog:
    found = Catalog(fuzzy=False)
    rows = extract_from_dir(
        str(HOME), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, directory_filter=wanted
    )
    for _file, _line, message, _comments, context in rows:
        if message:
            found.add(message, context=context)
    return found


def wanted(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "data")) and name not in NOT_OURS


def update() -> None:
    found = by_key(extract())
    for language in LANGUAGES:
        catalog = load(language)
        have = by_key(catalog)
        for one in set(have) - set(found):
            catalog.delete(have[one].id, have[one].context)
        for one in set(found) - set(have):
            message = found[one]
            if language == "en":
                catalog.add(message.id, message.id, context=message.context, flags=message.flags)
            elif language == "de":
                empty = "" if isinstance(message.id, str) else ("", "")
                catalog.add(message.id, empty, context=message.context, flags=message.flags)
        save(catalog, language)
    compile_all()


def add(file: Path, language: str) -> None:
    catalog = load(language)
    have = by_key(catalog)
    with file.open("rb") as stream:
        for message in read_po(stream, locale="de"):
            if message.id and all(texts(message)):
                if key(message) in have:
                    have[key(message)].string = message.string
                else:
                    catalog.add(message.id, message.string, context=message.context, flags=message.flags)
    save(catalog, language)
    path(language, "mo").write_bytes(compiled(language))


def problems() -> list[str]:
    found = by_key(extract())
    catalogues = {language: by_key(load(language)) for language in LANGUAGES}
    wrong: list[str] = []
    for language, have in catalogues.items():
        if language != "de_Sie":
            wrong += [f"{language}: missing: {one[0]!r}" for one in sorted(set(found) - set(have), key=str)]
        wrong += [f"{language}: stale: {one[0]!r}" for one in sorted(set(have) - set(found), key=str)]
        for one, message in have.items():
            if not all(texts(message)):
                wrong.append(f"{language}: not translated: {one[0]!r}")
                continue
            if message.fuzzy:
                wrong.append(f"{language}: fuzzy: {one[0]!r}")
            if one in found:
                message.flags |= found[one].flags
                wrong += [f"{language}: {error}: {one[0]!r}" for error in message.check()]
                places = set(re.findall(r"%\((\w+)\)", str(one[0])))
                for text in texts(message):
                    if set(re.findall(r"%\((\w+)\)", text)) - places:
                        wrong.append(f"{language}: other places than in English: {one[0]!r}")
        if not path(language, "mo").exists() or path(language, "mo").read_bytes() != compiled(language):
            wrong.append(f"{language}: the .mo is not made from the .po: run bin/strings.py compile")
    for one, message in catalogues["de"].items():
        if any(DU.search(text) for text in texts(message)) and one not in catalogues["de_Sie"]:
            wrong.append(f"de_Sie: missing (the German says du): {one[0]!r}")
    for one, message in catalogues["de_Sie"].items():
        if any(SINGULAR_DU.search(text) for text in texts(message)):
            wrong.append(f"de_Sie: says du: {one[0]!r}")
    return wrong


def missing(language: str) -> None:
    found, have, german = by_key(extract()), by_key(load(language)), by_key(load("de"))
    catalog = Catalog(fuzzy=False)
    for one, message in found.items():
        if one in have and all(texts(have[one])):
            continue
        if language != "de_Sie":
            catalog.add(message.id, context=message.context, flags=message.flags)
        elif one in german and any(DU.search(text) for text in texts(german[one])):
            catalog.add(message.id, german[one].string, context=message.context, flags=message.flags)
    stream = io.BytesIO()
    write_po(stream, catalog, no_location=True, omit_header=True, sort_output=True, width=100)
    sys.stdout.write(stream.getvalue().decode())


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("what", choices=["update", "add", "compile", "check", "missing"])
    ask.add_argument("file", nargs="?", type=Path)
    ask.add_argument("--lang", default="de", choices=LANGUAGES)
    options = ask.parse_args()
    if options.what == "add":
        add(options.file, options.lang)
    elif options.what == "missing":
        missing(options.lang)
    elif options.what == "check":
        wrong = problems()
        sys.stdout.write("".join(f"{line}\n" for line in wrong))
        return 1 if wrong else 0
    else:
        {"update": update, "compile": compile_all}[options.what]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
