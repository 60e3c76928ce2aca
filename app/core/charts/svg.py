"""SVG as markup: every text escaped, numbers short, looks left to the style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Place = tuple[float, float]
Steps = tuple[str | float, ...]

_RING: Steps = (
    "a",
    4.5,
    4.5,
    "0 1 0 ",
    9.0,
    0.0,
    "a",
    4.5,
    4.5,
    "0 1 0 ",
    -9.0,
    0.0,
    "z",
)
# Where each mark begins, seen from its middle, and the way its outline takes from there.
SHAPES: dict[str, tuple[Place, Steps]] = {
    "better": ((0, -5.6), ("l", 5.6, 5.6, "l", -5.6, 5.6, "l", -5.6, -5.6, "z")),
    "worse": ((0, -5.6), ("l", 5.8, 10.0, "h", -11.6, "z")),
    "missing": ((-3, -3), ("l", 6.0, 6.0, "m", 0.0, -6.0, "l", -6.0, 6.0)),
    "square": ((-4, -4), ("h", 8.0, "v", 8.0, "h", -8.0, "z")),
    "ring": ((-4.5, 0), _RING),
    "out": (
        (-4.5, 0),
        (*_RING, "m", 1.5, -3.0, "l", 6.0, 6.0, "m", -6.0, 0.0, "l", 6.0, -6.0),
    ),
    "begun": (
        (-3.5, -5),
        ("v", 10.0, "m", 7.0, -10.0, "v", 10.0, "m", -7.0, -5.0, "h", 7.0),
    ),
    "flag": ((-3, 5), ("v", -10.0, "h", 7.5, "l", -2.0, 2.7, "l", 2.0, 2.7, "h", -7.5)),
    "steady": ((-6, 0), ("q", 3.0, -5.0, 6.0, 0.0, "t", 6.0, 0.0)),
    "note": (
        (-4, -4.5),
        ("h", 8.0, "v", 6.0, "h", -3.5, "l", -2.5, 3.0, "v", -3.0, "h", -2.0, "z"),
    ),
    "will meet": ((-4.5, 0), (*_RING, "m", 1.9, 0.2, "l", 1.9, 2.0, "l", 3.4, -4.2)),
    "hit or miss": (
        (-4.5, 0),
        (*_RING, "m", 1.5, 0.8, "q", 1.5, -2.6, 3.0, -0.8, "t", 3.0, -0.8),
    ),
    "will miss": (
        (-4.5, 0),
        (*_RING, "m", 2.4, -2.1, "l", 4.2, 4.2, "m", 0.0, -4.2, "l", -4.2, 4.2),
    ),
}
PROMISES = ("will meet", "hit or miss", "will miss")


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """Return an element; ``class_`` means ``class``, ``text_anchor`` means ``text-anchor``, None
    leaves one out.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(str(escape(child)) for child in children)
    return Markup(f"<{name}{shown}>{inner}</{name}>" if inner else f"<{name}{shown}/>")  # noqa: S704 - escaped above


def joined(parts: Iterable[Markup]) -> Markup:
    """Return pieces of markup one after the other."""
    return Markup("").join(parts)


def picture(size: Place, look: str, title: str, desc: str, *body: Markup) -> Markup:
    """Return a whole picture at its own size; ``title`` names it, ``desc`` says in words what it
    shows.
    """
    width, height = size
    return tag(
        "svg",
        tag("title", title),
        tag("desc", desc),
        *body,
        class_=f"chart-picture {look}",
        role="img",
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
    )


def line(look: str, start: Place, end: Place) -> Markup:
    """Return a straight line."""
    return tag("line", class_=look, x1=start[0], y1=start[1], x2=end[0], y2=end[1])


def path(look: str, points: Sequence[Place], *, closed: bool = False) -> Markup:
    """Return a line through all points, or the area inside them."""
    steps = "L".join(f"{_value(x)} {_value(y)}" for x, y in points)
    return tag("path", class_=look, d=f"M{steps}{'z' if closed else ''}")


def broken_path(look: str, places: Iterable[Place | None]) -> Markup:
    """Return a line through neighbouring points, with a gap wherever there is none."""
    runs: list[list[Place]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return joined(path(look, run) for run in runs if len(run) > 1)


def box(look: str, start: Place, end: Place) -> Markup:
    """Return a rectangle between two corners."""
    return tag(
        "rect",
        class_=look,
        x=start[0],
        y=start[1],
        width=end[0] - start[0],
        height=end[1] - start[1],
    )


def text(look: str, at: Place, words: str, anchor: str | None = None) -> Markup:
    """Return one line of text; ``anchor`` is start, middle or end."""
    return tag("text", words, class_=look, x=at[0], y=at[1], text_anchor=anchor)


def mark(kind: str, at: Place, tip: str = "", *, small: bool = False) -> Markup:
    """Return a mark: a dot, a larger diamond (better), a triangle (worse), a cross (missing), a
    square, a ring, or the icon of a promise about the target ("will meet", "hit or miss", "will
    miss").
    """
    x, y = at
    shown = (tag("title", tip),) if tip else ()
    if kind == "dot":
        return tag("circle", *shown, class_="chart-dot", cx=x, cy=y, r=2.6)
    start, way = SHAPES[kind]
    size = 0.7 if small else 1.0
    steps = "".join(
        step if isinstance(step, str) else f"{_value(step * size)} " for step in way
    )
    drawn = (
        f"M{_value(x + start[0] * size)} {_value(y + start[1] * size)}{steps}".rstrip()
    )
    look = (
        f"chart-icon {kind.replace(' ', '-')}" if kind in PROMISES else f"chart-{kind}"
    )
    return tag("path", *shown, class_=look, d=drawn)


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{round(value, 1):g}"
    return str(value)
