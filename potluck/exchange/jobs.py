"""What the worker does for imports: taking in what came by the browser."""

from __future__ import annotations

import contextlib
import json
import logging
import selectors
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from potluck.core.rules import Refused
from potluck.exchange import uploading, withdrawing
from potluck.exchange.models import Upload
from potluck.exchange.roster import nightly

log = logging.getLogger(__name__)
#: Seconds between two looks whether the worker shall end.
GLANCE = 0.5


@app.periodic(cron="* * * * *", periodic_id="exchange.take_uploads")
@app.task(name=uploading.TAKEN_BY, pass_context=True)
def take_uploads(context: JobContext, timestamp: int = 0) -> None:
    """At once when a file has come, and every minute: so what a killed worker left is taken up again."""
    try:
        with uploading.held(uploading.TAKING) as mine:
            upload = uploading.waiting() if mine else None
            if upload is not None and uploading.begun(upload):
                take_in(upload, context)
    finally:
        connection.close()


def take_in(upload: Upload, context: Any) -> None:
    """One upload, in a process with limits of its own (child.py); ended with the worker, and begun again with the next."""
    child = subprocess.Popen(
        [sys.executable, "-m", "potluck.exchange.child", upload.key],
        cwd=settings.HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    said: dict[str, Any] = {}
    try:
        for line in _lines(child, context):
            word = json.loads(line)
            if "step" in word:
                uploading.went(upload, word["step"], word["percent"])
            else:
                said = word
        if context.should_abort():
            return
        child.wait()
        if said:
            uploading.ended(upload, report=said.get("report"), problem=said.get("problem", ""))
        else:
            log.error("taking in an upload ended with %s; it is begun again in a minute", child.returncode)
    finally:
        child.kill()
        child.communicate()


def _lines(child: subprocess.Popen, context: Any) -> Any:
    """What the child says, line by line, until it ends or the worker shall."""
    out: Any = child.stdout
    buffer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        while not context.should_abort():
            if not selector.select(GLANCE):
                continue
            chunk = out.read1(1 << 16)
            if not chunk:
                return
            *whole, buffer = (buffer + chunk).split(b"\n")
            yield from whole


@app.periodic(cron="* * * * *", periodic_id="exchange.withdraw")
@app.task(name=withdrawing.WITHDRAWN_BY)
def withdraw(timestamp: int = 0) -> None:
    """At once when an administrator takes an import back, and every minute: what a killed worker left is done."""
    try:
        take_back()
    finally:
        connection.close()


def take_back() -> None:
    """The import whose withdrawal was asked for, if there is one."""
    with uploading.held(uploading.TAKING) as mine:
        past = withdrawing.asked() if mine else None
        if past is not None:
            with contextlib.suppress(Refused):  # another import is under way: in a minute
                withdrawing.withdraw(past)


@app.periodic(cron="7 2 * * *", periodic_id="exchange.take_people_list")
@app.task(name="exchange.take_people_list", queueing_lock="exchange.take_people_list")
def take_people_list(timestamp: int) -> None:
    """Every night, where a folder of people lists is named: the newest one, once."""
    try:
        nightly.take_newest()
    finally:
        connection.close()


@app.periodic(cron="27 3 * * *", periodic_id="exchange.forget")
@app.task(name="exchange.forget", queueing_lock="exchange.forget")
def forget(timestamp: int) -> None:
    """Every night: what is older than it may be kept is erased."""
    try:
        uploading.forget()
    finally:
        connection.close()
