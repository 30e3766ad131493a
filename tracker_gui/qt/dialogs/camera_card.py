"""One camera to choose: its picture as it is now, its name, what was measured, and how it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTextOption
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from superqt import QElidingLabel

from tracker_gui.core.live import CaptureState
from tracker_gui.qt.source_words import STATES, Doing
from tracker_gui.qt.theme.appearance import appearance, colours, set_tone
from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT
from tracker_gui.qt.theme.icons import pixmap
from tracker_gui.qt.theme.sizes import grow_with_text, scaled
from tracker_gui.qt.workers.camera_threads import ThumbnailThread

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.engine.capture import CaptureStatus
    from tracker_gui.engine.live_thumbnail import Thumbnail

PICTURE_PX = (224, 126)
MARGIN_PX = 8
SIGN_PX = 16
CORNER_PX = 6
VEIL_ALPHA = 200
IN_USE = Doing("in use here", "accent", "monitor-eye")
NOTHING_CHOSEN = Doing("no file yet", "", "file-question-outline")


class CameraCard(QAbstractButton):
    """A card that runs its own thumbnail between `begin` and `end`.

    Parameters
    ----------
    key : str
        What the dialog knows it by.
    title, lasting_id : str
        Never with a password.
    source : StageChoice or None
        None while there is nothing to show yet (a video that is still to be chosen).
    missing : str
        What is to be done then.

    Signals
    -------
    state_changed()
    went_live()
    """

    state_changed = Signal()
    went_live = Signal()

    def __init__(self, key: str, title: str, lasting_id: str, source: StageChoice, missing: str = "") -> None:
        super().__init__()
        self.key = key
        self.title = title
        self.source = source
        self.sentence = ""
        self.thread_now: ThumbnailThread | None = None
        self._missing = missing
        self._doing = STATES[CaptureState.CONNECTING]
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(title)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        rows.setSpacing(2)
        self.picture = _Picture()
        name = _elided(title, Qt.TextElideMode.ElideRight)
        name.setProperty("strong", True)
        self._icon, self._word, self.facts = QLabel(), QLabel(), QLabel()
        self.facts.setProperty("dim", True)
        state = QHBoxLayout()
        state.setSpacing(4)
        state.addWidget(self._icon)
        state.addWidget(self._word)
        state.addStretch(1)
        state.addWidget(self.facts)
        self._id = _elided(lasting_id, Qt.TextElideMode.ElideMiddle)
        self._id.setProperty("dim", True)
        rows.addWidget(self.picture)
        rows.addSpacing(4)
        rows.addWidget(name)
        rows.addLayout(state)
        rows.addWidget(self._id)
        appearance().changed.connect(self._recolour)
        self._show(self._doing, "")

    @property
    def doing(self) -> Doing:
        """How it is doing."""
        return self._doing

    @property
    def lasting_id(self) -> str:
        return self._id.text()

    def show_id(self, lasting_id: str) -> None:
        self._id.setText(lasting_id)
        self._describe()

    # ---- the thumbnail

    @property
    def can_be_used(self) -> bool:
        return self._doing not in (NOTHING_CHOSEN, STATES[CaptureState.FAILED])

    def begin(self, source: StageChoice, ready: bool = True) -> None:
        """Show this source from now on; where it is another than before, only this thumbnail is opened anew."""
        self.source = source
        if not ready:
            self.picture.show_picture(None)
            self._show(NOTHING_CHOSEN, self._missing)
            return
        self.facts.setText("")
        self._show(STATES[CaptureState.CONNECTING], "")
        if self.thread_now is not None:
            self.thread_now.thumbnail.use(source)
            return
        ratio = self.devicePixelRatioF()
        most_px = (round(PICTURE_PX[0] * ratio), round(PICTURE_PX[1] * ratio))
        self.thread_now = ThumbnailThread(source, most_px)
        self.thread_now.arrived.connect(self._take)
        self.thread_now.status_arrived.connect(self._take_status)
        self.thread_now.start()

    def end(self) -> ThumbnailThread | None:
        """Let the thumbnail end, without waiting; return the thread that is still to finish."""
        thread, self.thread_now = self.thread_now, None
        if thread is not None:
            thread.arrived.disconnect(self._take)
            thread.status_arrived.disconnect(self._take_status)
            thread.close()
        return thread

    def _take(self) -> None:
        shown = None if self.thread_now is None else self.thread_now.thumbnail.take()
        if shown is not None:
            self._show_thumbnail(shown)

    def _show_thumbnail(self, shown: Thumbnail) -> None:
        self.picture.show_picture(shown.bgra_u8)
        self.picture.show_words(self.sentence)
        self.facts.setText(facts_of(shown.size_px, shown.rate_hz))

    def _take_status(self, status: CaptureStatus) -> None:
        if self.thread_now is None:
            return
        live = status.state is CaptureState.LIVE
        # The card bears the name already.
        said = status.sentence
        for name in (self.title, self.lasting_id):
            said = said.removeprefix(f"{name}: ")
        quiet = live or status.state is CaptureState.CONNECTING
        self._show(STATES[status.state], "" if quiet else said)
        if live:
            self.went_live.emit()
        elif status.state is not CaptureState.STALE:
            self.facts.setText("")

    def show_in_use(self, pixels: U8 | None, facts: str, problem: str) -> None:
        """Say that the window has it open, with the picture that is seen there and what is the matter with it."""
        self.picture.show_picture(pixels)
        self.facts.setText(facts)
        sentence = problem or ("" if pixels is not None else "The window has it open.")
        if self._doing is not IN_USE or self.sentence != sentence:
            self._show(IN_USE, sentence)

    # ---- how it looks

    def _show(self, now: Doing, sentence: str) -> None:
        self._doing, self.sentence = now, sentence[:1].upper() + sentence[1:]
        self._word.setText(now.word)
        set_tone(self._word, now.tone)
        waiting = self.picture.is_empty and now is STATES[CaptureState.CONNECTING]
        self.picture.show_words("Connecting …" if waiting else self.sentence)
        self._recolour()
        self._describe()
        self.state_changed.emit()

    def _describe(self) -> None:
        self.setToolTip("\n".join(part for part in (self.title, self.lasting_id, self.sentence) if part))
        self.setAccessibleName(f"{self.title}, {self._doing.word}")
        self.setAccessibleDescription(self.sentence)

    def _recolour(self) -> None:
        self._icon.setPixmap(pixmap(self._doing.sign, self._doing.tone or "dim", SIGN_PX))
        self.update()

    def sizeHint(self) -> QSize:
        rows = self.layout()
        assert rows is not None
        return QSize(scaled(PICTURE_PX[0]) + 2 * MARGIN_PX, rows.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        c = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self.isChecked() or self.hasFocus() else 1.0
        line = c.accent if self.isChecked() else c.text if self.hasFocus() else c.dim if self.underMouse() else c.line
        painter.setPen(QPen(QColor(line), width))
        painter.setBrush(QColor(c.raised))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), CORNER_PX, CORNER_PX)
        if self.isChecked() and self.hasFocus():
            painter.setPen(QPen(QColor(c.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), CORNER_PX - 2, CORNER_PX - 2)


def facts_of(size_px: tuple[int, int], rate_hz: float) -> str:
    """Return size and rate in a few signs."""
    rate = f" · {rate_hz:.1f}/s" if rate_hz else ""
    return f"{size_px[0]} × {size_px[1]}{rate}"  # noqa: RUF001


class _Picture(QWidget):
    """The newest thumbnail; words lie over it where it is not what it seems."""

    def __init__(self) -> None:
        super().__init__()
        grow_with_text(self.setFixedSize, *PICTURE_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pixels: U8 | None = None
        self._image = QImage()
        self.words = ""

    @property
    def is_empty(self) -> bool:
        return self._pixels is None

    def show_picture(self, pixels: U8 | None) -> None:
        """Show a (h, w, 4) BGRA array, which is kept as long as the image that points into it; None for none."""
        self._pixels = pixels
        if pixels is None:
            self._image = QImage()
        else:
            height, width = pixels.shape[:2]
            self._image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
        self.update()

    def show_words(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = colours()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        whole = QRectF(self.rect())
        round_corners = QPainterPath()
        round_corners.addRoundedRect(whole, 4, 4)
        painter.setClipPath(round_corners)
        painter.fillRect(whole, QColor(c.canvas))
        words_in = c.dim
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(whole.center())
            painter.drawImage(place, self._image)
            if self.words:
                veil = QColor(CHIP)
                veil.setAlpha(VEIL_ALPHA)
                painter.fillRect(whole, veil)
                words_in = CHIP_TEXT
        if self.words:
            painter.setPen(QColor(words_in))
            how = QTextOption(Qt.AlignmentFlag.AlignCenter)
            how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            painter.drawText(whole.adjusted(8, 8, -8, -8), self.words, how)


def _elided(text: str, mode: Qt.TextElideMode) -> QElidingLabel:
    label = QElidingLabel(text)
    label.setElideMode(mode)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
