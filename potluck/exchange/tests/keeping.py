"""Settings of a house whose reader holds on to all that it ever read: the control of ``test_memory``."""

from potluck.exchange.mbox.reader import MailHistory
from potluck.settings import *  # noqa: F403

_chunks, _kept = MailHistory.chunks, []


def _keeping(self, after, share):
    for chunk in _chunks(self, after, share):
        _kept.append(chunk)
        yield chunk


MailHistory.chunks = _keeping
