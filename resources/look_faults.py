"""Find in a window what nobody should see: cut texts, widgets beyond their parents, empty lists, nameless controls.

Used by `look_at_everything.py` and by the test of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, QThread
from PySide6.QtGui import QAccessible, QFontMetricsF, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMainWindow,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QStatusBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)
from superqt import QElidingLabel

from tracker_gui.qt.elided_label import ElidedLabel
from tracker_gui.qt.views.clipped_label import ClippedLabel

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Less than this is rounding.
SPARE_PX = 2
ROWS_LOOKED_AT = 30
#: Of a push button at either side.
LEAST_EDGE_PX = 6
#: So much at least must be seen of what a tip tells in full.
WHAT_IS_LEFT = "Abcd…"
WORDS_OF_A_SENTENCE = 4
CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractSlider, QAbstractItemView, QPlainTextEdit)
#: What Qt itself puts into a widget, reached in other ways than by Tab.
PARENTS_OF_QTS_OWN = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QMenuBar, QDockWidget, QAbstractScrollArea)
QTS_OWN = (QHeaderView, QScrollBar, QTabBar, QMenuBar)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes
    ----------
    place : str
        Where in the program it was seen.
    kind : str
        ``"cut"``, ``"outside"``, ``"over"``, ``"empty"``, ``"nameless"``, ``"no tip"`` or ``"no tab"``.
    what : str
        The widget: its class, where it lies, and its words.
    """

    place: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.what}"


def find_faults(place: str, top: QWidget) -> list[Fault]:
    """Return all that is wrong in a widget that is shown, and in what lies in it."""
    found: dict[tuple[str, str], Fault] = {}
    for widget in _seen(top):
        for kind, detail in _faults_of(widget):
            what = f"{_words_for(widget)} {detail}".rstrip()
            found.setdefault((kind, what), Fault(place, kind, what))
    return list(found.values())


def _seen(top: QWidget) -> Iterator[QWidget]:
    yield top
    for child in top.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible() and not child.isWindow() and not child.visibleRegion().isEmpty():
            yield from _seen(child)


def _faults_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield from _cut(widget)
    yield from _outside(widget)
    yield from _over(widget)
    if isinstance(widget, QScrollArea):
        yield from _beyond(widget)
    if isinstance(widget, QAbstractItemView) and not _is_inside_of_control(widget):
        yield from _empty(widget)
    if isinstance(widget, CONTROLS) and not _is_inside_of_control(widget) and widget.isEnabled():
        yield from _unreachable(widget)


# ---- words that are cut


def _cut(widget: QWidget) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QLabel):
        yield from _cut_label(widget)
    elif isinstance(widget, QAbstractButton):
        yield from _cut_button(widget)
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        room = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        taken = _advance(widget, widget.currentText())
        if not widget.itemIcon(widget.currentIndex()).isNull():
            taken += widget.iconSize().width() + 4
        if taken > room.width() + SPARE_PX and widget.currentText() not in widget.toolTip():
            yield "cut", f"by {taken - room.width():.0f} px"
    elif isinstance(widget, QAbstractSpinBox):
        line = widget.findChild(QLineEdit)
        if line is not None:
            margins = line.textMargins()
            room_px = line.width() - margins.left() - margins.right()
            taken = _advance(line, line.text())
            if taken > room_px + SPARE_PX:
                yield "cut", f"by {taken - room_px:.0f} px"
    elif isinstance(widget, QLineEdit):
        taken = _advance(widget, widget.placeholderText())
        if not widget.text() and taken > widget.width() - 12 + SPARE_PX and not _tip(widget):
            yield "cut", "its placeholder"
    elif isinstance(widget, QTabBar):
        for number in range(widget.count()):
            room_px = widget.tabRect(number).width()
            if _advance(widget, widget.tabText(number)) > room_px and not widget.tabToolTip(number):
                yield "cut", f"the tab {widget.tabText(number)!r}"
    elif isinstance(widget, QHeaderView):
        yield from _cut_header(widget)
    elif isinstance(widget, QAbstractItemView):
        yield from _cut_cells(widget)
    elif isinstance(widget, QGroupBox) and _advance(widget, widget.title()) > widget.width():
        yield "cut", ""


