"""What came out of a batch, as one HTML file that needs no network and no other file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from tracker_gui import __version__
from tracker_gui.analysis.report_plots import DotRow, dot_plot, path_plot, plate_plot
from tracker_gui.analysis.result_tables import COLUMNS, result_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.analysis.measure_settings import MeasureSettings
    from tracker_gui.analysis.movement_metrics import AnimalMeasures
    from tracker_gui.analysis.result_tables import MeasuredVideo
    from tracker_gui.core.preset import Preset

MOST_ROWS = 400
MOST_ZONES = 12
MOST_PICTURES = 60
SIGNS = {"done": "✓", "failed": "✗", "cancelled": "◼"}
WORDS = {"done": "done", "failed": "failed", "cancelled": "cancelled"}

STYLE = """
:root { color-scheme: light dark; --text: #1b2026; --dim: #5b6670; --line: #d5dbe1; --panel: #ffffff;
  --base: #f3f5f7; --ok: #00805c; --bad: #c23b12; --warn: #a86400; }
@media (prefers-color-scheme: dark) { :root { --text: #e7eaed; --dim: #9aa5b1; --line: #323a43; --panel: #1b1f24;
  --base: #14171b; --ok: #2fbf8f; --bad: #e4572e; --warn: #e6a23c; } }
body { font: 15px/1.5 Inter, system-ui, sans-serif; color: var(--text); background: var(--base); margin: 0; }
main { max-width: 1080px; margin: 0 auto; padding: 24px; }
section { background: var(--panel); border-radius: 8px; padding: 16px 20px; margin: 16px 0; overflow-x: auto; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin: 0 0 8px; } h3 { font-size: 15px; margin: 16px 0 4px; }
p { margin: 4px 0; } .dim { color: var(--dim); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--dim); font-weight: 500; } th.word, td.word { text-align: left; overflow-wrap: anywhere; }
td.done { color: var(--ok); } td.failed { color: var(--bad); } td.cancelled { color: var(--warn); }
figure { display: inline-block; margin: 8px 12px 8px 0; } figcaption { font-size: 12px; color: var(--dim);
  max-width: 210px; overflow-wrap: anywhere; }
svg { max-width: 100%; font-family: inherit; } svg.thumbnail { width: 210px; } svg.plate { width: 480px; }
svg .grid { stroke: var(--line); } svg .tick { font-size: 11px; fill: var(--dim); }
svg .label { font-size: 12px; fill: var(--text); } svg .mean { stroke: var(--text); stroke-width: 2; }
svg .number { font-size: 9px; fill: #14171b; } svg .ground { fill: var(--base); }
svg .zone { fill: none; stroke: var(--dim); stroke-dasharray: 6 4; } svg .well { stroke: var(--dim); }
svg .in-light { fill: var(--text); } svg .in-dark { fill: #ffffff; }
"""


@dataclass(frozen=True, slots=True)
class ReportedVideo:
    """One video with what the report needs beside its measures.

    Attributes
    ----------
    was_there : bool
        Tracked by an earlier turn of the batch.
    """

    measured: MeasuredVideo
    preset: Preset
    size_px: tuple[int, int]
    was_there: bool


def report_html(videos: Sequence[ReportedVideo], measuring: MeasureSettings) -> str:
    """Return the whole file."""
    html = Element("html", lang="en")
    head = SubElement(html, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "title").text = "Batch report"
    SubElement(head, "style").text = STYLE
    body = SubElement(SubElement(html, "body"), "main")
    SubElement(body, "h1").text = "Batch report"
    _summary(body, videos, measuring)
    done = [video for video in videos if video.measured.state == "done" and video.measured.measures is not None]
    _videos(body, videos)
    if done:
        _movement(body, done)
        _zones(body, done)
        _plates(body, done)
        _paths(body, done)
        _tables(body, done)
    return "<!doctype html>\n" + tostring(html, encoding="unicode", method="html") + "\n"


def _summary(body: Element, videos: Sequence[ReportedVideo], measuring: MeasureSettings) -> None:
    section = SubElement(body, "section")
    counts = {state: sum(video.measured.state == state for video in videos) for state in WORDS}
    words = ", ".join(f"{count} {WORDS[state]}" for state, count in counts.items() if count)
    _p(section, f"{len(videos)} videos: {words}." if videos else "There were no videos.")
    presets = sorted({video.measured.preset for video in videos})
    _p(section, f"Settings: {', '.join(presets)}. Program: tracker-gui {__version__}.")
    _p(
        section,
        f"Measured with a grace time of {measuring.grace_s:g} s and a smoothing of {measuring.smoothing_s:g} s. "
        f"An animal freezes from below {measuring.freezing_below:g} to above {measuring.freezing_above:g} per second "
        f"(mm where the settings have a scale, else px) for {measuring.freezing_least_s:g} s or longer.",
        dim=True,
    )
    _p(section, "All figures are in the tables beside this file: batch_animals, batch_zones and others.", dim=True)


def _videos(body: Element, videos: Sequence[ReportedVideo]) -> None:
    section = _section(body, "Videos")
    table = _table(section, ["video", "state", "frames", "duration, s", "remarks"], words={0, 1, 4})
    for video in videos:
        measured, row = video.measured, SubElement(table, "tr")
        measures = measured.measures
        _cell(row, measured.video, word=True)
        state = f"{SIGNS.get(measured.state, '')} {WORDS.get(measured.state, measured.state)}"
        _cell(row, state, word=True, look=measured.state)
        _cell(row, "" if measures is None else str(measures.frames))
        _cell(row, "" if measures is None else f"{measures.duration_s:.1f}")
        earlier = "tracked before, not again" if video.was_there else ""
        _cell(row, "; ".join(part for part in (measured.reason, earlier) if part), word=True)


def _movement(body: Element, done: Sequence[ReportedVideo]) -> None:
    section = _section(body, "Movement")
    scales = [_measures(video).mm_per_px for video in done]
    in_mm = all(scale is not None for scale in scales)
    length = "mm" if in_mm else "px"
    if not in_mm and any(scale is not None for scale in scales):
        _p(section, "Not all settings have a scale, so lengths are shown in pixels here.", dim=True)
    plots: tuple[tuple[str, str, bool, Callable[[AnimalMeasures], float | None]], ...] = (
        ("Distance", length, True, lambda animal: animal.distance_px),
        ("Mean speed", f"{length}/s", True, lambda animal: animal.mean_speed_px_s),
        ("Time frozen", "s", False, lambda animal: animal.freezing_s),
        ("Distance to the nearest other animal", length, True, lambda animal: animal.nearest_px),
    )
    for title, unit, is_length, value_of in plots:
        rows = []
        for video, scale in zip(done, scales, strict=True):
            factor = scale if is_length and in_mm and scale is not None else 1.0
            values = [(animal.animal_id, value_of(animal)) for animal in _measures(video).animals]
            dots = tuple((animal, value * factor) for animal, value in values if value is not None)
            rows.append(DotRow(video.measured.video, dots))
        if any(row.dots for row in rows):
            SubElement(section, "h3").text = f"{title}, {unit}"
            section.append(dot_plot(rows, unit))


def _zones(body: Element, done: Sequence[ReportedVideo]) -> None:
    names = list(dict.fromkeys(zone.zone for video in done for zone in _measures(video).zones))
    if not names:
        return
    section = _section(body, "Time in zones")
    for name in names[:MOST_ZONES]:
        rows = []
        for video in done:
            found = [zone for zone in _measures(video).zones if zone.zone == name]
            if found:
                rows.append(DotRow(video.measured.video, tuple((zone.animal_id, zone.time_s) for zone in found)))
        SubElement(section, "h3").text = f"{name}, s"
        section.append(dot_plot(rows, "s"))
    if len(names) > MOST_ZONES:
        _p(section, f"{len(names) - MOST_ZONES} more zones are in batch_zones.csv.", dim=True)


def _plates(body: Element, done: Sequence[ReportedVideo]) -> None:
    plates = [video for video in done if len(getattr(video.preset.tracker.params, "arenas", ())) > 1]
    if not plates:
        return
    section = _section(body, "Distance by arena")
    for video in plates[:MOST_PICTURES]:
        measures, params = _measures(video), video.preset.tracker.params
        arenas, each = getattr(params, "arenas", ()), max(1, getattr(params, "animals", 1))
        scale, unit = (measures.mm_per_px, "mm") if measures.mm_per_px is not None else (1.0, "px")
        way = {animal.animal_id: animal.distance_px * scale for animal in measures.animals}
        values = [
            _mean([way[i] for i in range(n * each + 1, (n + 1) * each + 1) if i in way]) for n in range(len(arenas))
        ]
        what = f"mean of {each} animals, " if each > 1 else ""
        _figure(section, plate_plot(arenas, values, video.size_px, unit), f"{video.measured.video}: {what}{unit}")


def _paths(body: Element, done: Sequence[ReportedVideo]) -> None:
    section = _section(body, "Paths")
    for video in done[:MOST_PICTURES]:
        measures = _measures(video)
        ids = [animal.animal_id for animal in measures.animals]
        _figure(section, path_plot(measures.paths_px, ids, video.size_px, video.preset.zones), video.measured.video)
    if len(done) > MOST_PICTURES:
        _p(section, f"{len(done) - MOST_PICTURES} more videos have no picture here.", dim=True)


def _tables(body: Element, done: Sequence[ReportedVideo]) -> None:
    rows = result_rows(video.measured for video in done)
    for name, title in (("animals", "Animals"), ("zones", "Zones"), ("lines", "Lines")):
        if not rows[name]:
            continue
        section = _section(body, title)
        kinds = COLUMNS[name]
        used = [column for column in kinds if any(row.get(column) not in (None, "") for row in rows[name])]
        words = {number for number, column in enumerate(used) if kinds[column] == "string"}
        table = _table(section, [column.replace("_", " ") for column in used], words)
        for values in rows[name][:MOST_ROWS]:
            row = SubElement(table, "tr")
            for number, column in enumerate(used):
                _cell(row, _plain(values.get(column)), word=number in words)
        if len(rows[name]) > MOST_ROWS:
            _p(section, f"{len(rows[name]) - MOST_ROWS} more rows are in batch_{name}.csv.", dim=True)


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _measures(video: ReportedVideo) -> Any:
    assert video.measured.measures is not None
    return video.measured.measures


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _section(body: Element, title: str) -> Element:
    section = SubElement(body, "section")
    SubElement(section, "h2").text = title
    return section


def _p(parent: Element, text: str, dim: bool = False) -> None:
    made = SubElement(parent, "p")
    made.text = text
    if dim:
        made.set("class", "dim")


def _figure(parent: Element, picture: Element, caption: str) -> None:
    figure = SubElement(parent, "figure")
    figure.append(picture)
    SubElement(figure, "figcaption").text = caption


def _table(parent: Element, heads: Sequence[str], words: set[int]) -> Element:
    table = SubElement(parent, "table")
    row = SubElement(SubElement(table, "thead"), "tr")
    for number, head in enumerate(heads):
        SubElement(row, "th", attrib={"class": "word"} if number in words else {}).text = head
    return SubElement(table, "tbody")


def _cell(row: Element, text: str, word: bool = False, look: str = "") -> None:
    looks = " ".join(part for part in ("word" if word else "", look) if part)
    SubElement(row, "td", attrib={"class": looks} if looks else {}).text = text
