"""The template environment: Jinja2, autoescape always, translations whole, undefined names are errors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static as staticfiles_static
from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Template, select_autoescape

from potluck.core import mail, moments, pictures, rules, text
from potluck.core.art import frame
from potluck.core.fragments import kept
from potluck.core.signs import sign

# Asked twenty times a page, and the same answer as long as the process lives.
static = lru_cache(maxsize=256)(staticfiles_static)


@lru_cache(maxsize=4096)
def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


class Whole(Template):
    """A template whose macros are made once. Jinja2 asks at every import whether whoever imports was given globals of its
    own, by comparing all names; here nobody ever is."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


class Templates(Environment):
    template_class = Whole


def environment(**options: Any) -> Environment:
    options["autoescape"] = select_autoescape(
        disabled_extensions=("txt",), default=True, default_for_string=True
    )
    options["undefined"] = StrictUndefined
    env = Templates(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)  # type: ignore[attr-defined]
    env.globals.update(
        url=url,
        static=static,
        may=rules.may,
        frame_of_art=frame,
        art_address=pictures.address,
        kept=kept,
        has_mail_server=mail.has_server,
        DEBUG=settings.DEBUG,
        DEMO=settings.DEMO,
    )
    env.filters.update(
        words=text.words,
        plain=text.plain,
        when=moments.when,
        day=moments.day,
        clock=moments.clock_time,
        names=moments.names,
        sign=sign,
    )
    return env
