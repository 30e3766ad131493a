"""Plots of a report as SVG elements: they need no library to be seen, and every text in them is escaped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.analysis.video_measures import Stretch
    from tracker_gui.core.zones import Zone

#: Okabe and Ito's colours; yellow is left out because it cannot be seen on white.
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#0072b2", "#d55e00")
ROW_PX, LABEL_PX, PLOT_PX, AXIS_PX = 22, 190, 430, 34
LONGEST_LABEL = 28
#: Share of the highest value from which an arena is so dark that its words are white.
DARK_01 = 0.75
DOT_PX = 14
ASIDE_PX = (0.0, -5.0, 5.0)


@dataclass(frozen=True, slots=True)
class DotRow:
    """One line of a dot plot: a name, and (animal, value) of each animal that has a value."""

    label: str
    dots: tuple[tuple[int, float], ...]


def dot_plot(rows: Sequence[DotRow], unit: str) -> Element:
    """Return one dot for each animal, one line for each video, and a bar at each line's mean.

    Animals of one line are told apart by colour and by the number in the dot.
    """
    values = [value for row in rows for _, value in row.dots]
    top = nice_end(max(values, default=1.0))
    height = ROW_PX * len(rows) + AXIS_PX
    svg = _svg(LABEL_PX + PLOT_PX + 24, height)
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LABEL_PX + tick * PLOT_PX
        _line(svg, x, 0, x, ROW_PX * len(rows), "grid")
        _text(svg, x, ROW_PX * len(rows) + 14, f"{top * tick:g}", "tick", anchor="middle")
    _text(svg, LABEL_PX + PLOT_PX / 2, height - 4, unit, "tick", anchor="middle")
    for number, row in enumerate(rows):
        y = ROW_PX * (number + 0.5)
        _text(svg, LABEL_PX - 14, y + 4, shortened(row.label), "label", anchor="end", title=row.label)
        if not row.dots:
            _text(svg, LABEL_PX + 6, y + 4, "no value", "tick")
            continue
        mean = sum(value for _, value in row.dots) / len(row.dots)
        if len(row.dots) > 1:
            x = LABEL_PX + mean / top * PLOT_PX
            _line(svg, x, y - 9, x, y + 9, "mean")
        for animal, value, aside_px in beside_each_other(row.dots, top):
            x = LABEL_PX + value / top * PLOT_PX
            tip = f"{row.label}, animal {animal}: {value:.4g} {unit}"
            dot = SubElement(
                svg, "circle", cx=_n(x), cy=_n(y + aside_px), r="7", fill=colour_of(animal), attrib={"class": "dot"}
            )
            SubElement(dot, "title").text = tip
            _text(svg, x, y + aside_px + 3, str(animal), "number", anchor="middle")
    return svg


def beside_each_other(dots: Sequence[tuple[int, float]], top: float) -> list[tuple[int, float, float]]:
    """Return (animal, value, px below the line): dots that would hide each other stand above and below it."""
    placed: list[tuple[int, float, float]] = []
    for animal, value in sorted(dots, key=lambda dot: dot[1]):
        near = [aside for _, other, aside in placed[-2:] if (value - other) / top * PLOT_PX < DOT_PX]
        placed.append((animal, value, next((aside for aside in ASIDE_PX if aside not in near), 0.0)))
    return placed


def path_plot(
    paths_px: Sequence[Sequence[Stretch]], ids: Sequence[int], size_px: tuple[int, int], zones: Sequence[Zone]
) -> Element:
    """Return where the animals went, with the zones."""
    svg = _picture(size_px)
    stroke = max(size_px) / 260
    for zone in zones:
        drawn = shape_element(zone.shape, size_px)
        if drawn is not None:
            drawn.set("class", "zone")
            drawn.set("stroke-width", _n(stroke))
            SubElement(drawn, "title").text = zone.name
            svg.append(drawn)
    for stretches, animal in zip(paths_px, ids, strict=True):
        for stretch in stretches:
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in stretch)
            line = SubElement(svg, "polyline", points=points, fill="none", stroke=colour_of(animal))
            line.set("stroke-width", _n(stroke))
            SubElement(line, "title").text = f"animal {animal}"
    return svg


def plate_plot(arenas: Sequence[Any], values: Sequence[float | None], size_px: tuple[int, int], unit: str) -> Element:
    """Return each arena at its place, the darker the higher its value, which stands in it."""
    svg = _picture(size_px, "plate")
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    for number, (arena, value) in enumerate(zip(arenas, values, strict=True)):
        drawn = shape_element(arena, size_px)
        bounds = arena.bounds_px()
        if drawn is None or bounds is None:
            continue
        drawn.set("class", "well")
        drawn.set("fill", "#0072b2")
        drawn.set("fill-opacity", _n(0.1 if value is None else 0.1 + 0.75 * value / top))
        name = arena.name or f"arena {number + 1}"
        words = "no value" if value is None else f"{value:.3g}"
        SubElement(drawn, "title").text = f"{name}: {words} {unit}"
        svg.append(drawn)
        x, y, size = (bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2, bounds.width / 5
        dark = value is not None and value / top > DARK_01
        for text, dy in ((name, -0.35), (words, 0.95)):
            label = _text(svg, x, y + dy * size, text, "in-dark" if dark else "in-light", anchor="middle")
            label.set("font-size", _n(size))
    return svg


def shape_element(shape: Any, size_px: tuple[int, int]) -> Element | None:
    """Return the outline of a shape of `core.geometry`; None for one that cannot be drawn."""
    kind = shape.kind
    if kind == "circle":
        return Element("circle", cx=_n(shape.centre[0]), cy=_n(shape.centre[1]), r=_n(shape.radius))
    if kind in ("rectangle", "ellipse"):
        (x, y), turn = shape.centre, f"rotate({_n(shape.angle_deg)} {_n(shape.centre[0])} {_n(shape.centre[1])})"
        if kind == "ellipse":
            return Element("ellipse", cx=_n(x), cy=_n(y), rx=_n(shape.radius_x), ry=_n(shape.radius_y), transform=turn)
        left, top = _n(x - shape.width / 2), _n(y - shape.height / 2)
        return Element("rect", x=left, y=top, width=_n(shape.width), height=_n(shape.height), transform=turn)
    if kind == "polygon":
        return Element("polygon", points=_points(shape.points))
    if kind == "line":
        return Element("polyline", points=_points(shape.points))
    if kind == "mark":
        return Element("circle", cx=_n(shape.at[0]), cy=_n(shape.at[1]), r=_n(max(size_px) / 100))
    if kind == "half_plane":
        (ax, ay), (bx, by) = shape.start, shape.end
        reach = 2 * max(size_px) / max(math.hypot(bx - ax, by - ay), 1e-9)
        far = [(ax - reach * (bx - ax), ay - reach * (by - ay)), (bx + reach * (bx - ax), by + reach * (by - ay))]
        return Element("polyline", points=_points(far))
    if kind == "painted":
        rings = [ring for part in shape.parts for ring in (part.outline, *part.holes)]
        outline = " ".join("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in ring) + "Z" for ring in rings)
        return Element("path", d=outline, attrib={"fill-rule": "evenodd"})
    return None


def colour_of(animal: int) -> str:
    """Return the colour of an animal; the number beside it tells those apart that share one."""
    return COLOURS[(animal - 1) % len(COLOURS)]


def nice_end(value: float) -> float:
    """Return a round number that is not below `value`: 1, 2, 4, 5 or 10 times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= value * (1 - 1e-9))


