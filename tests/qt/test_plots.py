"""Live plots, the table of zones and the heat map in the real window."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage

from tracker_gui.core.geometry import Circle
from tracker_gui.core.overlays import Overlays, OverlaySet, TrailsLook
from tracker_gui.core.preset import choice
from tracker_gui.core.types import Motion, TrackState
from tracker_gui.core.zones import Zone
from tracker_gui.engine.live_plot import PlotChoice
from tracker_gui.qt.plots.line_looks import colour_of
from tracker_gui.qt.theme.appearance import Face, colours
from tracker_gui.qt.theme.colours import DARK, LIGHT, OKABE_ITO, contrast, seen_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.panels.zones import ZonesPanel
    from tracker_gui.qt.plots.plots_panel import PlotsPanel

PATIENCE_MS = 20_000
CENTRE = Zone(name="centre", shape=Circle(centre=(100, 75), radius=30))


def plots_of(window: MainWindow) -> PlotsPanel:
    dock = window.docks.docks["plots"]
    dock.show()
    dock.raise_()
    return dock.panel()  # type: ignore[return-value]


def zones_of(window: MainWindow) -> ZonesPanel:
    dock = window.docks.docks["zones"]
    dock.show()
    dock.raise_()
    return dock.panel()  # type: ignore[return-value]


def play(window: MainWindow, qtbot: QtBot, frames: int = 20) -> None:
    """Play some frames and stand still."""
    measures = window.session.view.measures
    window.session.view.play()
    qtbot.waitUntil(lambda: (measures.span() or NOTHING).frames >= frames, timeout=PATIENCE_MS)
    window.session.view.pause()
    qtbot.waitUntil(lambda: not window.session.is_playing, timeout=PATIENCE_MS)


class NOTHING:
    frames = 0


def add_zones(window: MainWindow, *zones: Zone) -> None:
    window.document.change(replace(window.document.preset, zones=zones), "add zones")


def lose(window: MainWindow, animal: int, frames: range) -> None:
    """Let the camera's measures see frames on which one animal is missing for a time."""
    view = window.session.view
    assert view.newest is not None
    newest = view.newest.snapshot
    view.measures.break_off()
    for number in range(60):
        tracks = newest.tracks
        state = tracks.state.copy()
        state[tracks.track_id == animal] = TrackState.LOST if number in frames else TrackState.FOUND
        xy_px = tracks.xy_px + number / 10
        speed = np.full(len(tracks), 50.0)
        sure = np.ones(len(tracks), np.bool_)
        frame = replace(newest.frame, index=1000 + number, t_capture_s=100 + number / 30)
        motion = Motion(speed, sure, np.zeros(len(tracks)), sure)
        view.measures.see(replace(newest, frame=frame, tracks=replace(tracks, state=state, xy_px=xy_px), motion=motion))


# ---- plots


def test_the_library_of_plots_is_loaded_when_they_are_first_shown() -> None:
    code = (
        "import sys; from tracker_gui.qt.app import make_window; window = make_window(asks=False); window.show();"
        "assert 'pyqtgraph' not in sys.modules; window.docks.docks['plots'].show();"
        "assert 'pyqtgraph' in sys.modules; window.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_an_empty_plot_says_why(
    open_window: Callable[..., MainWindow], preset_file: Path, wait_for_index: Any, qtbot: QtBot
) -> None:
    window = open_window()
    panel = plots_of(window)
    assert "Nothing is open yet" in panel.cards[0].why_empty.text()
    window.session.open_preset(preset_file)
    wait_for_index(window, 0)
    panel.draw()
    assert "Nothing was played yet" in panel.cards[0].why_empty.text()
    heading, place = panel.add(PlotChoice("heading")), panel.add(PlotChoice("place"))
    play(window, qtbot)
    panel.draw()
    assert not panel.cards[0].why_empty.isVisible()
    assert "Speed and heading" in heading.why_empty.text()
    assert "no zone yet" in place.why_empty.text()
    for button in panel.key.buttons.values():
        button.click()
    assert "hidden" in panel.cards[0].why_empty.text()


