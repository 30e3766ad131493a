"""What the window's tests share."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from tracker_gui.analysis.corrections import Correction, Delete, Swap, corrected
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.engine import manifest
from tracker_gui.exchange.editable_tracks import EditableTracks, read_editable_tracks
from tracker_gui.exchange.track_export import write_tracks
from tracker_gui.qt.app import make_window
from tracker_gui.qt.main_window import FIRST_SIZE
from tracker_gui.qt.theme.appearance import Face, set_up_appearance
from tracker_gui.simulate.motion import Walk
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
TRACKED_ANIMALS, TRACKED_S, TRACKED_SIZE_PX = 5, 20, (320, 240)
NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def small_scene(**changes: Any) -> Any:
    """Return a small simulated arena."""
    usual = {
        "animals": 3, "duration_s": 3.0, "width_px": 200, "height_px": 150, "body_length_px": 14, "seed": 5,
    }  # fmt: skip
    return choice("sources", "simulated", **{**usual, **changes})


def small_preset(**changes: Any) -> Preset:
    """Return settings that find all animals of `small_scene`."""
    wall = {"kind": "circle", "centre": [99.5, 74.5], "radius": 67}
    return Preset(
        name="small dish",
        source=small_scene(**changes),
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=15, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=3),
    )


@pytest.fixture
def preset() -> Preset:
    return small_preset()


@pytest.fixture
def scene_preset() -> Callable[..., Preset]:
    """Return a function that gives the settings of a scene with some of its own changed."""
    return small_preset


@pytest.fixture
def preset_file(tmp_path: Path, preset: Preset) -> Path:
    path = tmp_path / "small-dish.json"
    save(preset, path)
    return path


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """Return the application with its palette, for widgets without a window."""
    set_up_appearance(qapp, Face.DARK)
    return qapp


@pytest.fixture(autouse=True)
def no_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail on a question that nobody can answer."""

    def asked(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a modal dialog was opened")

    monkeypatch.setattr(QMessageBox, "exec", asked)


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that opens a window; afterwards it must close without leaving a thread or a widget."""
    before = set(threading.enumerate())
    windows: list[MainWindow] = []

    def make(*args: Any, **kwargs: Any) -> MainWindow:
        window = make_window(*args, asks=False, face=kwargs.pop("face", Face.DARK), **kwargs)
        qtbot.addWidget(window)
        if not window.session.settings.window:
            # Without a screen of its own the window would be as small as the one that Qt makes up.
            window.resize(*FIRST_SIZE)
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
        assert window.session.close(), "a thread did not end"
    # Python keeps a stand-in for each Qt thread that has logged, long after that ended.
    stand_in = threading._DummyThread  # type: ignore[attr-defined]
    assert [t for t in set(threading.enumerate()) - before if not isinstance(t, stand_in)] == []
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert left == []
    # Only a running loop deletes what is to be deleted later, and each window that is left is dressed with the others.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def wait_for_index(qtbot: QtBot) -> Callable[[MainWindow, int], None]:
    """Return a function that waits until a window shows a frame."""

    def wait(window: MainWindow, index: int) -> None:
        def there() -> bool:
            newest = window.session.newest
            return newest is not None and newest.snapshot.frame.index == index

        qtbot.waitUntil(there, timeout=PATIENCE_MS)

    return wait


@pytest.fixture
def shown_window(
    open_window: Callable[..., MainWindow], preset_file: Path, wait_for_index: Callable[[MainWindow, int], None]
) -> MainWindow:
    """Return a window that shows the first frame of a small scene."""
    window = open_window(preset_file)
    wait_for_index(window, 0)
    return window


class Hand:
    """The user's hand over the picture, in pixels of the frame."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.pane = window.picture.frame_pane
        self.editor = window.picture.editor
        self._qtbot = qtbot

    def send(self, kind: QEvent.Type, xy: Point, button: Any, buttons: Any, keys: Any) -> None:
        place = self.pane.viewportTransform().map(QPointF(*xy))
        there = self.pane.viewport().mapToGlobal(place)
        event = QMouseEvent(kind, place, there, button, buttons, keys)
        QApplication.sendEvent(self.pane.viewport(), event)

    def pull(self, *way: Point, keys: Any = NO_KEYS, button: Any = LEFT) -> None:
        self.send(QEvent.Type.MouseMove, way[0], NO_BUTTON, NO_BUTTON, keys)
        self.send(QEvent.Type.MouseButtonPress, way[0], button, button, keys)
        for place in way[1:]:
            self.send(QEvent.Type.MouseMove, place, NO_BUTTON, button, keys)
        self.send(QEvent.Type.MouseButtonRelease, way[-1], button, NO_BUTTON, keys)

    def click(self, *places: Point, keys: Any = NO_KEYS) -> None:
        for place in places:
            self.pull(place, keys=keys)

    def hover(self, place: Point) -> None:
        self.send(QEvent.Type.MouseMove, place, NO_BUTTON, NO_BUTTON, NO_KEYS)

    def double_click(self, place: Point) -> None:
        self.click(place)
        self.send(QEvent.Type.MouseButtonDblClick, place, LEFT, LEFT, NO_KEYS)
        self.send(QEvent.Type.MouseButtonRelease, place, LEFT, NO_BUTTON, NO_KEYS)

    def key(self, key: Qt.Key, keys: Any = NO_KEYS, times: int = 1) -> None:
        for _ in range(times):
            self._qtbot.keyClick(self.pane, key, keys)

    def act(self, name: str) -> None:
        self.window.action(name).trigger()

    def take(self, tool: str, target: str | None = None) -> None:
        self.window.picture.draw_bar.buttons[tool].click()
        if target is not None:
            box = self.window.picture.options_bar.target
            box.setCurrentIndex(box.findData(target))
            box.activated.emit(box.currentIndex())

    @property
    def zones(self) -> tuple[Any, ...]:
        return self.window.document.preset.zones

    @property
    def shapes(self) -> list[Any]:
        return [zone.shape for zone in self.zones]

    @property
    def steps(self) -> int:
        return self.window.document.undo_stack.index()


@pytest.fixture
def hand_of(qtbot: QtBot) -> Callable[[MainWindow], Hand]:
    """Return a function that gives the user's hand over a window."""
    return lambda window: Hand(window, qtbot)


@pytest.fixture
def hand(shown_window: MainWindow, qtbot: QtBot) -> Iterator[Hand]:
    shown_window.action("show_frame").trigger()
    shown_window.activateWindow()
    shown_window.picture.frame_pane.setFocus()
    shown_window.picture.fit()
    qtbot.waitUntil(lambda: shown_window.picture.frame_pane.scale_factor > 2, timeout=PATIENCE_MS)
    yield Hand(shown_window, qtbot)
    QGuiApplication.clipboard().clear()


@dataclass
class TrackedScene:
    """A simulated scene whose true tracks lie in a folder of results, as if a run had written them."""

    folder: Path
    truth: EditableTracks
    tracks: Path
    run: Path

    def planted_mistakes(self) -> tuple[list[Swap], list[Delete]]:
        """Return ten swaps and ten gaps at random places, apart from one another."""
        random = np.random.default_rng(4)
        last = len(self.truth.table) - 30
        frames = np.arange(30, last, (last - 30) // 20)[:20] + random.integers(0, 12, 20)
        random.shuffle(frames)
        pairs = [random.choice(self.truth.table.ids, 2, replace=False).tolist() for _ in range(10)]
        swaps = [Swap(animal=a, other=b, first_frame=int(f)) for f, (a, b) in zip(frames[:10], pairs, strict=True)]
        gaps = [
            Delete(
                animal=int(random.choice(self.truth.table.ids)),
                first_frame=int(f),
                last_frame=int(f + random.integers(2, 7)),
            )
            for f in frames[10:]
        ]
        return swaps, gaps

    def spoil(self, *planted: Correction) -> None:
        """Write tracks with mistakes in the place of the true ones."""
        write_tracks(self.truth, corrected(self.truth.table, planted), self.tracks)


@pytest.fixture
def scene(tmp_path: Path) -> TrackedScene:
    params = {
        "animals": TRACKED_ANIMALS, "duration_s": TRACKED_S, "seed": 11, "body_length_px": 20,
        "width_px": TRACKED_SIZE_PX[0], "height_px": TRACKED_SIZE_PX[1],
    }  # fmt: skip
    walk = Walk(ArenaScene(**params))
    rows = ["frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2"]
    for index in range(walk_frames := ArenaScene(**params).frame_count):
        for animal, (x, y) in enumerate(walk.poses(index).xy_px.tolist(), 1):
            rows.append(f"{index},{index / 30:.6f},{animal},found,{x:.3f},{y:.3f},,,100.0")
    assert walk_frames == TRACKED_S * 30
    folder = tmp_path / "results"
    folder.mkdir()
    true_path = tmp_path / "truth.csv"
    true_path.write_text("\n".join(rows) + "\n")
    tracks, run = folder / "dish_tracks.csv", folder / "dish_run.json"
    tracks.write_bytes(true_path.read_bytes())
    preset = Preset(source=choice("sources", "simulated", **params))
    files = [{"name": tracks.name, "bytes": 0}]
    manifest.write({"files": files, "settings": manifest.settings_document(preset)}, run)
    return TrackedScene(folder, read_editable_tracks(true_path), tracks, run)