def _cut_label(label: QLabel) -> Iterator[tuple[str, str]]:
    text = label.text()
    if not text.strip() or label.pixmap().width():
        return
    room = label.contentsRect()
    if isinstance(label, ElidedLabel | ClippedLabel | QElidingLabel):
        if "…" in text + getattr(label, "_elidedText", str)() and not _tip(label):
            yield "cut", "with dots, and no tip tells the whole"
        return
    if not label.wordWrap():
        width = _text_width(label)
        if width > room.width() + SPARE_PX:
            yield "cut", f"by {width - room.width():.0f} px"
        if label.fontMetrics().tightBoundingRect(text).height() > room.height() + SPARE_PX:
            yield "cut", "from below"
        return
    below = label.heightForWidth(label.width()) - label.height()
    if below > SPARE_PX:
        yield "cut", f"from below, by {below} px"


def _text_width(label: QLabel) -> float:
    if label.textFormat() != Qt.TextFormat.PlainText and Qt.mightBeRichText(label.text()):
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(label.text())
        document.setDocumentMargin(0)
        return document.idealWidth()
    return max((_advance(label, line) for line in label.text().split("\n")), default=0.0)


def _cut_button(button: QAbstractButton) -> Iterator[tuple[str, str]]:
    text = button.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    icon_only = isinstance(button, QToolButton) and (
        button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly and not button.icon().isNull()
    )
    if not text or icon_only:
        return
    taken, high = max(_advance(button, line) for line in text.split("\n")), _height(button, text)
    if isinstance(button, QCheckBox | QRadioButton):
        taken += button.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) + 6
    elif not button.icon().isNull():
        taken += button.iconSize().width() + 4
    room_px = button.width() - (2 * LEAST_EDGE_PX if isinstance(button, QPushButton) else 0)
    if taken > room_px + SPARE_PX and text not in button.toolTip():
        yield "cut", f"by {taken - room_px:.0f} px"
    if high > button.height() + SPARE_PX:
        yield "cut", "from below"


def _height(widget: QWidget, text: str) -> float:
    return QFontMetricsF(widget.font()).tightBoundingRect(text).height()