def test_playing_draws_a_curve_for_every_animal(shown_window: MainWindow, qtbot: QtBot) -> None:
    panel = plots_of(shown_window)
    play(shown_window, qtbot)
    panel.draw()
    speed, count = panel.cards
    assert list(panel.key.buttons) == [1, 2, 3]
    assert speed.curves.keys() == {1, 2, 3}
    x, y = count.curves[None].getData()
    assert len(x) >= 20
    assert np.isin(y, (0, 1, 2, 3)).all()
    panel.key.buttons[2].click()
    assert speed.curves.keys() == {1, 3}


def test_a_missing_animal_is_a_gap_on_the_screen(shown_window: MainWindow) -> None:
    panel = plots_of(shown_window)
    panel.window_box.setCurrentText("All")
    lose(shown_window, 1, range(20, 40))
    panel.draw()
    for animal in (2, 3):
        panel.key.buttons[animal].click()
    card = panel.cards[0]
    x, y = card.curves[1].getData()
    # Time is counted from the first frame there.
    assert np.isnan(y[(x > 20 / 30 - 0.01) & (x < 39 / 30 + 0.01)]).all()
    assert np.isfinite(y[x < 0.6]).all()
    image = card.plot.grab().toImage()
    wanted = QColor(colour_of(1, colours().raised))
    space = card.plot.getViewBox()
    left, right = (card.plot.mapFromScene(space.mapViewToScene(QPointF(t_s, 50.0))).x() for t_s in (22 / 30, 37 / 30))
    assert right - left > 5
    columns = [column for column in range(image.width()) if column_has(image, column, wanted)]
    assert columns
    assert not any(left <= column <= right for column in columns)
    assert any(column < left for column in columns)
    assert any(column > right for column in columns)


def column_has(image: QImage, column: int, colour: QColor) -> bool:
    return any(image.pixelColor(column, row) == colour for row in range(image.height()))


def test_paused_plots_stand_still_and_measuring_goes_on(shown_window: MainWindow, qtbot: QtBot) -> None:
    panel = plots_of(shown_window)
    play(shown_window, qtbot, 10)
    panel.draw()
    panel.pause_button.click()
    before = panel.cards[1].curves[None].getData()[0]
    measures = shown_window.session.view.measures
    measured = measures.span()
    play(shown_window, qtbot, 30)
    panel.draw()
    assert measures.span() != measured
    np.testing.assert_array_equal(panel.cards[1].curves[None].getData()[0], before)
    panel.pause_button.click()
    assert len(panel.cards[1].curves[None].getData()[0]) > len(before)


def test_chosen_plots_are_there_again_the_next_time(
    open_window: Callable[..., MainWindow], preset_file: Path, wait_for_index: Any
) -> None:
    window = open_window(preset_file)
    panel = plots_of(window)
    panel.cards[0].close_button.click()
    panel.add(PlotChoice("pair", "1-3"))
    panel.window_box.setCurrentText("Last 5 min")
    window.close()
    again = open_window(preset_file)
    panel = plots_of(again)
    assert [card.choice.text for card in panel.cards] == ["count", "pair:1-3"]
    assert panel.window_s == 300


def test_a_pair_and_a_zone_are_chosen_in_the_plot(shown_window: MainWindow, qtbot: QtBot) -> None:
    panel = plots_of(shown_window)
    add_zones(shown_window, CENTRE)
    play(shown_window, qtbot)
    for card, name in zip(panel.cards, ("pair", "place"), strict=True):
        card.quantity.setCurrentIndex(card.quantity.findData(name))
        card.quantity.activated.emit(card.quantity.currentIndex())
    panel.draw()
    pair, place = panel.cards
    assert pair.choice.text == "pair:1-2"
    assert place.choice.text == "place:centre"
    # The frames before the choice are made up for.
    assert len(pair.curves[None].getData()[0]) >= 20
    assert place.curves.keys() == {1, 2, 3}
    pair.second.setCurrentText("3")
    pair.second.activated.emit(2)
    assert pair.choice.text == "pair:1-3"


