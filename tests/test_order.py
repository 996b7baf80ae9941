"""Who may know whom: each contract in pyproject.toml is broken once and seen caught; models point downwards only."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

HOME = Path(__file__).resolve().parent.parent
LINTER = tomllib.loads((HOME / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {each["id"]: each for each in LINTER["contracts"]}
# From the top to the ground; what stands on one line are siblings.
LAYERS = [[room.strip(" ()") for room in layer.split("|")] for layer in CONTRACTS["order"]["layers"]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of the code to break."""
    copy = tmp_path_factory.mktemp("checkout")
    shutil.copytree(HOME / "potluck", copy / "potluck", ignore=shutil.ignore_patterns("templates", "__pycache__", "*.html"))
    shutil.copy(HOME / "pyproject.toml", copy)
    return copy


def broken_contracts(checkout: Path, files: dict[str, str]) -> set[str]:
    """Add these lines to these files, run the linter, put everything back; the names of the contracts it saw broken."""
    before = {}
    for name, line in files.items():
        path = checkout / "potluck" / name
        before[path] = path.read_text() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in [path.parent, *path.parent.parents]:
            if folder == checkout / "potluck":
                break
            if not (folder / "__init__.py").exists():
                before[folder / "__init__.py"] = None
                (folder / "__init__.py").touch()
        path.write_text((before[path] or "") + f"\n{line}\n")
    try:
        ran = subprocess.run(
            [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"], cwd=checkout,
            env=os.environ | {"PYTHONPATH": str(checkout)}, capture_output=True, text=True, timeout=60, check=False)
    finally:
        for path, words in before.items():
            if words is None:
                path.unlink()
            else:
                path.write_text(words)
    said = {each["id"] for each in CONTRACTS.values() if f"{each['name']} BROKEN" in ran.stdout}
    assert ran.returncode == (1 if said else 0), ran.stdout + ran.stderr
    return said


def test_the_house_as_it_stands_breaks_no_contract(checkout):
    assert broken_contracts(checkout, {}) == set()


UPWARDS = [(low, high) for upper, lower in zip(LAYERS, LAYERS[1:], strict=False) for high in upper[:1] for low in lower[:1]]


@pytest.mark.slow
def test_a_room_that_knows_the_room_above_it_is_caught_on_every_floor(checkout):
    for low, high in UPWARDS:
        files = {f"{low}/extra.py": f"from potluck.{high} import more", f"{high}/more.py": ""}
        assert "order" in broken_contracts(checkout, files), f"{low} may import {high}"


@pytest.mark.parametrize(("one", "other"), [("posts", "thanks"), ("desk", "exchange"), ("welcome", "posts")])
def test_siblings_may_not_know_each_other(checkout, one, other):
    assert broken_contracts(checkout, {f"{one}/extra.py": f"import potluck.{other}.more", f"{other}/more.py": ""}) == {"order"}


def test_a_room_that_no_layer_names_is_caught(checkout):
    assert broken_contracts(checkout, {"cellar/extra.py": ""}) == {"order"}


def test_a_room_may_know_the_rooms_below_it(checkout):
    assert broken_contracts(checkout, {"thanks/extra.py": "import potluck.people.more", "people/more.py": ""}) == set()


def test_a_view_that_imports_models_is_caught(checkout):
    assert broken_contracts(checkout, {"thanks/views.py": "from potluck.thanks import models",
                                       "thanks/models.py": ""}) == {"views"}


def test_a_view_may_reach_models_through_queries(checkout):
    assert broken_contracts(checkout, {"thanks/views.py": "from potluck.thanks import queries",
                                       "thanks/queries.py": "from potluck.thanks import models",
                                       "thanks/models.py": ""}) == set()


@pytest.mark.parametrize("knowing", ["verbs", "queries", "rules"])
@pytest.mark.parametrize("web", ["views", "forms"])
def test_a_change_a_read_or_a_rule_that_knows_the_web_is_caught_even_at_second_hand(checkout, knowing, web):
    assert broken_contracts(checkout, {f"thanks/{knowing}.py": "from potluck.thanks import between",
                                       "thanks/between.py": f"from potluck.thanks import {web}",
                                       f"thanks/{web}.py": ""}) == {"web"}


def test_tests_may_import_what_they_test(checkout):
    assert broken_contracts(checkout, {"people/tests/test_extra.py": "import potluck.thanks.models",
                                       "thanks/models.py": ""}) == set()


# --- a foreign key written as text points where no import shows it ---

def may_point(low: str, high: str) -> bool:
    """May a model of the first room hold a foreign key to one of the second?"""
    floor = {room: number for number, layer in enumerate(LAYERS) for room in layer}
    return low == high or floor[high] > floor[low]


def test_models_point_to_their_own_room_or_downwards():
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        room = model._meta.app_config.name.removeprefix("potluck.")
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = getattr(field.related_model, "_meta", None)
            if not (model.__module__.startswith("potluck.") and target and target.app_config.name.startswith("potluck.")):
                continue
            if not may_point(room, target.app_config.name.removeprefix("potluck.")):
                wrong.append(f"{model._meta.label}.{field.name} -> {target.label}")
    assert wrong == []


def test_pointing_upwards_or_sideways_would_be_seen():
    assert not may_point("people", "acts")
    assert not may_point("posts", "thanks")
    assert may_point("posts", "people")
