"""The printed art of thank-you cards, drawn from the shapes of the house: plates, leaves, blossoms, doors.

The same seed gives the same picture, on every machine and for ever: a printed card does not change.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, pi, sin
from random import Random

MOTIFS = {"plates": "idea", "leaves": "recommend", "blossoms": "thanks", "doors": "question"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One flat shape: a disc (x, y, r) or a path (d, moved by `turn`), painted with a tone by name."""

    form: str
    paint: str
    x: float = 0
    y: float = 0
    r: float = 0
    d: str = ""
    turn: str = ""


@dataclass(slots=True)
class Composition:
    """A picture of `width` by `height` units on the glaze of `kind`; `high` cards give it more room."""

    motif: str
    kind: str
    high: bool
    width: int
    height: int
    shapes: list[Shape] = field(default_factory=list)

    def disc(self, paint: str, x: float, y: float, r: float) -> None:
        self.shapes.append(Shape("disc", paint, round(x, 1), round(y, 1), round(r, 1)))

    def path(self, paint: str, d: str, turn: str = "") -> None:
        self.shapes.append(Shape("path", paint, d=d, turn=turn))


@lru_cache(maxsize=1024)
def frame(seed: str, tall: bool = False) -> Composition:
    """The empty card: its motif, kind and size. ``tall`` is the upright strip beside the words in the feed, else the band above
    them."""
    return _begun(seed, tall)[0]


def composition(seed: str, tall: bool = False) -> Composition:
    """The art for one card, drawn."""
    drawn, chance = _begun(seed, tall)
    {"plates": plates, "leaves": leaves, "blossoms": blossoms, "doors": doors}[drawn.motif](drawn, chance)
    return drawn


def _begun(seed: str, tall: bool) -> tuple[Composition, Random]:
    chance = Random(seed)  # noqa: S311  a picture, not a secret
    motif = chance.choice(list(MOTIFS))
    width, height = (184, 368) if tall else (328, 194 if motif in ("leaves", "doors") else 136)
    return Composition(motif, MOTIFS[motif], motif in ("leaves", "doors"), width, height), chance


def scattered(drawn: Composition, chance: Random, step: float):
    """Places about `step` apart in offset rows, each a little out of line, reaching over the edges."""
    shift = chance.uniform(0, step / 2)
    row, y = 0, -step * 0.15
    while y < drawn.height + step * 0.4:
        x = shift - step * 0.5 + (step / 2 if row % 2 else 0)
        while x < drawn.width + step * 0.5:
            yield x + chance.uniform(-0.12, 0.12) * step, y + chance.uniform(-0.1, 0.1) * step
            x += step
        row, y = row + 1, y + step * 0.86


def blossoms(drawn: Composition, chance: Random) -> None:
    dresses = [("dish", "rim"), ("rim", "dish"), ("tint", "butter"), ("dish", "glaze")]
    last = None
    for x, y in scattered(drawn, chance, 106):
        petal, eye = last = chance.choice([dress for dress in dresses if dress != last])
        radius, turned = chance.uniform(40, 54), chance.uniform(0, 2 * pi / 5)
        for n in range(5):
            angle = turned + n * 2 * pi / 5
            drawn.disc(petal, x + cos(angle) * radius * 0.56, y + sin(angle) * radius * 0.56, radius * 0.44)
        drawn.disc(petal, x, y, radius * 0.5)
        drawn.disc(eye, x, y, radius * 0.24)
        if chance.random() < 0.5:
            drawn.disc("butter", x + 58, y + chance.uniform(-14, 14), chance.uniform(5, 7))


def plates(drawn: Composition, chance: Random) -> None:
    sets = [("page", "butter-tint", "carrot"), ("carrot-glaze", "carrot-rim", "page"), ("page", "bread-rim", "beet"),
            ("page", "beet-rim", "plum"), ("herb-glaze", "herb", "page")]
    last = None
    for x, y in scattered(drawn, chance, 128):
        last = chance.choice([one for one in sets if one != last])
        radius = chance.uniform(50, 62)
        for paint, share in zip(last, (1, 0.74, 0.52), strict=True):
            drawn.disc(paint, x, y, radius * share)
        drawn.disc(chance.choice(("herb", "herb-glaze", "plum")), x + 70, y + chance.uniform(12, 34), chance.uniform(9, 15))


LEAF = "M0 0C-34-40-34-104 0-150C34-104 34-40 0 0z"
VEIN = "M-1.5 0L-.8-128L.8-128L1.5 0z"


def stand(x: float, ground: float, tilt: float, size: float) -> str:
    """The transform that sets a shape drawn upward from 0 0 on the ground at x."""
    return f"translate({x:.1f} {ground}) rotate({tilt:.1f}) scale({size:.2f})"


def leaves(drawn: Composition, chance: Random) -> None:
    x = chance.uniform(-20, 16)
    ground = drawn.height + 12
    tall = drawn.height / 194
    while x < drawn.width + 30:
        size = chance.uniform(1.02, 1.2) * min(tall, 1.7)
        behind = chance.choice(("rim", "tint"))
        tilt = chance.uniform(-10, -3)
        drawn.path(behind, LEAF, stand(x + 30, ground, chance.uniform(12, 22), size * 0.94))
        drawn.path("dish", LEAF, stand(x, ground, tilt, size))
        drawn.path("glaze", VEIN, stand(x, ground, tilt, size))
        x += chance.uniform(84, 104)
    for _ in range(3 + chance.randrange(3)):
        drawn.disc("carrot", chance.uniform(10, drawn.width - 10), chance.uniform(14, 44), chance.uniform(4, 8))


def arch(x: float, ground: float, half: float, height: float) -> str:
    """A round arch standing on `ground`: straight sides up to a half circle of radius `half`."""
    top = ground - height + half
    return f"M{x - half:.1f} {ground:.1f}V{top:.1f}a{half:.1f} {half:.1f} 0 0 1 {2 * half:.1f} 0V{ground:.1f}z"


def doors(drawn: Composition, chance: Random) -> None:
    dresses = [("dish", "glaze"), ("rim", "dish"), ("dish", "rim")]
    step, x = 104, chance.uniform(-40, 24)
    places = []
    while x < drawn.width + 52:
        places.append(x)
        x += step
    inside = [n for n, at in enumerate(places) if 40 < at < drawn.width - 40] or [0]
    lit = chance.choice(inside)
    ground, last = drawn.height + 4, None
    for n, at in enumerate(places):
        height = drawn.height * chance.uniform(0.74, 0.82)
        if n == lit:
            drawn.path("dish", arch(at, ground, 47, height))
            drawn.path("butter", arch(at, ground, 31, height - 18))
            drawn.path("butter-tint", arch(at, ground, 15, height - 36))
            continue
        last = chance.choice([dress for dress in dresses if dress != last])
        drawn.path(last[0], arch(at, ground, 47, height))
        drawn.path(last[1], arch(at, ground, 31, height - 18))
        drawn.path("glaze" if last[1] != "glaze" else "dish", arch(at, ground, 15, height - 36))
    for n in range(3):
        x, y = chance.uniform(14, drawn.width - 14), chance.uniform(12, 30)
        drawn.disc("rim" if n else "butter", x, y, chance.uniform(3, 4.5))
