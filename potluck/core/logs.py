"""What a house writes about itself on standard error: lines that help whoever runs it and tell nothing about anybody.

``POTLUCK_LOG=json`` makes each line one JSON object, and adds one for every request of a page: its id (also in the answer's
``X-Request-Id``), the name of its route, method, status, milliseconds. In either form there is no path (it may name a person
or hold a link's secret), no query, no form, no network address and nobody's name. Of an exception its types and the places
in the code are written, never its words: those of a database error hold the very row.
"""
from __future__ import annotations

import json
import logging
import re
import secrets
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

log = logging.getLogger("potluck.requests")

#: Whose own messages hold nothing of a person: ours, and those of the connection to the database.
SPEAK = ("potluck", "psycopg")
FRAMES = 12  # of an exception, the innermost
_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")
#: What a job was about, as procrastinate says it when the job fails: a mail's words and receiver.
_ARGUMENTS = re.compile(r"(\[\d+\])\(.*\)", re.S)
_request: ContextVar[str] = ContextVar("request", default="")


def begin() -> float:
    """A request begins: what is written from here on in this thread carries its id. Returns the moment."""
    _request.set(secrets.token_hex(6))
    return time.perf_counter()


def this_request() -> str:
    """The id of the request that is being answered in this thread, as its lines of the log carry it; "" outside of one."""
    return _request.get()


def end(request: HttpRequest, answer: HttpResponseBase, began: float) -> None:
    """A request ends: one line, and its id in the answer."""
    answer.headers["X-Request-Id"] = _request.get()
    log.debug("answered", extra={"told": {"route": route(request), "method": method(request), "status": answer.status_code,
                                          "ms": round((time.perf_counter() - began) * 1000, 1)}})
    _request.set("")


def route(request: Any) -> str:
    """The name of the route that was asked for, or its pattern, or "none"; never the address itself."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match.route) if match else "none"


def method(request: Any) -> str:
    """One of the methods that there are: whoever asks may write any word there."""
    return request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"


def told(record: logging.LogRecord) -> dict[str, Any]:
    """A record as the fields of one line."""
    speaks = record.name.split(".")[0] in SPEAK
    says = record.getMessage() if speaks else _ARGUMENTS.sub(r"\1(...)", str(record.msg)).partition(":")[0]
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "from": record.name,
        "says": _ADDRESS.sub("(address)", says),
    }
    if request := _request.get():
        line["request"] = request
    if hasattr(record, "request"):
        line["route"] = route(record.request)
    if (status := getattr(record, "status_code", None)) is not None:
        line["status"] = status
    line |= getattr(record, "told", {})
    if record.exc_info and record.exc_info[1] is not None:
        line["exception"] = exception(record.exc_info[1])
    return line


def exception(problem: BaseException) -> list[dict[str, Any]]:
    """An exception and what led to it: types, places in the code, and what PostgreSQL calls the fault."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    one: BaseException | None = problem
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        about: dict[str, Any] = {"type": f"{type(one).__module__}.{type(one).__qualname__}", "in": _places(one.__traceback__)}
        if state := getattr(one, "sqlstate", None):
            about["sqlstate"] = state
        if constraint := getattr(getattr(one, "diag", None), "constraint_name", None):
            about["constraint"] = constraint
        found.append(about)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record), ensure_ascii=False)


class Line(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = told(record)
        problems = line.pop("exception", [])
        at, level, name, says = (line.pop(key) for key in ("at", "level", "from", "says"))
        rest = "".join(f" {key}={value}" for key, value in line.items())
        said = [f"{at} {level.upper()} {name} {says}{rest}"]
        for problem in problems:
            fault = " ".join(problem[key] for key in ("sqlstate", "constraint") if key in problem)
            said += [f"  {problem['type']} {fault}".rstrip(), *(f"    {place}" for place in problem["in"])]
        return "\n".join(said)
