"""Slack's short names of emoji as Unicode, where they are known; a house's own ones keep their name.

Most short names are the Unicode name in lower case (``fire_engine``); the table holds those that are not.
"""
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SKIN = re.compile(r"::skin-tone-[2-6]$|:skin-tone-[2-6]:")
FLAG = re.compile(r"flag-([a-z]{2})$")
# Shown as text unless the variation selector asks for the picture.
PICTURE = "\ufe0f"
TEXT_FIRST = [
    (0x203C, 0x3299), (0x1F170, 0x1F171), (0x1F17E, 0x1F17F), (0x1F321, 0x1F321), (0x1F324, 0x1F32C),
    (0x1F336, 0x1F336), (0x1F37D, 0x1F37D), (0x1F396, 0x1F39F), (0x1F3CB, 0x1F3CE), (0x1F3D4, 0x1F3DF),
    (0x1F3F3, 0x1F3F7), (0x1F43F, 0x1F43F), (0x1F441, 0x1F441), (0x1F4FD, 0x1F4FD), (0x1F56F, 0x1F579),
    (0x1F587, 0x1F590), (0x1F5A5, 0x1F5FA), (0x1F6CB, 0x1F6F3),
]

OWN = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "clap": "👏", "wave": "👋",
    "ok_hand": "👌", "pray": "🙏", "muscle": "💪", "raised_hands": "🙌", "open_hands": "👐",
    "point_up": "☝️", "point_up_2": "👆", "point_down": "👇", "point_left": "👈", "point_right": "👉",
    "v": "✌️", "crossed_fingers": "🤞", "facepunch": "👊", "punch": "👊", "fist": "✊", "hand": "✋",
    "raised_hand": "✋", "handshake": "🤝", "writing_hand": "✍️", "the_horns": "🤘",
    "call_me_hand": "🤙", "raising_hand": "🙋", "shrug": "🤷", "face_palm": "🤦", "bow": "🙇",
    "dancer": "💃", "runner": "🏃", "running": "🏃", "heart": "❤️", "hearts": "♥️",
    "yellow_heart": "💛", "green_heart": "💚", "blue_heart": "💙", "purple_heart": "💜",
    "orange_heart": "🧡", "black_heart": "🖤", "white_heart": "🤍", "broken_heart": "💔",
    "two_hearts": "💕", "sparkling_heart": "💖", "heartpulse": "💗", "heartbeat": "💓",
    "gift_heart": "💝", "hugging_face": "🤗", "hugs": "🤗", "smile": "😄", "smiley": "😃",
    "grinning": "😀", "grin": "😁", "joy": "😂", "rolling_on_the_floor_laughing": "🤣", "rofl": "🤣",
    "laughing": "😆", "satisfied": "😆", "sweat_smile": "😅", "blush": "😊", "relaxed": "☺️",
    "innocent": "😇", "simple_smile": "🙂", "slightly_smiling_face": "🙂", "upside_down_face": "🙃",
    "wink": "😉", "relieved": "😌", "heart_eyes": "😍", "smiling_face_with_3_hearts": "🥰",
    "kissing_heart": "😘", "kissing": "😗", "yum": "😋", "stuck_out_tongue": "😛",
    "stuck_out_tongue_winking_eye": "😜", "stuck_out_tongue_closed_eyes": "😝", "zany_face": "🤪",
    "sunglasses": "😎", "nerd_face": "🤓", "star-struck": "🤩", "partying_face": "🥳", "smirk": "😏",
    "unamused": "😒", "disappointed": "😞", "pensive": "😔", "worried": "😟", "confused": "😕",
    "slightly_frowning_face": "🙁", "white_frowning_face": "☹️", "persevere": "😣", "confounded": "😖",
    "tired_face": "😫", "weary": "😩", "cry": "😢", "sob": "😭", "triumph": "😤", "angry": "😠",
    "rage": "😡", "flushed": "😳", "scream": "😱", "fearful": "😨", "cold_sweat": "😰",
    "disappointed_relieved": "😥", "sweat": "😓", "thinking_face": "🤔", "thinking": "🤔",
    "face_with_raised_eyebrow": "🤨", "neutral_face": "😐", "expressionless": "😑", "no_mouth": "😶",
    "face_with_rolling_eyes": "🙄", "roll_eyes": "🙄", "open_mouth": "😮", "hushed": "😯",
    "astonished": "😲", "anguished": "😧", "frowning": "😦", "grimacing": "😬", "sleeping": "😴",
    "sleepy": "😪", "mask": "😷", "face_with_thermometer": "🤒", "exploding_head": "🤯",
    "saluting_face": "🫡", "melting_face": "🫠", "pleading_face": "🥺", "smiley_cat": "😺",
    "robot_face": "🤖", "ghost": "👻", "skull": "💀", "poop": "💩", "hankey": "💩", "alien": "👽",
    "see_no_evil": "🙈", "hear_no_evil": "🙉", "speak_no_evil": "🙊", "eyes": "👀", "eye": "👁️",
    "brain": "🧠", "100": "💯", "tada": "🎉", "confetti_ball": "🎊", "balloon": "🎈", "gift": "🎁",
    "birthday": "🎂", "cake": "🍰", "trophy": "🏆", "medal": "🎖️", "first_place_medal": "🥇",
    "star": "⭐", "star2": "🌟", "sparkles": "✨", "boom": "💥", "collision": "💥", "zap": "⚡",
    "fire": "🔥", "sunny": "☀️", "sun_with_face": "🌞", "rainbow": "🌈", "snowflake": "❄️",
    "umbrella": "☔", "cloud": "☁️", "white_check_mark": "✅", "heavy_check_mark": "✔️",
    "ballot_box_with_check": "☑️", "x": "❌", "warning": "⚠️", "no_entry": "⛔", "no_entry_sign": "🚫",
    "exclamation": "❗", "heavy_exclamation_mark": "❗", "question": "❓", "bangbang": "‼️",
    "interrobang": "⁉️", "bulb": "💡", "mag": "🔍", "bell": "🔔", "mega": "📣", "loudspeaker": "📢",
    "loud_sound": "🔊", "calendar": "📅", "date": "📅", "spiral_calendar_pad": "🗓️", "clock1": "🕐",
    "alarm_clock": "⏰", "hourglass": "⌛", "email": "📧", "envelope": "✉️", "memo": "📝",
    "pencil": "📝", "pencil2": "✏️", "pushpin": "📌", "paperclip": "📎", "link": "🔗", "key": "🔑",
    "lock": "🔒", "computer": "💻", "iphone": "📱", "phone": "☎️", "telephone": "☎️", "tv": "📺",
    "camera": "📷", "chart": "💹", "moneybag": "💰", "coffee": "☕", "beer": "🍺", "beers": "🍻",
    "wine_glass": "🍷", "clinking_glasses": "🥂", "pizza": "🍕", "fries": "🍟", "doughnut": "🍩",
    "apple": "🍎", "shallow_pan_of_food": "🥘", "dog": "🐶", "cat": "🐱", "mouse": "🐭", "pig_nose": "🐽",
    "bug": "🐛", "bee": "🐝", "penguin": "🐧", "turtle": "🐢", "sunflower": "🌻",
    "four_leaf_clover": "🍀", "seedling": "🌱", "car": "🚗", "red_car": "🚗", "bike": "🚲", "bus": "🚌",
    "train": "🚋", "airplane": "✈️", "boat": "⛵", "house": "🏠", "office": "🏢", "factory": "🏭",
    "soccer": "⚽", "basketball": "🏀", "football": "🏈", "dart": "🎯", "game_die": "🎲", "art": "🎨",
    "musical_note": "🎵", "notes": "🎶", "headphones": "🎧", "microphone": "🎤", "guitar": "🎸",
    "clapper": "🎬", "cool": "🆒", "new": "🆕", "ok": "🆗", "up": "🆙", "sos": "🆘", "free": "🆓",
    "arrow_up": "⬆️", "arrow_down": "⬇️", "arrow_left": "⬅️", "arrow_right": "➡️", "recycle": "♻️",
    "copyright": "©️", "registered": "®️", "tm": "™️", "hammer_and_wrench": "🛠️", "gear": "⚙️",
    "wrench": "🔧", "package": "📦", "construction": "🚧", "ship": "🚢", "anchor": "⚓",
    "earth_africa": "🌍", "earth_americas": "🌎", "earth_asia": "🌏", "heavy_plus_sign": "➕",
    "heavy_minus_sign": "➖", "heart_hands": "🫶", "man": "👨", "woman": "👩", "baby": "👶",
    "older_man": "👴", "older_woman": "👵", "speech_balloon": "💬", "thought_balloon": "💭", "zzz": "💤",
    "dash": "💨", "one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "four": "4️⃣", "five": "5️⃣",
    "six": "6️⃣", "seven": "7️⃣", "eight": "8️⃣", "nine": "9️⃣", "zero": "0️⃣", "keycap_ten": "🔟",
    "de": "🇩🇪", "us": "🇺🇸", "gb": "🇬🇧", "uk": "🇬🇧", "fr": "🇫🇷", "es": "🇪🇸", "it": "🇮🇹", "jp": "🇯🇵",
    "cn": "🇨🇳", "kr": "🇰🇷", "ru": "🇷🇺",
}


@lru_cache(maxsize=4096)
def emoji(name: str) -> str:
    """``clap::skin-tone-3`` and ``clap`` are both 👏; what nobody knows comes back as ``:its_name:``."""
    plain = SKIN.sub("", name).strip(":")
    if plain in OWN:
        return OWN[plain]
    if found := FLAG.match(plain):
        return "".join(chr(0x1f1e6 + ord(letter) - ord("a")) for letter in found.group(1))
    for spelled in (plain.replace("_", " ").replace("-", " "), plain.replace("_", "-")):
        try:
            sign = unicodedata.lookup(spelled)
        except KeyError:
            continue
        if len(sign) == 1 and ord(sign) >= 0x2190 and unicodedata.category(sign) == "So":
            return sign + (PICTURE if any(low <= ord(sign) <= high for low, high in TEXT_FIRST) else "")
    return f":{plain}:"
