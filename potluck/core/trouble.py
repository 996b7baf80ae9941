"""What the command line says when something outside it is wrong: a sentence and the command that helps."""
from __future__ import annotations


class Trouble(Exception):
    """One clear sentence for the person at the keyboard. The command line prints it without a traceback and ends with 1."""
