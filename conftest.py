"""What every test stands on: a database, a network that ends at this machine, a real server and a real browser."""
from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cluster, rows

HOME = Path(__file__).resolve().parent
ARCHIVES = Path(os.environ.get("POTLUCK_ARCHIVES", HOME.parent / "shared" / "data"))

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync API runs an event loop in this thread


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("potluck")
    group.addoption("--quick", action="store_true", help="leave out what drives a browser or whole processes")
    group.addoption("--nightly", action="store_true", help="run what is marked nightly, and only that")
    group.addoption("--rows", action="store_true", help="print each promise with the journeys that prove it, run nothing")


def pytest_configure(config: pytest.Config) -> None:
    _end_the_network_here()
    if not hasattr(config, "workerinput") and not config.option.collectonly and not config.option.rows:
        config.stash[_postgres] = cluster.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if started := config.stash.get(_postgres, None):
        started.stop()


_postgres: pytest.StashKey = pytest.StashKey()


# --- which tests -------------------------------------------------------------------------------------------------------

def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    if config.option.rows:
        return
    wanted, left = [], []
    for item in items:
        out = bool(item.get_closest_marker("nightly")) != config.option.nightly
        out = out or (config.option.quick and any(map(item.get_closest_marker, ("browser", "slow"))))
        (left if out else wanted).append(item)
        if item.get_closest_marker("archive") and not ARCHIVES.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"no archives in {ARCHIVES}"))
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = wanted


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.rows:
        print(rows.table(HOME / "docs" / "promises.md", session.items))
        session.items.clear()


def pytest_terminal_summary(terminalreporter) -> None:
    skipped = [report.nodeid for report in terminalreporter.stats.get("skipped", [])
               if "no archives in" in str(report.longrepr)]
    if skipped:
        terminalreporter.section("not run: there is no real history here")
        terminalreporter.line(f"POTLUCK_ARCHIVES names its folder; {ARCHIVES} is missing. Not run:")
        for nodeid in skipped:
            terminalreporter.line(f"  {nodeid}")


# --- no network but this machine ---------------------------------------------------------------------------------------

def _end_the_network_here() -> None:
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def is_here(host: object) -> bool:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        return name in ("localhost", "::1") or name.endswith(".localhost") or name.startswith("127.")

    def guarded_connect(self, address, *rest):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}: the network is closed in tests")
        return connect(self, address, *rest)

    def guarded_look_up(host, *rest, **more):
        if not is_here(host):
            raise AssertionError(f"a test tried to look up {host}: the network is closed in tests")
        return look_up("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

    socket.socket.connect = guarded_connect
    socket.getaddrinfo = guarded_look_up


# --- the database ------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def database_name(worker_id: str) -> str:
    return f"test_potluck_{worker_id}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, database_name: str) -> Iterator[None]:
    """Instead of migrating for every worker: a clone of the template database (0.1 s)."""
    with django_db_blocker.unblock():
        cluster.clone(database_name)
    yield


# --- a real server -----------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def serving(database_name: str, log, **environment: str) -> Iterator[str]:
    """The real web process on a database of the tests; its address. ``log`` is an open file for what it says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "potluck.core.web"], cwd=HOME, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        env=os.environ | {"DATABASE_URL": cluster.url_of(database_name), "DJANGO_SETTINGS_MODULE": "tests.settings",
                          "POTLUCK_PORT": str(port), "POTLUCK_HOST": "127.0.0.1", "POTLUCK_POOL": "8"} | environment)
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                log.seek(0)
                pytest.fail(f"the server did not start:\n{log.read().decode()}")
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.seek(0)
        said = log.read().decode()
        if said.strip():
            print(f"the server of the tests said:\n{said}", file=sys.stderr)


@pytest.fixture(scope="session")
def running_server(django_db_setup, database_name: str, tmp_path_factory) -> Iterator[str]:
    """The real web process on this worker's database; its address. Take ``server``, which also commits and cleans up."""
    with serving(database_name, (tmp_path_factory.mktemp("server") / "log").open("w+b")) as address:
        yield address


@pytest.fixture
def server(running_server: str, transactional_db) -> str:
    """Address of a real server that sees what the test writes (committed, and gone after the test)."""
    return running_server


@pytest.fixture
def mailing_server(database_name: str, tmp_path: Path, transactional_db) -> Iterator[str]:
    """One whose web process knows a mail server; the worker, which knows none, leaves what it would send to be read."""
    from django.core.cache import cache

    cache.clear()  # what was counted at the door: its table is no model's, and outlives a test
    with serving(database_name, (tmp_path / "web").open("w+b"), POTLUCK_MAIL_URL="smtp://127.0.0.1:9") as address:
        yield address


# --- a real browser ----------------------------------------------------------------------------------------------------

SCREENS = {
    "german-phone": {"locale": "de-DE", "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "english-desktop": {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}},
}


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session: the machine's own (it sees nothing but this machine)."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)  # bin/test says which one runs
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=[
            "--no-sandbox", "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"])
        yield chromium
        chromium.close()


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> dict:
    """A journey that asks for this (or for ``open_window``) runs twice: German on a phone, English on a desktop."""
    return SCREENS[request.param]


@pytest.fixture
def open_window(browser, screen: dict, server: str):
    """``open_window()`` gives a page in a window of its own (own cookies) on the server; all are closed at the end."""
    opened = []

    def one(**changes):
        context = browser.new_context(base_url=server, **{**screen, **changes})
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield one
    for context in opened:
        context.close()


# --- every test begins alike -------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _as_at_first(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """No language, no time zone and no jobs or tries of the test before (Django's flush knows nothing of those tables)."""
    from django.db import connection
    from django.utils import timezone, translation

    translation.deactivate()
    timezone.deactivate()
    yield
    translation.deactivate()
    timezone.deactivate()
    marked = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marked and marked.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")
            cursor.execute("delete from cache_rows")
