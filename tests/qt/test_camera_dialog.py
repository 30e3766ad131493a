"""The camera dialog on loopback cameras that work, refuse and stall, and on devices of a bench."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from tracker_gui.core import logins
from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import choice
from tracker_gui.qt.dialogs.camera_card import IN_USE, NOTHING_CHOSEN
from tracker_gui.qt.dialogs.camera_dialog import CameraDialog, open_camera
from tracker_gui.qt.source_words import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.dialogs.camera_card import CameraCard
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
LEFT, RIGHT = "usb-Maker_Cam_LEFT-video-index0", "usb-Maker_Cam_RIGHT-video-index0"
LIVE = STATES[CaptureState.LIVE]
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's folders of devices")


class Hands:
    """What a user does in the dialog, and what there is to see."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.dialog: CameraDialog = open_camera(window)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def card(self, key: str) -> CameraCard:
        self.until(lambda: key in self.dialog.cards)
        return self.dialog.cards[key]

    def choose(self, key: str) -> CameraCard:
        self.card(key).click()
        return self.card(key)

    def test(self, address: str, user: str = "", password: str = "") -> None:
        row = self.dialog.address
        row.address.setText(address)
        row.user.setText(user)
        row.password.setText(password)
        row.test.click()

    def live(self, key: str) -> CameraCard:
        card = self.card(key)
        self.until(lambda: card.doing is LIVE and not card.picture.is_empty)
        return card

    def set(self, name: str, value: Any) -> None:
        form = self.dialog.settings.form
        assert form is not None
        form._try(name, value, 0)

    def all_ended(self) -> None:
        self.until(lambda: not self.dialog._ending)


@pytest.fixture
def hands(bench: Any, open_window: Callable[..., MainWindow], qtbot: QtBot) -> Hands:
    return Hands(open_window(), qtbot)


