"""Plots as files that other programs open: vectors as SVG and EPS, figures as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from tracker_gui.analysis.figure import INK, Stroke, Words, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.analysis.figure import Figure
    from tracker_gui.analysis.pyramid import Excerpt

#: Of a figure, in points (1/72 inch): 160 mm x 90 mm.
SHEET_PT = (454.0, 255.0)

EPS_HEAD = """%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 {width:.0f} {height:.0f}
%%Title: {title}
%%EndComments
/words {{ findfont dup length dict begin {{ 1 index /FID ne {{ def }} {{ pop pop }} ifelse }} forall
/Encoding ISOLatin1Encoding def currentdict end /Latin exch definefont pop }} def
/Helvetica words
/start {{ 0 }} def /middle {{ dup stringwidth pop -2 div }} def /end {{ dup stringwidth pop neg }} def
1 setlinejoin
"""


def svg(figure: Figure, size_pt: tuple[float, float] = SHEET_PT) -> str:
    """Return a figure as SVG with real text."""
    width, height = size_pt
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}"'
        ' font-family="Inter, Helvetica, Arial, sans-serif">',
        f"<title>{_xml(figure.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for item in lay_out(figure, width, height):
        if isinstance(item, Stroke):
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in item.points)
            dash = f' stroke-dasharray="{" ".join(map(str, item.dash))}"' if item.dash else ""
            lines.append(
                f'<polyline points="{points}" fill="none" stroke="{item.colour}" stroke-width="{item.width}"{dash}'
                ' stroke-linejoin="round"/>'
            )
        else:
            turn = f' transform="rotate(-90 {item.x:.2f} {item.y:.2f})"' if item.upward else ""
            lines.append(
                f'<text x="{item.x:.2f}" y="{item.y:.2f}" font-size="{item.size}" fill="{INK}"'
                f' text-anchor="{item.anchor}"{turn}>{_xml(item.text)}</text>'
            )
    return "\n".join([*lines, "</svg>", ""])


def _xml(text: str) -> str:
    # XML has no way to say most of the characters below the space.
    return escape("".join(each if each >= " " else " " for each in text))


def eps(figure: Figure, size_pt: tuple[float, float] = SHEET_PT) -> str:
    """Return a figure as Encapsulated PostScript; letters that Latin-1 lacks become question marks."""
    width, height = size_pt
    title = figure.title.encode("ascii", "replace").decode("ascii").replace("\n", " ").replace("\r", " ")
    lines = [EPS_HEAD.format(width=width, height=height, title=title[:200])]
    for item in lay_out(figure, width, height):
        if isinstance(item, Stroke):
            dash = " ".join(f"{each:g}" for each in item.dash)
            lines.append(f"{_rgb(item.colour)} setrgbcolor {item.width:g} setlinewidth [{dash}] 0 setdash newpath")
            (x, y), *more = item.points
            lines.append(f"{x:.2f} {height - y:.2f} moveto")
            # PostScript of old printers takes no more than 1500 points in a path.
            for number, (x, y) in enumerate(more, 1):
                lines.append(f"{x:.2f} {height - y:.2f} lineto")
                if number % 1000 == 0:
                    lines.append(f"stroke newpath {x:.2f} {height - y:.2f} moveto")
            lines.append("stroke")
        else:
            lines.append(_eps_words(item, height))
    return "\n".join([*lines, "showpage", "%%EOF", ""])


def _eps_words(words: Words, height: float) -> str:
    code = words.text.encode("latin-1", "replace")
    safe = "".join(
        f"\\{byte:03o}" if byte < 32 or byte > 126 else f"\\{chr(byte)}" if byte in b"()\\" else chr(byte)
        for byte in code
    )
    turn = " 90 rotate" if words.upward else ""
    return (
        f"gsave {_rgb(INK)} setrgbcolor /Latin findfont {words.size:g} scalefont setfont"
        f" {words.x:.2f} {height - words.y:.2f} translate{turn} ({safe}) {words.anchor} 0 moveto show grestore"
    )


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5))


def series_csv(excerpt: Excerpt, names: Sequence[str], factors: Sequence[float]) -> str:
    """Return series as a table, one row for each entry; what is not known is an empty cell.

    Parameters
    ----------
    names : sequence of str
        Of the columns, with their units.
    factors : sequence of float
        What each column is multiplied with (mm per px).
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    exact = excerpt.rows_per_block == 1
    ends = [""] if exact else ["_low", "_high"]
    table.writerow(["time_s", *(f"{name}{end}" for name in names for end in ends)])
    values = np.stack([excerpt.low, excerpt.high][: len(ends)], axis=2) * np.asarray(factors)[:, None]
    for t_s, row in zip(excerpt.t_s.tolist(), values.reshape(len(values), -1).tolist(), strict=True):
        table.writerow([f"{t_s:.4f}", *("" if value != value else f"{value:.6g}" for value in row)])
    return text.getvalue()
