"""Names of emoji, for the ear and for whoever cannot make out so small a picture."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

#: Asks for the picture instead of the plain sign; it has no name of its own.
PICTURE = "\ufe0f"

#: Those that reactions mostly are. Everything else has its Unicode name, in English.
NAMES = {
    "👍": _("thumbs up"),
    "👎": _("thumbs down"),
    "👏": _("clapping hands"),
    "👌": _("OK hand"),
    "👋": _("waving hand"),
    "🙏": _("folded hands"),
    "🙌": _("raised hands"),
    "💪": _("strong arm"),
    "🤝": _("handshake"),
    "🤞": _("crossed fingers"),
    "✌": _("victory hand"),
    "☝": _("raised finger"),
    "👇": _("finger pointing down"),
    "👆": _("finger pointing up"),
    "🙋": _("raised arm"),
    "🤷": _("shrug"),
    "❤": _("red heart"),
    "💛": _("yellow heart"),
    "💚": _("green heart"),
    "💙": _("blue heart"),
    "💜": _("purple heart"),
    "🧡": _("orange heart"),
    "🤗": _("hug"),
    "😀": _("happy face"),
    "😃": _("happy face with big eyes"),
    "😄": _("laughing face"),
    "😁": _("beaming face"),
    "😆": _("loudly laughing face"),
    "😂": _("tears of laughter"),
    "🤣": _("rolling with laughter"),
    "😅": _("laughing with a drop of sweat"),
    "😊": _("smiling face with red cheeks"),
    "🙂": _("smiling face"),
    "😉": _("winking face"),
    "😍": _("face with heart eyes"),
    "😎": _("face with sunglasses"),
    "🤔": _("thinking face"),
    "😮": _("astonished face"),
    "😢": _("crying face"),
    "😭": _("loudly crying face"),
    "😞": _("disappointed face"),
    "😱": _("screaming face"),
    "🙄": _("rolling eyes"),
    "🤯": _("exploding head"),
    "🤖": _("robot"),
    "👀": _("eyes"),
    "💯": _("a hundred points"),
    "🎉": _("party popper"),
    "🎂": _("birthday cake"),
    "🔥": _("fire"),
    "🚀": _("rocket"),
    "⭐": _("star"),
    "✨": _("sparkles"),
    "☀": _("sun"),
    "🌈": _("rainbow"),
    "💡": _("light bulb"),
    "✅": _("green tick"),
    "✔": _("tick"),
    "➕": _("plus sign"),
    "❌": _("cross mark"),
    "❓": _("question mark"),
    "☕": _("cup of coffee"),
    "🍻": _("clinking beer mugs"),
    "🍀": _("four-leaf clover"),
}


class Sign(NamedTuple):
    """``picture`` is empty where there is only a name: that of an emoji which another house had drawn for itself."""

    picture: str
    name: Any
    lang: str


def sign(emoji: str) -> Sign:
    """The name of an emoji; ``lang`` says in which language, where it is not the reader's."""
    if emoji.startswith(":") or emoji.isascii():
        return Sign("", emoji.strip(":").replace("_", " "), "")
    plain = emoji.replace(PICTURE, "")
    if plain in NAMES:
        return Sign(emoji, NAMES[plain], "")
    return Sign(emoji, " ".join(unicodedata.name(letter, "").lower() for letter in plain).strip() or emoji, "en")
