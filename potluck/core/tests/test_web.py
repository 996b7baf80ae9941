"""The web process ends at once, with streams open, and their readers see a proper end."""
from __future__ import annotations

import http.client
import signal
import subprocess
import sys

import pytest

from potluck.core.tests.processes import end, free_port, own_environment, within

STREAM = """
import asyncio, sys, uvicorn
from potluck.core import web

async def stream(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b": hello", "more_body": True})
    if scope["path"] == "/broken":
        raise ValueError("broken stream")
    await asyncio.sleep(600)

async def application(scope, receive, send):
    await web.until_closing(stream(scope, receive, send), send)

web.Server(uvicorn.Config(application, port=int(sys.argv[1]), lifespan="off", timeout_graceful_shutdown=30)).run()
"""


@pytest.fixture
def streaming(tmp_path):
    port, log = free_port(), tmp_path / "log"
    process = subprocess.Popen([sys.executable, "-c", STREAM, str(port)], env=own_environment(), stdout=subprocess.DEVNULL,
                               stderr=log.open("w"))
    process.port, process.said = port, log.read_text
    within(20, lambda: "Uvicorn running" in log.read_text())
    yield process
    end(process)


def reader(port: int, path: str = "/") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.read(7) == b": hello"
    return answer


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_end_with_the_process_and_hold_nothing_up(streaming, how):
    readers = [reader(streaming.port) for _ in range(3)]
    streaming.send_signal(how)
    assert within(5, lambda: streaming.poll() is not None) < 5
    for each in readers:
        assert each.read() == b""  # cut off, this would be IncompleteRead
    assert "ERROR" not in streaming.said()


def test_a_reader_who_goes_leaves_the_others_their_stream(streaming):
    gone, stays = reader(streaming.port), reader(streaming.port)
    gone.close()
    streaming.send_signal(signal.SIGTERM)
    assert stays.read() == b""
    streaming.wait(5)


def test_a_stream_that_breaks_is_in_the_log(streaming):
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        reader(streaming.port, "/broken").read()
    within(5, lambda: "broken stream" in streaming.said())