@pytest.mark.parametrize("kind", ["PNG", "SVG", "PDF", "EPS", "CSV"])
def test_a_plot_is_saved_in_every_format(shown_window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    panel = plots_of(shown_window)
    play(shown_window, qtbot)
    page, path = panel.pages()[0], tmp_path / f"speed.{kind.lower()}"
    with qtbot.waitSignal(shown_window.session.remarked, timeout=PATIENCE_MS) as said:
        panel.write(page, path, kind)
    assert said.args[0].kind == "ok"
    data = path.read_bytes()
    if kind == "PNG":
        image = QImage.fromData(data)
        assert (image.width(), image.height()) == (1362, 765)
        assert image.pixelColor(0, 0) == QColor("white")
        orange = QColor(colour_of(1, "#ffffff"))
        assert any(column_has(image, column, orange) for column in range(200, 1100))
    elif kind == "CSV":
        rows = list(csv.reader(data.decode().splitlines()))
        assert rows[0] == ["time_s", "speed_1_px_s", "speed_2_px_s", "speed_3_px_s"]
        assert len(rows) > 20
    else:
        assert data.startswith({"SVG": b"<svg", "PDF": b"%PDF-1", "EPS": b"%!PS-Adobe-3.0 EPSF"}[kind])
        assert data.rstrip().endswith({"SVG": b"</svg>", "PDF": b"%%EOF", "EPS": b"%%EOF"}[kind])


def test_all_plots_are_saved_again_and_again(shown_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    shown_window.session.settings.output_folder = str(tmp_path)
    panel = plots_of(shown_window)
    play(shown_window, qtbot)
    panel.save_often.kind.setCurrentText("CSV")
    panel.save_often.every.setValue(1)
    panel.save_often.on.click()
    folder = tmp_path / "plots"
    qtbot.waitUntil(lambda: len(list(folder.glob("*.csv"))) >= 4, timeout=PATIENCE_MS)
    panel.save_often.on.click()
    assert {path.name.split("-")[0] for path in folder.glob("*.csv")} == {"speed", "count"}


def test_a_folder_that_cannot_be_made_is_said_once_and_tried_again(
    shown_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "plots").write_text("a file in the way")
    shown_window.session.settings.output_folder = str(tmp_path)
    panel = plots_of(shown_window)
    play(shown_window, qtbot)
    said: list[str] = []
    shown_window.session.remarked.connect(lambda remark: said.append(remark.text))
    often = panel.save_often
    for _ in range(2):
        often.save()
        qtbot.waitUntil(lambda: not often._writing, timeout=PATIENCE_MS)
    assert len(said) == 1
    assert "It is tried again." in said[0]
    (tmp_path / "plots").unlink()
    often.save()
    qtbot.waitUntil(lambda: not often._writing, timeout=PATIENCE_MS)
    assert len(list((tmp_path / "plots").glob("*.png"))) == 2


@pytest.mark.parametrize("ground", [DARK.raised, LIGHT.raised, "#ffffff"])
def test_every_curve_is_visible_on_its_ground(ground: str) -> None:
    assert min(contrast(seen_on(ground, colour), ground) for colour in OKABE_ITO) >= 2.99


def test_curves_change_colour_with_the_face(shown_window: MainWindow) -> None:
    panel = plots_of(shown_window)
    lose(shown_window, 1, range(0))
    panel.draw()
    curve = panel.cards[0].curves[1]
    dark = curve.opts["pen"].color().name()
    shown_window.set_face(Face.LIGHT)
    assert curve.opts["pen"].color().name() != dark
    shown_window.set_face(Face.DARK)


# ---- zones


def test_without_zones_the_table_says_how_to_get_one(shown_window: MainWindow) -> None:
    panel = zones_of(shown_window)
    assert panel.why_empty.isVisible()
    assert "Draw a zone" in panel.why_empty.text()
    assert not panel.table.isVisible()
    add_zones(shown_window, CENTRE)
    assert "Nothing was played yet" in panel.why_empty.text()


def test_the_table_of_zones_fills_while_a_source_plays(shown_window: MainWindow, qtbot: QtBot) -> None:
    add_zones(shown_window, CENTRE, Zone(name="everywhere", shape=Circle(centre=(100, 75), radius=500)))
    panel = zones_of(shown_window)
    play(shown_window, qtbot, 30)
    qtbot.waitUntil(lambda: panel.table.topLevelItemCount() == 2, timeout=PATIENCE_MS)
    panel._look()
    everywhere = panel.table.topLevelItem(1)
    assert [everywhere.text(column) for column in range(3)] == ["everywhere", "3", "0"]
    assert everywhere.childCount() == 3
    assert everywhere.child(0).text(0) == "1"
    measures = shown_window.session.view.measures
    span = measures.span()
    assert span is not None
    assert measures.zone_figures()[1].time_s == pytest.approx(3 * (span.end_s - span.begin_s), rel=0.1)  # type: ignore[union-attr]


def test_tracking_into_files_counts_what_is_in_the_files(
    shown_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = shown_window
    window.session.settings.output_folder = str(tmp_path)
    add_zones(window, CENTRE)
    play(window, qtbot, 5)  # what was counted before is none of the run's business
    with qtbot.waitSignal(window.session.view.run_ended, timeout=PATIENCE_MS):
        window.session.start_tracking()
    report = window.session.report()
    assert report is not None
    assert report.error == ""
    (table,) = [path for path in report.files if path.suffix == ".csv"]
    inside: dict[str, bool] = {}
    entries = 0
    with table.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["state"] not in ("found", "merged"):
                continue
            place = np.array([[float(row["x_px"]), float(row["y_px"])]])
            now = bool(CENTRE.shape.contains(place)[0])
            entries += now and not inside.get(row["id"], True)
            inside[row["id"]] = now
    span = window.session.view.measures.span()
    assert span is not None
    assert span.frames == report.counts.frames
    (figures,) = window.session.view.measures.zone_figures()
    assert entries > 0
    assert figures.entries == entries  # type: ignore[union-attr]


def test_the_table_of_zones_is_saved(shown_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from tracker_gui.qt.panels.zones import table_csv

    add_zones(shown_window, CENTRE)
    panel = zones_of(shown_window)
    play(shown_window, qtbot, 30)
    panel._look()
    with qtbot.waitSignal(shown_window.session.remarked, timeout=PATIENCE_MS):
        panel.save(tmp_path / "zones", table_csv(panel._figures))
    rows = list(csv.DictReader((tmp_path / "zones.csv").read_text().splitlines()))
    assert [row["animal"] for row in rows] == ["all", "1", "2", "3"]
    assert float(rows[0]["time_s"]) == pytest.approx(sum(float(row["time_s"]) for row in rows[1:]), abs=1e-3)


# ---- on the picture


def test_the_heat_map_is_over_the_frame_and_below_the_animals(shown_window: MainWindow, qtbot: QtBot) -> None:
    pane, layer = shown_window.picture.frame_pane, shown_window.picture.heat_map
    play(shown_window, qtbot)
    assert not layer.overlay.isVisible()
    before = pane.grab().toImage()
    shown_window.action("heat_map").trigger()
    assert layer.overlay.isVisible()
    assert pane.grab().toImage() != before
    touched = Qt.ItemSelectionMode.IntersectsItemBoundingRect
    order = pane.scene().items(QPointF(100, 75), touched, Qt.SortOrder.AscendingOrder)
    places = [order.index(item) for item in (pane.frame, layer.overlay, pane.shapes, pane.tracks)]
    assert places == sorted(places)
    shown_window.action("heat_map").trigger()
    assert not layer.overlay.isVisible()


def test_trails_are_as_long_as_was_chosen(shown_window: MainWindow, qtbot: QtBot) -> None:
    dock = shown_window.docks.docks["on_the_picture"]
    dock.show()
    form: Any = dock.panel().screen_page.cards["trails"].form  # type: ignore[attr-defined]
    form.control("length_s").spin.setValue(0.0)
    play(shown_window, qtbot)
    assert shown_window.session.newest is not None
    assert shown_window.session.newest.trails == ()
    form.control("length_s").spin.setValue(30.0)
    play(shown_window, qtbot, 50)
    assert len(shown_window.session.newest.trails) == 3


def test_a_second_camera_begins_with_the_trails_that_were_chosen(shown_window: MainWindow) -> None:
    shown_window.document.change_overlays(Overlays(screen=OverlaySet(trails=TrailsLook(length_s=7.0))), "test")
    shown_window.session.add_source(choice("sources", "simulated", animals=2, duration_s=2.0), "add another")
    assert [view.feed.trails.length_s for view in shown_window.session.views] == [7.0, 7.0]
