"""Faces and the size of the text, changed while everything is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication, QSpinBox

from tracker_gui.qt import settings
from tracker_gui.qt.theme.appearance import FONT_PT, Face, appearance, colours, set_up_appearance
from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT, CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, contrast
from tracker_gui.qt.theme.sizes import grow_with_text, scaled, usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

FACES = [DARK, LIGHT, CONTRAST_DARK, CONTRAST_LIGHT]
READABLE, VISIBLE, STRONG = 4.5, 3.0, 7.0
each_face = pytest.mark.parametrize("face", FACES, ids=["dark", "light", "contrast dark", "contrast light"])


@pytest.fixture(autouse=True)
def usual_text(dressed: Any) -> Iterator[None]:
    yield
    set_up_appearance(dressed, Face.DARK)


@each_face
@pytest.mark.parametrize("tone", ["text", "dim", "accent", "ok", "warn", "bad"])
@pytest.mark.parametrize("ground", ["base", "panel", "raised"])
def test_words_of_every_tone_can_be_read_on_every_ground(face: Any, tone: str, ground: str) -> None:
    least = STRONG if face.strong else READABLE
    assert contrast(getattr(face, tone), getattr(face, ground)) >= least


@each_face
def test_words_on_the_accent_and_on_chips_can_be_read(face: Any) -> None:
    assert contrast(face.on_accent, face.accent) >= READABLE
    assert contrast(CHIP_TEXT, CHIP) >= READABLE


@pytest.mark.parametrize("face", [CONTRAST_DARK, CONTRAST_LIGHT])
def test_in_high_contrast_every_edge_can_be_seen(face: Any) -> None:
    for ground in (face.base, face.panel, face.raised):
        assert contrast(face.line, ground) >= VISIBLE


@pytest.mark.parametrize(("name", "face"), [("contrast_dark", CONTRAST_DARK), ("contrast_light", CONTRAST_LIGHT)])
def test_high_contrast_is_used_at_once_and_kept(open_window: Callable[..., MainWindow], name: str, face: Any) -> None:
    window = open_window()
    window.action(f"face_{name}").trigger()
    assert colours() is face
    assert window.picture.frame_pane.backgroundBrush().color().name() == face.canvas
    assert window.action(f"face_{name}").isChecked()
    window.close()
    assert settings.load().face == name.upper()


def test_text_grows_at_once_everywhere_and_is_kept(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.docks.docks["plots"].show()
    spin = window.steps.findChildren(QSpinBox)[0]
    before = (spin.width(), spin.font().pointSizeF())
    appearance().set_text_percent(140)
    window.action("text_larger").trigger()
    QApplication.processEvents()
    assert QApplication.font().pointSizeF() == pytest.approx(1.5 * FONT_PT)
    assert spin.font().pointSizeF() == pytest.approx(1.5 * before[1])
    assert spin.maximumWidth() == pytest.approx(1.5 * before[0], abs=1)
    card = window.docks.docks["plots"].panel().cards[0]  # type: ignore[attr-defined]
    assert card.time_axis.style["tickFont"].pointSizeF() == pytest.approx(1.5 * FONT_PT - 1.5)
    window.close()
    assert settings.load().text_percent == 150


def test_text_stays_between_its_least_and_its_largest_size(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    for name, near, end in (("text_larger", 195, 200), ("text_smaller", 85, 80)):
        appearance().set_text_percent(near)
        window.action(name).trigger()
        assert appearance().text_percent == end
        assert not window.action(name).isEnabled()
    window.action("text_usual").trigger()
    assert appearance().text_percent == 100
    assert not window.action("text_usual").isEnabled()


@pytest.mark.parametrize(("kept", "used"), [(150, 150), (5000, 200), (-3, 80)])
def test_the_kept_size_of_the_text_is_used_within_its_limits(
    open_window: Callable[..., MainWindow], kept: int, used: int
) -> None:
    settings.store(settings.WindowSettings(text_percent=kept))
    open_window()
    assert appearance().text_percent == used


def test_a_size_that_holds_text_follows_it(qtbot: QtBot) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    grow_with_text(box.setFixedWidth, 100)
    appearance().set_text_percent(130)
    assert box.maximumWidth() == 130 == scaled(100)
    assert usual(130) == pytest.approx(100)
    appearance().set_text_percent(100)
    assert box.maximumWidth() == 100
