"""The guided set-up: page by page through the real steps, tools and pictures of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.editors.blob_draft import NOTHING_THERE, blob_proposing_of
from tracker_gui.qt.editors.blob_draft import TOPIC as ANIMAL
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.session import CLOSE_WITHIN_MS
from tracker_gui.qt.wizard.content import ContentSearch
from tracker_gui.qt.wizard.finds import SampleCount
from tracker_gui.qt.wizard.pages import PAGES

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.wizard.page import Page, PageState

TOPIC = "wizard"
#: Pictures come thirty times a second; what is said of them need not.
SOON_MS = 100


class Wizard(QObject):
    """Knows the present page and asks it how it stands; the settings themselves are the window's.

    Attributes
    ----------
    finds : SampleCount
        What the settings find on frames of the whole source.
    content : ContentSearch
        Goes to a frame on which there is something to see.
    is_proposing : bool
        Settings are being proposed without a click.

    Signals
    -------
    changed()
        Another page is the present one, or one stands otherwise.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.is_on = self.is_proposing = False
        self.finds = SampleCount(window.session, self)
        self.content = ContentSearch(window.session, self)
        self.pages: list[Page] = [kind(self) for kind in PAGES]
        self.states: list[PageState] = []
        self._at = 0
        self._was: tuple[str, Beside] = ("both", Beside.MASK)
        self._source: StageChoice | None = None
        session = window.session
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._look)
        for signal in (
            session.document.changed, session.document.path_changed, session.document.undo_stack.cleanChanged,
            session.state_changed, session.shown, self.finds.changed, self.content.changed,
            window.picture.editor.tool_changed, blob_proposing_of(window.picture.editor).changed,
        ):  # fmt: skip
            signal.connect(self._look_soon)
        session.run_changed.connect(self._follow_run)
        window.closing.connect(self._close)

    # ---- where one is

    @property
    def page(self) -> Page:
        return self.pages[self._at]

    @property
    def number(self) -> int:
        """The place of the present page, from 0."""
        return self._at

    @property
    def state(self) -> PageState:
        """How the present page stands."""
        return self.states[self._at]

    @property
    def is_last(self) -> bool:
        return self._at == len(self.pages) - 1

    @property
    def why_not_on(self) -> str:
        """Why there is no going on from here, empty where there is."""
        if self.window.session.info is not None:
            return ""
        return "Open something first: all that comes after looks at its picture."

    # ---- ways through

    def start(self) -> None:
        """Begin, or go on where it was left."""
        if self.is_on:
            return
        picture = self.window.picture
        self._was = (picture.pictures, picture.beside)
        self.is_on = True
        source = self.window.document.preset.source
        self._at = self._at if source is not None and source == self._source else 0
        self.window.notices.withdraw(TOPIC)
        self.go(self._at)

    def go(self, number: int) -> None:
        """Make another page the present one."""
        if self.window.session.info is None:
            number = 0
        self._at = max(0, min(number, len(self.pages) - 1))
        self._source = self.window.document.preset.source
        self._prepare(self.page)
        self.page.enter()
        self._look()
        self.changed.emit()

    def next(self) -> None:
        """Go on to the next page; from the last one, end."""
        if self.why_not_on:
            return
        if self.is_last:
            self.leave()
        else:
            self.go(self._at + 1)

    def back(self) -> None:
        self.go(self._at - 1)

    def leave(self) -> None:
        """End; all that was set stays, and can be undone."""
        if not self.is_on:
            return
        done = self.is_last
        self._end()
        self.window.picture.editor.use("select")
        self.window.picture.editor.set_target("zone")
        self.window.picture.set_beside(self._was[1])
        self.window.picture.set_pictures(self._was[0])
        self.window.picture.frame_pane.setFocus()
        if not done:
            text = f"The guided set-up was left at “{self.page.title}”. What was set until then is in force."
            self.window.notices.say(Remark(TOPIC, "info", text, "Go on with it", self.start))
        self.changed.emit()

    def _end(self) -> None:
        self.is_on = False
        self.finds.close()
        self.content.stop()

    def _close(self) -> None:
        self._end()
        self.content.wait(CLOSE_WITHIN_MS)

    def _prepare(self, page: Page) -> None:
        """Bring the window into the state that a page needs."""
        window = self.window
        window.steps.open_step(page.step)
        editor = window.picture.editor
        editor.set_target(page.target)
        editor.use(page.tool)
        if page.beside is Beside.NOTHING:
            window.picture.set_pictures("frame")
        else:
            window.picture.set_pictures("both")
            window.picture.set_beside(page.beside)

    def click_animal(self, place: Point | None) -> None:
        """Propose settings from what is at a place, as if it had been clicked; None where there is nothing."""
        self.is_proposing = False
        self._look_soon()
        if not self.is_on or self.page.name != "threshold":
            return
        if place is None:
            self.window.session.remarked.emit(Remark(ANIMAL, "info", NOTHING_THERE))
            return
        self.window.picture.editor.use("animal")
        blob_proposing_of(self.window.picture.editor).click(place)
        self.window.picture.frame_pane.setFocus()

    # ---- how it stands

    def _look_soon(self) -> None:
        if self.is_on and not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        if not self.is_on:
            return
        self._follow_source()
        if self.page.counts:
            self.finds.follow()
        states = [page.state() for page in self.pages]
        if _words(states) != _words(self.states):
            self.states = states
            self.changed.emit()
        self.states = states

    def _follow_source(self) -> None:
        """Go to a frame with something to see where the source is another one."""
        self.content.follow()
        source = self.window.document.preset.source
        if source != self._source:
            self._source = source
            if source is None and self._at:
                self.go(0)

    def _follow_run(self) -> None:
        if self.is_on and self.window.session.is_tracking:
            self.leave()


def _words(states: list[PageState]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(state.kind, state.words, tuple(mend.text for mend in state.mends)) for state in states]


def wizard_of(window: MainWindow) -> Wizard:
    """Return the window's one, made on first use with its bar above the picture."""
    there = window.findChild(Wizard)
    if isinstance(there, Wizard):
        return there
    from tracker_gui.qt.wizard.wizard_bar import WizardBar

    wizard = Wizard(window)
    window.centre.insertWidget(0, WizardBar(wizard))
    return wizard
