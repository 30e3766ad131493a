"""Plots as files: made from what is measured now, written off the window's thread."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPageSize, QPainter, QPdfWriter, QPen, QPolygonF

from tracker_gui.analysis.figure import INK, Curve, Figure, Stroke, Words, lay_out
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.engine.live_plot import excerpt_of, plot_of, unit_of
from tracker_gui.exchange.figure_files import SHEET_PT, eps, series_csv, svg
from tracker_gui.qt.plots.line_looks import PAPER, colour_of, dash_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker_gui.analysis.pyramid import Excerpt
    from tracker_gui.engine.live_measures import LiveMeasures
    from tracker_gui.engine.live_plot import PlotChoice

#: 1362 x 765 px, which is 216 dots per inch.
PNG_SCALE = 3.0
PAPER_ENTRIES = 1000
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class PlotPage:
    """All that is needed to write one plot, in any format, on any thread."""

    choice: PlotChoice
    figure: Figure
    excerpt: Excerpt
    columns: tuple[str, ...]
    factor: float


def page_of(
    choice: PlotChoice,
    measures: LiveMeasures,
    animals: Sequence[int],
    window_s: float | None,
    mm_per_px: float | None = None,
) -> PlotPage:
    """Return one plot as it is to be written."""
    plot = plot_of(choice, measures, animals, window_s, mm_per_px, PAPER_ENTRIES)
    span = measures.span()
    begin_s, end_s = (0.0, 1.0) if span is None else (span.begin_s, span.end_s)
    start_s = begin_s if window_s is None else max(begin_s, end_s - window_s)
    curves = tuple(
        Curve(
            "all" if line.animal is None else str(line.animal),
            colour_of(line.animal, PAPER),
            dash_of(line.animal),
            line.x - begin_s,
            line.y,
        )
        for line in plot.lines
    )
    unit, factor = unit_of(choice.kind, mm_per_px)
    y_title = f"{choice.title}, {unit}" if unit else choice.title
    x_range = (start_s - begin_s, max(end_s - begin_s, start_s - begin_s + 1e-3))
    figure = Figure(choice.title, y_title, x_range, plot.y_range, curves, plot.levels)
    keys, excerpt = excerpt_of(choice, measures, animals, window_s, 0)
    suffix = f"_{unit.replace('/', '_').replace('%', 'percent')}" if unit else ""
    columns = []
    for name, target in keys:
        who = target[1] if isinstance(target, tuple) and isinstance(target[0], str) else target
        of = "-".join(map(str, who)) if isinstance(who, tuple) else "" if who is None else str(who)
        columns.append(f"{name}_{of}{suffix}" if of else f"{name}{suffix}")
    return PlotPage(choice, figure, excerpt, tuple(columns), factor)


def file_stem(choice: PlotChoice) -> str:
    """Return what a file of this plot is called; the name of a zone cannot lead out of the folder."""
    return re.sub(r"[^\w-]+", "_", choice.text).strip("_")[:LONGEST_NAME]


def content(page: PlotPage, kind: str) -> str | bytes:
    """Return the file's content: ``"PNG"``, ``"SVG"``, ``"PDF"``, ``"EPS"`` or ``"CSV"``."""
    if kind == "SVG":
        return svg(page.figure)
    if kind == "EPS":
        return eps(page.figure)
    if kind == "CSV":
        return series_csv(page.excerpt, page.columns, [page.factor] * len(page.columns))
    return _pdf(page.figure) if kind == "PDF" else _png(page.figure)


def write_pages(pages: Sequence[tuple[PlotPage, Path]], kind: str) -> TrackerError | None:
    """Write some plots; return why that failed, None where it did not."""
    try:
        for page, path in pages:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                problem = f"cannot be made ({error.strerror or error})"
                raise OutputError(str(path.parent), problem, "Choose another folder.") from error
            write_atomically(path, content(page, kind))
    except TrackerError as error:
        return error
    return None


def dated(folder: Path, choice: PlotChoice, kind: str) -> Path:
    """Return a path for a plot that is saved now."""
    return folder / f"{file_stem(choice)}-{time.strftime('%Y%m%d-%H%M%S')}.{kind.lower()}"


def _png(figure: Figure) -> bytes:
    width, height = SHEET_PT
    image = QImage(round(width * PNG_SCALE), round(height * PNG_SCALE), QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    dots_per_m = round(PNG_SCALE * 72 / 0.0254)
    image.setDotsPerMeterX(dots_per_m)
    image.setDotsPerMeterY(dots_per_m)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(PNG_SCALE, PNG_SCALE)
    paint(painter, figure)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _pdf(figure: Figure) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(figure.title)
    writer.setResolution(720)
    writer.setPageSize(QPageSize(QSizeF(*SHEET_PT), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.scale(10, 10)
    paint(painter, figure)
    painter.end()
    return bytes(buffer.data().data())


def paint(painter: QPainter, figure: Figure) -> None:
    """Draw a figure on a sheet whose unit is 1/72 inch."""
    for item in lay_out(figure, *SHEET_PT):
        if isinstance(item, Stroke):
            pen = QPen(QColor(item.colour), item.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if item.dash:
                pen.setDashPattern([each / item.width for each in item.dash])
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in item.points.tolist()]))
        else:
            _write(painter, item)


def _write(painter: QPainter, words: Words) -> None:
    font = QFont(painter.font())
    # In tens of the sheet's unit, because a font's size in pixels is a whole number.
    font.setPixelSize(round(words.size * 10))
    width = QFontMetricsF(font).horizontalAdvance(words.text)
    painter.save()
    painter.translate(words.x, words.y)
    painter.scale(0.1, 0.1)
    if words.upward:
        painter.rotate(-90)
    painter.setFont(font)
    painter.setPen(QColor(INK))
    painter.drawText(QPointF({"start": 0.0, "middle": -width / 2, "end": -width}[words.anchor], 0), words.text)
    painter.restore()
