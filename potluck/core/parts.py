"""``/parts/``: every component in every state, for whoever builds with them. The route exists in debug mode only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from potluck.core.answers import open_to_all, page, takes

ICONS = Path(__file__).parent / "templates" / "icons"
NOON = datetime(2026, 11, 24, 11, 30, tzinfo=timezone.get_default_timezone())


def somebody(name: str, initials: str, tint: str, unit: str = "") -> Row:
    return Row(name=name, handle=name.split()[0].lower(), initials=initials, tint=tint, unit=unit)


# People who do not exist, in the words of the house they do not work for: shown as they are in every language.
KAJA = somebody("Kaja Lindqvist-Rau", "KL", "beet", "Einkauf")
JONAS = somebody("Jonas Feldweg", "JF", "butter", "IT")
AYLIN = somebody("Aylin Kestrow", "AK", "herb", "Versand")
MIRA = somebody("Mira Sandvoss", "MS", "carrot", "Laden Mühlgasse")
NOUR = somebody("Nour Halabi-Stern", "NH", "plum", "Kundendienst")
TAREK = somebody("Tarek Brennholt", "TB", "bread", "Endmontage")


def act(key: str, dish: str, word: str, by: Row, words: str, title: str = "", when: str = "heute um 11:30") -> Row:
    return Row(key=key, kind=dish, dish=dish, word=word, by=by, at=NOON, when=when, title=title, lang="de",
               url="/parts/", html="".join(f"<p>{one}</p>" for one in words.splitlines()))


MARKET = ("Der Wochenmarkt am Lohbachtor hat jetzt bis 18 Uhr offen. "
          "Endlich auch nach der Frühschicht.")
LAMP = "Wie tauscht man bei der Stehlampe Alva den Dimmer, ohne den Fuß aufzuschneiden?"


@open_to_all
@takes("GET")
def parts(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        "core/parts.html",
        people=[KAJA, JONAS, AYLIN, MIRA, NOUR, TAREK],
        tip=act("parts-tip", "recommend", "Empfehlung", KAJA, MARKET),
        tip_by_lamp=act("parts-lamp", "recommend", "Empfehlung", KAJA, MARKET),
        question=act("parts-question", "question", "Frage", NOUR, "Eine Kundin aus Husum hängt sehr an ihrer.", LAMP),
        helped=act("parts-helped", "question", "Antwort", AYLIN,
                   "Nicht drehen, bitte. Der Fuß ist gesteckt, und die drei Schrauben sitzen unter dem Filz."),
        reply=act("parts-reply", "question", "Antwort", NOUR, "Hat geklappt. Die Lampe brennt wieder."),
        answered=act("parts-answer", "question", "Antwort", JONAS,
                   "Ich habe es einmal mit dem Teppichmesser versucht. Nicht nachmachen."),
        own=act("parts-own", "welcome", "Willkommen", TAREK,
                "Emre, komm morgen um zehn bei mir vorbei. Ich zeige dir, welche Kaffeemaschine man nicht anfassen darf."),
        paper=act("parts-paper", "thanks", "Danke", NOUR, "Danke, dass du gefragt hast, wie es meiner Mutter geht. "
                  "Du warst der Einzige. Ich bin an dem Tag gern geblieben.", when=""),
        cards=[act(f"card-{n}", "thanks", "Danke", by, words, when="")
               for n, by, words in (
                   (9, JONAS, "Kaja, du hast meinen Text dreimal gelesen und nie geseufzt. Der Aushang hängt."),
                   (1, NOUR, "Danke, dass du gefragt hast, wie es meiner Mutter geht. Du warst der Einzige."),
                   (2, MIRA, "Danke, Tarek, dass du mir jeden Schalter zweimal gezeigt hast."),
                   (3, AYLIN, "Danke für den Stuhl am Fenster. Seitdem schaffe ich den Nachmittag."))],
        icons=sorted(path.stem for path in ICONS.glob("*.svg")),
    )
