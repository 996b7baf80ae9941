"""Every page needs somebody signed in, unless its view says otherwise; a refusal is a sentence, bad input a 4xx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from potluck.core import answers
from potluck.core.rules import Refused


class Answers:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple, kwargs: dict) -> HttpResponse | None:
        if (
            request.user.is_authenticated
            or getattr(view, "open_to_all", False)
            or view.__module__.startswith("allauth.")
        ):
            return None
        return answers.to_sign_in(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Refused):
            return answers.refused(request, problem.sentence)
        if isinstance(problem, RequestDataTooBig | TooManyFieldsSent | UnreadablePostError | BadRequest):
            return answers.bad_request(request)
        if isinstance(problem, OperationalError):
            return answers.away(request)
        return None
