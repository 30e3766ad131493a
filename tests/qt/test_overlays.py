"""What is drawn over the picture, on the screen and in recordings, set in the window and placed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.annotation import Annotation
from tracker_gui.core.overlays import IdsLook, Overlays, OverlaySet, TextLook
from tracker_gui.core.preset import parse, to_document

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.panels.on_the_picture import OnThePicture

PATIENCE_MS = 20_000
NOTHING = OverlaySet(
    **{
        name: getattr(OverlaySet(), name).model_copy(update={"on": False})
        for name in ("zones", "mask", "outlines", "trails", "heading", "marks", "ids")
    }
)


def panel_of(window: MainWindow) -> OnThePicture:
    dock = window.docks.docks["on_the_picture"]
    dock.show()
    dock.raise_()
    return dock.panel()  # type: ignore[return-value]


def use(window: MainWindow, screen: OverlaySet, recording: OverlaySet | None = None) -> None:
    overlays = Overlays(screen=screen, recording=screen if recording is None else recording)
    window.document.change_overlays(overlays, "test")


def screen_looks(window: MainWindow) -> OverlaySet:
    return window.document.whole.overlays.screen


def grabbed(window: MainWindow) -> np.ndarray:
    """Return what the pane shows of the picture alone, (h, w, 3), in pixels of the screen."""
    pane = window.picture.frame_pane
    for widget in (pane.badge, pane.lost):
        widget.hide()
    width, height = pane.texts.frame_px
    box = pane.mapFromScene(QRectF(-0.5, -0.5, width, height)).boundingRect()
    image = pane.viewport().grab(box).toImage().convertToFormat(QImage.Format.Format_RGB888)
    return (
        np.array(image.constBits())
        .reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
        .reshape(image.height(), image.width(), 3)
    )


def box_of(changed: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(changed)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)


@pytest.mark.parametrize(
    "looks",
    [
        replace(NOTHING, texts=(TextLook(shows="session time", anchor="top right", size_px=60),)),
        replace(NOTHING, texts=(TextLook(shows="text", text="n=${count}", anchor="bottom", ground=False, size_px=60),)),
        replace(NOTHING, ids=IdsLook(size_px=60)),
    ],
    ids=["time stamp", "words", "ids"],
)
def test_the_screen_and_a_recording_write_at_the_same_place(shown_window: MainWindow, looks: OverlaySet) -> None:
    window = shown_window
    window.picture.set_pictures("frame")
    use(window, NOTHING)
    bare = grabbed(window)
    use(window, looks)
    on_screen = box_of(np.abs(grabbed(window).astype(int) - bare).max(axis=2) > 30)
    assert window.session.newest is not None
    snapshot = window.session.newest.snapshot
    frame = snapshot.frame.bgr_u8.copy()
    overlay = TrackOverlay(Annotation(looks))
    overlay.draw(frame, snapshot)
    scale = bare.shape[0] / frame.shape[0]
    recorded = cv2.resize(frame, None, fx=scale, fy=scale).astype(int)
    clean = cv2.resize(snapshot.frame.bgr_u8, None, fx=scale, fy=scale).astype(int)
    in_recording = box_of(np.abs(recorded - clean).max(axis=2) > 30)
    # One pixel of this small picture is several of the screen.
    assert np.abs(on_screen - in_recording).max() <= 1.5 * scale + 2


def test_ids_are_switched_off_for_the_screen_alone_and_come_back_by_undo(shown_window: MainWindow) -> None:
    panel = panel_of(shown_window)
    panel.screen_page.cards["ids"].switch.click()
    assert not screen_looks(shown_window).ids.on
    assert shown_window.document.whole.overlays.recording.ids.on
    assert not shown_window.picture.frame_pane.tracks.looks.ids.on
    shown_window.action("undo").trigger()
    assert screen_looks(shown_window).ids.on
    assert panel.screen_page.cards["ids"].switch.isChecked()


def test_a_look_is_changed_in_its_form_as_one_step(shown_window: MainWindow) -> None:
    panel = panel_of(shown_window)
    card = panel.recording_page.cards["ids"]
    card.opener.click()
    form: Any = card.form
    assert form.isVisibleTo(card)
    form.control("size_px").spin.setValue(40)
    assert shown_window.document.whole.overlays.recording.ids.size_px == 40
    assert shown_window.document.undo_stack.undoText() == "change Size of Ids"


def test_what_is_drawn_may_be_changed_while_the_settings_are_locked(shown_window: MainWindow) -> None:
    panel = panel_of(shown_window)
    shown_window.document.set_locked(True)
    panel.screen_page.cards["trails"].switch.click()
    assert not screen_looks(shown_window).trails.on
    shown_window.document.set_locked(False)


def test_changing_a_look_does_not_track_the_picture_anew(shown_window: MainWindow) -> None:
    before = shown_window.session.newest
    panel_of(shown_window).screen_page.cards["marks"].switch.click()
    assert shown_window.session.view.preset.overlays == shown_window.document.preset.overlays
    assert shown_window.session.newest is before


def test_copying_gives_recordings_the_looks_of_the_screen(shown_window: MainWindow) -> None:
    use(shown_window, replace(NOTHING, texts=(TextLook(),)), OverlaySet())
    panel = panel_of(shown_window)
    panel.copy.click()
    overlays = shown_window.document.whole.overlays
    assert overlays.recording == overlays.screen
    assert len(panel.recording_page.texts) == 1


def test_a_text_is_added_named_and_removed(shown_window: MainWindow) -> None:
    page = panel_of(shown_window).screen_page
    assert page.none_yet.isVisibleTo(page)
    for action in page.menu.actions()[:4]:
        action.trigger()
    assert [look.anchor for look in screen_looks(shown_window).texts] == [
        "top left", "top right", "bottom left", "bottom right",
    ]  # fmt: skip
    form: Any = page.texts[3].form
    form.control("text").line.setText("arena ${frame}")
    form.control("text").line.editingFinished.emit()
    assert page.texts[3].title == "arena ${frame}"
    page.texts[0].remove.click()
    assert [card.title for card in page.texts][-1] == "arena ${frame}"
    assert len(page.texts) == 3
    shown_window.action("undo").trigger()
    assert len(page.texts) == 4


def test_a_text_is_dragged_to_its_place_as_one_step(hand: Any) -> None:
    window, pane = hand.window, hand.pane
    window.picture.set_pictures("frame")
    look = TextLook(shows="frame number", before="frame")
    use(window, replace(NOTHING, texts=(look,)))
    steps = window.document.undo_stack.count()
    pane.grab()
    (_, before), *_ = pane.texts.boxes
    scale = pane.scale_factor
    at = pane.mapToScene(before.center().toPoint())
    hand.pull(*((at.x() + 15 * step, at.y() + 12 * step) for step in range(6)))
    pane.grab()
    (_, after), *_ = pane.texts.boxes
    way = after.topLeft() - before.topLeft()
    assert (way.x(), way.y()) == (pytest.approx(75 * scale, abs=2), pytest.approx(60 * scale, abs=2))
    assert window.document.undo_stack.count() == steps + 1
    window.action("undo").trigger()
    assert screen_looks(window).texts == (look,)


def test_with_a_drawing_tool_in_hand_a_text_is_not_moved(hand: Any) -> None:
    look = TextLook(shows="frame number", before="frame", anchor="middle")
    use(hand.window, replace(NOTHING, texts=(look,)))
    hand.pane.grab()
    (_, box), *_ = hand.pane.texts.boxes
    at = hand.pane.mapToScene(box.center().toPoint())
    hand.take("rectangle", "zone")
    hand.pull((at.x(), at.y()), (at.x() + 30, at.y() + 30))
    assert screen_looks(hand.window).texts == (look,)
    assert len(hand.zones) == 1


def test_a_column_is_written_once_it_was_read_and_a_missing_one_is_told(
    shown_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("frame,temp\n0,21.5\n")
    good = TextLook(shows="CSV column", file=table, column="temp", after="°C")
    bad = good.model_copy(update={"column": "hum"})
    panel = panel_of(shown_window)
    use(shown_window, replace(NOTHING, texts=(good, bad)))
    looks = shown_window.picture.looks
    qtbot.waitUntil(lambda: looks.problem(bad) != "", timeout=PATIENCE_MS)
    assert shown_window.session.newest is not None
    assert looks.texts(shown_window.session.newest.snapshot) == [(good, "21.5 °C")]
    qtbot.waitUntil(lambda: panel.screen_page.texts[1].problem.text() != "", timeout=PATIENCE_MS)
    assert panel.screen_page.texts[1].problem.text().endswith("t.csv: has no column 'hum'. Its columns: frame, temp.")
    assert panel.screen_page.texts[0].problem.text() == ""


def test_the_preview_is_the_present_picture_as_it_is_recorded(shown_window: MainWindow, qtbot: QtBot) -> None:
    panel = panel_of(shown_window)
    recording = replace(NOTHING, texts=(TextLook(shows="frame number", size_px=60),))
    use(shown_window, NOTHING, recording)
    panel.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: panel.preview.picture is not None, timeout=PATIENCE_MS)
    assert shown_window.session.newest is not None
    snapshot = shown_window.session.newest.snapshot
    wanted = snapshot.frame.bgr_u8.copy()
    overlay = TrackOverlay(Annotation(recording))
    overlay.draw(wanted, snapshot)
    assert (wanted == panel.preview.picture).all()


def test_the_preview_says_what_is_missing(shown_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = panel_of(shown_window)
    panel.tabs.setCurrentIndex(1)
    text = TextLook(shows="CSV column", file=tmp_path / "gone.csv", column="a")
    use(shown_window, NOTHING, replace(NOTHING, texts=(text,)))
    qtbot.waitUntil(lambda: "gone.csv: there is no such file" in panel.preview.words.text(), timeout=PATIENCE_MS)


def test_what_was_set_is_in_the_preset(shown_window: MainWindow) -> None:
    panel_of(shown_window).screen_page.cards["mask"].switch.click()
    preset, problems = parse(to_document(shown_window.document.whole), "p.json")
    assert problems == []
    assert preset.overlays.screen.mask.on