def shortened(text: str) -> str:
    """Return a name that fits beside a plot; names of videos differ least in their middle."""
    if len(text) <= LONGEST_LABEL:
        return text
    half = (LONGEST_LABEL - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _picture(size_px: tuple[int, int], look: str = "thumbnail") -> Element:
    width, height = size_px
    svg = Element("svg", viewBox=f"0 0 {max(1, width)} {max(1, height)}", attrib={"class": look})
    svg.set("role", "img")
    SubElement(svg, "rect", width=str(width), height=str(height), attrib={"class": "ground"})
    return svg


def _svg(width: float, height: float) -> Element:
    return Element("svg", viewBox=f"0 0 {_n(width)} {_n(height)}", width=_n(width), height=_n(height), role="img")


def _line(svg: Element, x0: float, y0: float, x1: float, y1: float, look: str) -> None:
    SubElement(svg, "line", x1=_n(x0), y1=_n(y0), x2=_n(x1), y2=_n(y1), attrib={"class": look})


def _text(svg: Element, x: float, y: float, text: str, look: str, anchor: str = "start", title: str = "") -> Element:
    made = SubElement(svg, "text", x=_n(x), y=_n(y), attrib={"class": look, "text-anchor": anchor})
    made.text = text
    if title and title != text:
        SubElement(made, "title").text = title
    return made


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    return f"{value:.6g}"
