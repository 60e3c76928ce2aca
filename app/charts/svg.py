"""SVG as markup: every text escaped, numbers short, looks left to the style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Place = tuple[float, float]


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """Return an element; ``class_`` means ``class``, ``text_anchor`` means ``text-anchor``, None leaves one out."""
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
    """Return a whole picture at its own size; ``title`` names it, ``desc`` says in words what it shows."""
    width, height = size
    return tag(
        "svg", tag("title", title), tag("desc", desc), *body,
        class_=f"chart-picture {look}", role="img", width=width, height=height, viewBox=f"0 0 {width:g} {height:g}",
    )  # fmt: skip


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
    return tag("rect", class_=look, x=start[0], y=start[1], width=end[0] - start[0], height=end[1] - start[1])


def text(look: str, at: Place, words: str, anchor: str | None = None) -> Markup:
    """Return one line of text; ``anchor`` is start, middle or end."""
    return tag("text", words, class_=look, x=at[0], y=at[1], text_anchor=anchor)


def mark(kind: str, at: Place, tip: str = "") -> Markup:
    """Return a mark: a dot, a larger diamond (better), a triangle (worse), a cross (missing), a square, a ring, or
    the icon of a promise about the target ("will meet", "hit or miss", "will miss").
    """
    x, y = at
    shown = (tag("title", tip),) if tip else ()
    if kind == "dot":
        return tag("circle", *shown, class_="chart-dot", cx=x, cy=y, r=2.6)
    shapes = {
        "better": f"M{_value(x)} {_value(y - 5.6)}l5.6 5.6l-5.6 5.6l-5.6 -5.6z",
        "worse": f"M{_value(x)} {_value(y - 5.6)}l5.8 10h-11.6z",
        "missing": f"M{_value(x - 3)} {_value(y - 3)}l6 6m0 -6l-6 6",
        "square": f"M{_value(x - 4)} {_value(y - 4)}h8v8h-8z",
        "ring": f"M{_value(x - 4.5)} {_value(y)}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    }
    # What the limits promise about the target: a ring with a tick, a wave or a cross.
    inner = {
        "will meet": f"M{_value(x - 2.6)} {_value(y + 0.2)}l1.9 2l3.4 -4.2",
        "hit or miss": f"M{_value(x - 3)} {_value(y + 0.8)}q1.5 -2.6 3 -0.8t3 -0.8",
        "will miss": f"M{_value(x - 2.1)} {_value(y - 2.1)}l4.2 4.2m0 -4.2l-4.2 4.2",
    }
    if kind in inner:
        return tag("path", *shown, class_=f"chart-icon {kind.replace(' ', '-')}", d=shapes["ring"] + inner[kind])
    return tag("path", *shown, class_=f"chart-{kind}", d=shapes[kind])


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{round(value, 1):g}"
    return str(value)