@pytest.fixture
def make_camera(camera_servers: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that starts a network camera and gives it its orders."""
    made: list[Any] = []

    def make(*orders: str) -> Any:
        camera = camera_servers.MjpegCamera()
        camera.start()
        made.append(camera)
        for order in orders:
            camera.tell(*order.split())
        return camera

    yield make
    for camera in made:
        camera.kill()


# ---- network cameras


def test_each_card_says_how_its_camera_is_doing(hands: Hands, make_camera: Callable[..., Any]) -> None:
    one, two = make_camera(), make_camera("size 640 360")
    locked, stalling = make_camera("refuse 401"), make_camera()
    for camera in (one, two, locked, stalling):
        hands.test(camera.url)
    hands.live(stalling.url)
    stalling.tell("stall")
    for camera, size in ((one, "320 × 240 · "), (two, "640 × 360 · ")):  # noqa: RUF001
        card = hands.live(camera.url)
        hands.until(lambda card=card, size=size: card.facts.text().startswith(size))
    refused = hands.card(locked.url)
    hands.until(lambda: refused.doing is STATES[CaptureState.REFUSED])
    assert "user name and a password (401)" in refused.sentence
    stalled = hands.card(stalling.url)
    hands.until(lambda: stalled.doing in (STATES[CaptureState.STALE], STATES[CaptureState.RECONNECTING]))
    assert "stalled" in stalled.sentence or "No picture" in stalled.sentence
    assert not stalled.picture.is_empty
    assert stalled.picture.words == stalled.sentence


def test_what_is_no_address_is_told_in_its_card(hands: Hands) -> None:
    hands.test("camera.local/video")
    card = hands.card("camera.local/video")
    hands.until(lambda: card.doing is STATES[CaptureState.FAILED])
    assert "begins with one of http://" in card.sentence
    assert not hands.dialog.use_button.isEnabled()


def test_a_login_opens_the_camera_and_is_written_only_into_its_own_file(
    hands: Hands, make_camera: Callable[..., Any], own_home: Path, tmp_path: Path
) -> None:
    camera = make_camera("user me:topsecret")
    hands.test(camera.url)
    card = hands.card(camera.url)
    hands.until(lambda: card.doing is STATES[CaptureState.REFUSED])
    hands.test(camera.url, "me", "topsecret")
    hands.live(camera.url)
    assert "me:" in card.lasting_id
    assert "topsecret" not in card.lasting_id + card.toolTip() + hands.dialog.address.password.placeholderText()
    hands.dialog.use_button.click()
    hands.until(lambda: hands.window.session.info is not None)
    hands.window.document.save(tmp_path / "p.json")
    hands.window.close()
    written = [path for path in (*own_home.rglob("*"), tmp_path / "p.json") if path.is_file()]
    assert [path for path in written if "topsecret" in path.read_text(encoding="utf-8")] == [logins.logins_file()]


def test_a_login_that_cannot_be_kept_is_told_and_not_used(hands: Hands, own_home: Path) -> None:
    (own_home / "settings").write_text("a file in the place of the folder")
    hands.test("http://127.0.0.1:9/video", "me", "topsecret")
    hands.until(lambda: hands.dialog.problem.isVisible())
    assert "settings" in hands.dialog.problem.text()
    assert "http://127.0.0.1:9/video" not in hands.dialog.cards
    (own_home / "settings").unlink()


def test_a_login_within_the_address_is_taken_out_of_it(hands: Hands, make_camera: Callable[..., Any]) -> None:
    camera = make_camera("user me:topsecret")
    hands.test(camera.url.replace("://", "://me:topsecret@"))
    hands.live(camera.url)


def test_a_login_can_be_forgotten(hands: Hands, make_camera: Callable[..., Any]) -> None:
    camera = make_camera("user me:topsecret")
    hands.test(camera.url, "me", "topsecret")
    card = hands.live(camera.url)
    hands.dialog.settings.forget.click()
    hands.until(lambda: card.doing is STATES[CaptureState.REFUSED])
    assert logins.find(camera.url) is None
    assert not hands.dialog.settings.forget.isVisible()


def test_a_password_typed_in_the_source_step_stays_out_of_the_preset(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    step: Any = window.steps.section("Source").step
    step._picked(choice("sources", "network_stream", url="rtsp://me:topsecret@cam.invalid/1"), "change Address", 0)
    source: Any = window.document.preset.source
    assert source.params.url == "rtsp://cam.invalid/1"
    assert logins.with_login(source.params.url) == "rtsp://me:topsecret@cam.invalid/1"


def test_a_camera_that_was_live_is_there_the_next_time(hands: Hands, make_camera: Callable[..., Any]) -> None:
    camera = make_camera()
    hands.test(camera.url)
    hands.test("http://127.0.0.1:9/nobody")
    hands.live(camera.url)
    hands.dialog.reject()
    hands.dialog.open()
    hands.live(camera.url)
    assert "http://127.0.0.1:9/nobody" not in hands.dialog.cards
    hands.choose(camera.url)
    hands.dialog.settings.remove.click()
    assert camera.url not in hands.dialog.cards
    assert hands.window.session.settings.cameras == []


# ---- cameras of this computer


def test_an_empty_list_says_what_to_do(hands: Hands) -> None:
    words = hands.dialog._device_words
    hands.until(lambda: "No camera of this computer was found. Plug one in" in words.text())


@on_linux
def test_a_camera_that_is_plugged_in_appears(bench: Any, hands: Hands) -> None:
    bench.plug("video0", "Desk Cam", 200, "Maker_Cam_LEFT")
    card = hands.live(LEFT)
    assert card.title == "Desk Cam"
    assert card.lasting_id == LEFT
    assert not hands.dialog._device_words.isVisible()


@on_linux
def test_a_setting_opens_only_its_own_thumbnail_anew(bench: Any, hands: Hands) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    bench.plug("video2", "Cam", 200, "Maker_Cam_RIGHT", bus="1-2:1.0")
    hands.live(LEFT)
    hands.live(RIGHT)
    hands.choose(RIGHT)
    hands.set("width_px", 1280)
    hands.until(lambda: len(bench.opened) == 3)
    assert bench.opened[2][0] == str(bench.dev / "video2")
    assert 1280 in bench.opened[2][1]


@on_linux
def test_a_camera_is_given_back_before_it_is_taken_as_the_source(bench: Any, hands: Hands) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    open_then: list[list[str]] = []
    hands.dialog.chosen.connect(lambda source, name: open_then.append(list(bench.open_now)))
    hands.live(LEFT)
    hands.choose(LEFT)
    with hands.qtbot.waitSignal(hands.dialog.chosen, timeout=PATIENCE_MS):
        hands.dialog.use_button.click()
        assert not hands.dialog.isVisible()
    source: Any = hands.window.document.preset.source
    assert (source.stage, source.params.device) == ("camera", LEFT)
    hands.until(lambda: hands.window.session.info is not None)
    assert len(bench.opened) == 2


@on_linux
def test_a_camera_that_the_window_has_open_is_not_opened_again(bench: Any, hands: Hands) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    hands.live(LEFT)
    hands.choose(LEFT)
    hands.dialog.use_button.click()
    hands.until(lambda: hands.window.session.newest is not None)
    opened = len(bench.opened)
    hands.dialog.open()
    card = hands.card(LEFT)
    hands.until(lambda: card.doing is IN_USE and not card.picture.is_empty)
    hands.choose(LEFT)
    assert len(bench.opened) == opened
    assert not hands.dialog.use_button.isEnabled()
    assert hands.dialog.use_button.toolTip() == "The window has it open already"


@on_linux
def test_closing_does_not_wait_for_a_driver_that_hangs(bench: Any, hands: Hands) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    hands.live(LEFT)
    bench.answers.clear()
    hands.qtbot.keyClick(hands.dialog, Qt.Key.Key_Escape)
    assert not hands.dialog.isVisible()
    assert hands.dialog._ending
    bench.answers.set()
    hands.all_ended()


# ---- what can stand in for a camera


def test_a_video_is_shown_as_if_it_were_a_camera(hands: Hands, make_video: Callable[..., Path]) -> None:
    card = hands.choose("replay")
    assert card.doing is NOTHING_CHOSEN
    assert not hands.dialog.use_button.isEnabled()
    hands.set("path", make_video("clip.mp4", 30))
    hands.live("replay")
    assert hands.dialog.use_button.isEnabled()


def test_a_further_camera_is_taken_beside_the_first(
    hands: Hands, make_camera: Callable[..., Any], make_video: Callable[..., Path]
) -> None:
    assert not hands.dialog.add_button.isVisible()
    hands.dialog.reject()
    hands.window.session.open_path(make_video("clip.mp4", 30))
    hands.dialog.open()
    camera = make_camera()
    hands.test(camera.url)
    hands.live(camera.url)
    hands.dialog.add_button.click()
    hands.until(lambda: len(hands.window.session.views) == 2)
    sources = [view.preset.source for view in hands.window.session.views]
    assert [source.stage for source in sources if source is not None] == ["video_file", "network_stream"]


def test_the_arrow_keys_choose_and_return_takes_the_camera(hands: Hands) -> None:
    hands.live("simulated")
    hands.choose("simulated").setFocus()
    hands.qtbot.keyClick(hands.dialog.cards["simulated"], Qt.Key.Key_Right)
    assert hands.dialog.chosen_card is hands.dialog.cards["replay"]
    hands.qtbot.keyClick(hands.dialog.cards["replay"], Qt.Key.Key_Left)
    with hands.qtbot.waitSignal(hands.dialog.chosen, timeout=PATIENCE_MS):
        hands.qtbot.keyClick(hands.dialog.cards["simulated"], Qt.Key.Key_Return)


def test_return_in_the_address_tests_it_and_takes_nothing(hands: Hands, make_camera: Callable[..., Any]) -> None:
    camera = make_camera()
    hands.dialog.address.address.setFocus()
    hands.qtbot.keyClicks(hands.dialog.address.address, camera.url)
    hands.qtbot.keyClick(hands.dialog.address.address, Qt.Key.Key_Return)
    hands.live(camera.url)
    assert hands.dialog.isVisible()


def test_the_menu_the_source_step_and_the_welcome_page_open_the_dialog(
    bench: Any, open_window: Callable[..., MainWindow]
) -> None:
    window = open_window()
    step: Any = window.steps.section("Source").step
    welcome = window.picture.welcome.card("open_camera")
    for opens in (window.action("open_camera").trigger, step.cameras.click, welcome.click):
        opens()
        dialog = window.findChild(CameraDialog)
        assert isinstance(dialog, CameraDialog)
        assert dialog.isVisible()
        dialog.reject()


def test_every_thread_ends_with_the_window(hands: Hands, make_camera: Callable[..., Any]) -> None:
    camera = make_camera()
    hands.test(camera.url)
    hands.live(camera.url)
    camera.tell("stall")
    hands.window.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("capture")] == []