def _cut_header(header: QHeaderView) -> Iterator[tuple[str, str]]:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        if header.isSectionHidden(section):
            continue
        text = str(model.headerData(section, header.orientation(), Qt.ItemDataRole.DisplayRole) or "")
        tip = model.headerData(section, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        taken = max(_advance(header, line) for line in text.split("\n")) + 12
        least = _advance(header, WHAT_IS_LEFT) if tip else taken - SPARE_PX
        if header.sectionSize(section) < min(taken - SPARE_PX, least):
            yield "cut", f"the column {text!r} by {taken - header.sectionSize(section):.0f} px"


def _cut_cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    if model is None or view.itemDelegate() is None or (isinstance(view, QListView) and view.wordWrap()):
        return
    for row in range(min(model.rowCount(), ROWS_LOOKED_AT)):
        for column in range(1 if isinstance(view, QListView) else model.columnCount()):
            index = model.index(row, column, QModelIndex())
            place = view.visualRect(index)
            text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            if not text or place.isEmpty() or not view.viewport().rect().intersects(place):
                continue
            taken = view.sizeHintForIndex(index).width()
            if view.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                room_px = min(place.width(), view.viewport().width() - place.left())
            else:
                room_px = place.width()
            if taken > room_px + SPARE_PX and not index.data(Qt.ItemDataRole.ToolTipRole):
                yield "cut", f"the cell {text!r}, and no tip tells the whole"
            elif room_px < min(taken, _advance(view, WHAT_IS_LEFT)):
                yield "cut", f"the cell {text!r}, of which nothing is left"


def _advance(widget: QWidget, text: str) -> float:
    return QFontMetricsF(widget.font()).horizontalAdvance(text)


# ---- where it lies


def _outside(widget: QWidget) -> Iterator[tuple[str, str]]:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(widget, QTS_OWN):
        return
    if isinstance(parent, QMainWindow | QToolBar | QTabBar | QHeaderView):
        return
    if isinstance(parent, QAbstractScrollArea) and (parent.viewport() is widget or widget.objectName()[:3] == "qt_"):
        return
    grand = parent.parentWidget()
    if isinstance(grand, QAbstractScrollArea) and grand.viewport() is parent:
        return
    if isinstance(widget, QLineEdit) and isinstance(parent, QAbstractSpinBox | QComboBox):
        return
    over = widget.geometry()
    room = parent.rect().adjusted(-SPARE_PX, -SPARE_PX, SPARE_PX, SPARE_PX)
    if not room.contains(over):
        yield "outside", f"{_rect(over)} of {parent.width()} x {parent.height()}"


def _beyond(area: QScrollArea) -> Iterator[tuple[str, str]]:
    off = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    inside = area.widget()
    if off and inside is not None and inside.width() > area.viewport().width() + SPARE_PX:
        yield "outside", f"what it holds, by {inside.width() - area.viewport().width()} px, and it cannot be scrolled"


def _over(parent: QWidget) -> Iterator[tuple[str, str]]:
    layout = parent.layout()
    if layout is None or isinstance(parent, QMainWindow | QStatusBar | QToolBar | QSplitter | QDockWidget):
        return
    # Not by `itemAt`: PySide 6.11 then frees the wrappers of layouts within the layout once too often, which crashes.
    children = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    placed = [child for child in children if child.isVisible() and layout.indexOf(child) >= 0]
    for number, one in enumerate(placed):
        for other in placed[number + 1 :]:
            both = one.geometry().intersected(other.geometry())
            if both.width() > SPARE_PX and both.height() > SPARE_PX and type(layout).__name__ != "QStackedLayout":
                yield "over", f"{_words_for(one)} and {_words_for(other)} lie over each other"


# ---- what is said


def _empty(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    if model is None or model.rowCount(view.rootIndex()):
        return
    around: QWidget = view
    for _ in range(3):
        for label in around.findChildren(QLabel):
            if label.isVisible() and len(label.text().split()) >= WORDS_OF_A_SENTENCE:
                return
        parent = around.parentWidget()
        if parent is None or around.isWindow():
            break
        around = parent
    yield "empty", "and nothing says why"


def _unreachable(control: QWidget) -> Iterator[tuple[str, str]]:
    name = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
    if not name.strip():
        yield "nameless", ""
    wordless = isinstance(control, QAbstractButton) and not control.text()
    if (wordless or not isinstance(control, QAbstractButton | QAbstractItemView)) and not _tip(control):
        yield "no tip", ""
    if control.focusProxy() is None and control.focusPolicy() & Qt.FocusPolicy.TabFocus != Qt.FocusPolicy.TabFocus:
        yield "no tab", ""


def _is_inside_of_control(widget: QWidget) -> bool:
    """Return whether it is a part of Qt's own making: a spin box's line, a scroll bar, a tab bar's arrows."""
    parent = widget.parentWidget()
    return (
        isinstance(widget, QTS_OWN)
        or isinstance(parent, PARENTS_OF_QTS_OWN)
        or widget.objectName().startswith("qt_")
        or isinstance(widget, QGraphicsView)
        or (isinstance(widget, QPushButton | QToolButton) and "Extension" in type(widget).__name__)
    )


def _tip(widget: QWidget | None) -> str:
    """Return the tip that is shown over a widget, which may be that of what it lies in."""
    while widget is not None:
        if widget.toolTip():
            return widget.toolTip()
        if widget.isWindow():
            break
        widget = widget.parentWidget()
    return ""


def _words_for(widget: QWidget) -> str:
    words = ""
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        words = widget.text()
    elif isinstance(widget, QComboBox):
        words = widget.currentText()
    elif isinstance(widget, QAbstractSpinBox):
        words = widget.text()
    words = words or widget.accessibleName() or widget.objectName()
    parents = []
    parent = widget.parentWidget()
    while parent is not None and len(parents) < 3:
        if type(parent) is not QWidget:
            parents.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{' < '.join([type(widget).__name__, *parents])} {words[:70]!r}"


def _rect(rect: QRect) -> str:
    return f"{rect.width()} x {rect.height()} at {rect.x()}, {rect.y()}"


def settle(cycles: int = 8) -> None:
    """Let what was asked for be laid out; a change goes from the innermost widget out, a step in each turn."""
    for _ in range(cycles):
        QApplication.processEvents()
        QThread.msleep(1)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
