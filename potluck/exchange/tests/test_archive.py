"""Archives that are broken or mean harm: each is refused with a sentence, before anything is unpacked.

Every guard stands beside the harmless archive that it lets through.
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import tracemalloc
import zipfile

import pytest

from potluck.exchange.slack.listing import BadListing, TooLarge, items
from potluck.exchange.slack.reader import export
from potluck.exchange.source import BadArchive, Limits, SourcePost
from potluck.exchange.tests.make import contents, said, slack, zipped


def posts(path, limits=None) -> int:
    with export(path, limits) as found:
        return sum(
            isinstance(record, SourcePost)
            for conversation in found.conversations
            for _day, records in found.read(conversation, private=False, messages=False)
            for record in records
        )


def refusal(path, limits=None) -> str:
    with pytest.raises(BadArchive) as caught:
        posts(path, limits)
    return str(caught.value)


@pytest.fixture
def good(tmp_path):
    path = slack(tmp_path, [said("Hallo"), said("Welt", at=1)], "gut.zip")
    assert posts(path) == 2
    return path


def test_nothing_there(tmp_path):
    assert "There is no file or folder" in refusal(tmp_path / "fehlt.zip")


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7 ...", b"\x1f\x8b\x08", "Grüße".encode() * 1000])
def test_not_an_archive(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    assert "is not a ZIP file" in refusal(tmp_path / "x.zip")


def test_cut_off_anywhere(tmp_path, good):
    whole = good.read_bytes()
    for length in (5, 60, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        (tmp_path / "halb.zip").write_bytes(whole[:length])
        assert "is not complete" in refusal(tmp_path / "halb.zip"), length


def test_damaged_inside(tmp_path):
    path = slack(tmp_path, [said("Hallo " * 50)])
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("allgemein/2023-11-14.json")
    raw = bytearray(path.read_bytes())
    at = entry.header_offset + 30 + len(entry.filename) + 20
    raw[at] ^= 0xFF
    path.write_bytes(raw)
    assert "is damaged" in refusal(path)


def test_random_damage_is_a_sentence_or_harmless(tmp_path, good):
    import random

    whole = good.read_bytes()
    dice = random.Random(7)
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        path = tmp_path / "wild.zip"
        path.write_bytes(raw)
        try:
            posts(path)
        except BadArchive as error:
            assert str(error).endswith(".")


def test_protected_by_a_password(tmp_path, good):
    raw = bytearray(good.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    (tmp_path / "zu.zip").write_bytes(raw)
    assert "protected by a password" in refusal(tmp_path / "zu.zip")


def test_an_unusual_way_of_packing(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_LZMA) as archive:
        for name, content in contents([said("Hallo")]).items():
            archive.writestr(name, content)
    assert "unusual way" in refusal(tmp_path / "x.zip")


@pytest.mark.parametrize(
    "name", ["../users.json", "a/../../b.json", "/etc/x.json", "C:/x.json", "a\\..\\b.json", "./x.json"]
)
def test_names_that_lead_outside(tmp_path, name):
    files = contents([said("Hallo")])
    assert posts(zipped(tmp_path, {**files, "a/..b.json": "[]"}, "gut.zip")) == 1
    assert "leads out of the archive" in refusal(zipped(tmp_path, {**files, name: "[]"}))


def test_a_link_inside(tmp_path):
    path = slack(tmp_path, [said("Hallo")])
    link = zipfile.ZipInfo("allgemein/2023-11-15.json")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "contains a link" in refusal(path)


def test_a_link_in_a_folder(tmp_path):
    for name, content in contents([said("Hallo")]).items():
        (tmp_path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "export" / name).write_text(content)
    assert posts(tmp_path / "export") == 1
    os.symlink("/etc/passwd", tmp_path / "export" / "allgemein" / "2023-11-15.json")
    assert "contains a link" in refusal(tmp_path / "export")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice(tmp_path):
    path = slack(tmp_path, [said("Hallo")])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("users.json", "[]")
    assert "twice" in refusal(path)


def test_no_slack_export(tmp_path):
    assert "no Slack export" in refusal(zipped(tmp_path, {"brief.txt": "Hallo"}))
    assert "no Slack export" in refusal(zipped(tmp_path, {"users.json": "[]"}))


# --- bombs ---


def test_a_bomb_by_ratio(tmp_path):
    files = contents([said("Hallo")])
    zeros = " " * (2 * 1024**2)
    limits = Limits(ratio_from=1024**2)
    assert posts(zipped(tmp_path, {**files, "a.json": os.urandom(2 * 1024**2)}, "gut.zip"), limits) == 1
    assert "times its size" in refusal(zipped(tmp_path, {**files, "allgemein/2023-11-15.json": f"[{zeros}]"}), limits)


def test_a_bomb_by_ratio_as_it_is_found_in_the_wild(tmp_path):
    bomb = zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED)
    with bomb, bomb.open("users.json", "w", force_zip64=True) as file:
        for _ in range(100):
            file.write(b" " * 1024**2)
    tracemalloc.start()
    assert "times its size" in refusal(tmp_path / "b.zip")
    assert tracemalloc.get_traced_memory()[1] < 5 * 1024**2
    tracemalloc.stop()


def test_a_bomb_by_size(tmp_path, good):
    assert "can be opened safely" in refusal(good, Limits(unpacked=500))


def test_a_bomb_by_number(tmp_path, good):
    assert posts(good, Limits(entries=3)) == 2
    assert "holds more than 2 files" in refusal(good, Limits(entries=2))


def test_a_bomb_by_number_is_counted_before_its_list_is_loaded(tmp_path):
    """Many entries, the list repeated by hand: making them with zipfile would take the longest."""
    count = 60_000
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 10, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"x"
    one = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(one) * count, len(local), 0)
    with (tmp_path / "viele.zip").open("wb") as file:
        file.write(local)
        file.write(one * count)
        file.write(end)
    tracemalloc.start()
    assert "holds more than 50,000 files" in refusal(tmp_path / "viele.zip", Limits(entries=50_000))
    assert tracemalloc.get_traced_memory()[1] < 2 * 1024**2
    tracemalloc.stop()


def test_a_bomb_of_files_that_lie_over_each_other(tmp_path, good):
    raw = bytearray(good.read_bytes())
    heads = []
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        heads.append(at)
        at = raw.find(b"PK\x01\x02", at + 4)
    first = raw[heads[0] + 42 : heads[0] + 46]
    raw[heads[1] + 42 : heads[1] + 46] = first
    (tmp_path / "b.zip").write_bytes(raw)
    assert "over each other" in refusal(tmp_path / "b.zip")


def test_an_entry_that_lies_about_its_size(tmp_path):
    path = slack(tmp_path, [said("Hallo " * 1000)])
    raw = bytearray(path.read_bytes())
    for head, offset, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = raw.find(head)
        while at >= 0:
            if raw[at + name_at :].startswith(b"allgemein/"):
                raw[at + offset : at + offset + 4] = struct.pack("<L", 40)
            at = raw.find(head, at + 4)
    path.write_bytes(raw)
    assert refusal(path)


# --- lists ---


@pytest.mark.parametrize(
    "content", ["", "{}", "null", "[", "[{}", "[{},]", "[{} {}]", '[{"a": ', "[1, nan]", "[" * 5000, "\ufeff", "[}"]
)
def test_a_list_that_is_none(tmp_path, content):
    files = contents([said("Hallo")])
    assert posts(zipped(tmp_path, files, "gut.zip")) == 1
    message = refusal(zipped(tmp_path, {**files, "allgemein/2023-11-15.json": content}))
    assert "allgemein/2023-11-15.json" in message
    assert "users.json" in refusal(zipped(tmp_path, {**files, "users.json": content}, "u.zip"))


@pytest.mark.parametrize(
    "rows", [[], [1], [{"a": "ü" * 70_000}], [[1, [2]], {"b": None}] * 500, ["x" * 200_000, "y"], [1.5, -2, "]", ","]]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_item_by_item(rows, indent):
    for start in (b"", b"\xef\xbb\xbf", b"\n  "):
        file = io.BytesIO(start + json.dumps(rows, indent=indent, ensure_ascii=False).encode() + b"\n")
        assert list(items(file, 1_000_000)) == rows


def test_an_item_may_be_large_but_not_too_large():
    text = json.dumps(["a", "x" * 300_000])
    assert len(list(items(io.BytesIO(text.encode()), 400_000))) == 2
    with pytest.raises(TooLarge):
        list(items(io.BytesIO(text.encode()), 200_000))


def test_an_item_that_never_ends_costs_no_more_than_its_limit():
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            return b'["' + b"x" * (size - 2) if self.asked == size else b"x" * size

    file = Endless()
    with pytest.raises(TooLarge):
        list(items(file, 1_000_000))
    assert file.asked < 5_000_000


def test_a_broken_encoding_is_replaced_and_a_broken_list_is_not_guessed():
    assert list(items(io.BytesIO(b'["a\xffb"]'), 100)) == ["a\ufffdb"]
    with pytest.raises(BadListing):
        list(items(io.BytesIO(b'["a" \xff]'), 100))
