"""Every page needs somebody signed in, unless its view says otherwise; a refusal is a sentence, bad input a 4xx."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from potluck.core import answers
from potluck.core.logs import route
from potluck.core.rules import Refused

log = logging.getLogger(__name__)


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, which builds the policy of each answer anew: ours is one for every page, so it is built once."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        super().__init__(answer)
        self.policy = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No page of ours needs a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(mark.startswith("_csp") for mark in vars(response)):  # a view asked for something else
            return super().process_response(request, response)
        response.headers["Content-Security-Policy"] = self.policy
        return response


class Answers:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return answers.other_host(request)
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
        if isinstance(problem, DataError):
            # A NUL where no form cleans it (a key, a choice, a search), or a value that no column holds: nothing was written.
            log.warning("not to be kept, at %s: %s", route(request), type(problem.__cause__).__name__)
            return answers.bad_request(request)
        if answers.is_away(problem):
            return answers.away(request)
        return None
