"""The one Django template tag: hands the blocks of allauth's pages to our Jinja2 base page."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.template.loader import render_to_string

register = template.Library()


class HousePage(template.Node):
    def __init__(self, nodelist: template.NodeList):
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        content = str(self.nodelist.render(context))
        title = re.search(r"<h1[^>]*>(.*?)</h1>", content, re.S)
        words: dict[str, Any] = {
            "content": content,
            "title": re.sub(r"<[^>]+>", "", title[1]).strip() if title else "",
        }
        return render_to_string("core/account_page.html", words, request=context["request"])


@register.tag
def house_page(parser: template.base.Parser, token: template.base.Token) -> HousePage:
    nodelist = parser.parse(("end_house_page",))
    parser.delete_first_token()
    return HousePage(nodelist)
