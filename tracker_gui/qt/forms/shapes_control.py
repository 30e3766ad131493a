"""Regions and arenas as numbers; they are drawn on the picture with the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.geometry import SHAPE_KINDS, Circle, Ellipse, HalfPlane, Line, Mark, Painted, Polygon, Rectangle
from tracker_gui.core.painting import brushed
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX, Control
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text, usual

if TYPE_CHECKING:
    from tracker_gui.core.params import SettingInfo

FIELD_TITLES = {
    "centre": "Centre", "width": "Width", "height": "Height", "angle_deg": "Turn", "radius": "Radius",
    "radius_x": "Radius x", "radius_y": "Radius y", "start": "From", "end": "To",
}  # fmt: skip
SMALL = QSize(16, 16)
POLYGON_ROWS = 4
SPIN_WIDTH_PX = 92


class ShapesControl(Control):
    """A list of shapes: add, name, move by numbers, remove."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self._title = info.title
        self._shapes: tuple[Any, ...] = ()
        self._entries: list[_Entry] = []
        #: New shapes are put in the middle of a frame of this size.
        self.frame_size_px = (640, 480)
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(4)
        self.add = QToolButton()
        self.add.setText("Add a shape")
        self.add.setProperty("link", True)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add)
        for kind in SHAPE_KINDS:
            action = menu.addAction(kind.label)
            action.setData(kind)
        menu.triggered.connect(self._add_chosen)
        self.add.setMenu(menu)
        self._list.addWidget(self.add)

    def show_value(self, value: Any) -> None:
        if [type(s) for s in value] != [type(s) for s in self._shapes] or len(value) != len(self._entries):
            self._rebuild(value)
        self._shapes = tuple(value)
        for entry, shape in zip(self._entries, self._shapes, strict=True):
            entry.show_shape(shape)

    def _rebuild(self, shapes: Any) -> None:
        for entry in self._entries:
            self._list.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = []
        for number, shape in enumerate(shapes, 1):
            entry = _Entry(f"{self._title} {number}", shape)
            entry.changed.connect(self._changed)
            entry.removed.connect(self._removed)
            self._list.insertWidget(self._list.count() - 1, entry)
            self._entries.append(entry)

    def _tell(self, shapes: tuple[Any, ...]) -> None:
        self.show_value(shapes)
        self.edited.emit(shapes, 0)

    def _add_chosen(self, action: Any) -> None:
        self.add_shape(action.data())

    def add_shape(self, kind: type[Any]) -> None:
        """Add a shape of a kind in the middle of the frame."""
        self._tell((*self._shapes, new_shape(kind, self.frame_size_px)))

    def _changed(self) -> None:
        self._tell(tuple(entry.shape for entry in self._entries))

    def _removed(self) -> None:
        gone = self._entries.index(self.sender())  # type: ignore[arg-type]
        self._tell(self._shapes[:gone] + self._shapes[gone + 1 :])


def new_shape(kind: type[Any], size_px: tuple[int, int]) -> Any:
    """Return a shape of this kind that covers the middle of a frame."""
    width, height = size_px
    x, y = round(width / 2), round(height / 2)
    r = round(min(width, height) * 0.4)
    if kind is Rectangle:
        return Rectangle(centre=(x, y), width=round(width * 0.8), height=round(height * 0.8))
    if kind is Circle:
        return Circle(centre=(x, y), radius=r)
    if kind is Ellipse:
        return Ellipse(centre=(x, y), radius_x=round(width * 0.4), radius_y=r)
    if kind is Polygon:
        return Polygon(points=((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)))
    if kind is Line:
        return Line(points=((x - r, y), (x + r, y)))
    if kind is Mark:
        return Mark(at=(x, y))
    if kind is Painted:
        return brushed(None, [(x, y)], r)
    return HalfPlane(start=(0, y), end=(width, y))


class _Entry(QFrame):
    """The numbers of one shape."""

    changed = Signal()
    removed = Signal()

    def __init__(self, label: str, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 4)
        rows.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        word = QLabel(f"{label} · {shape.label.lower()}")
        head.addWidget(word, 1)
        self.remove = QToolButton()
        self.remove.setIconSize(SMALL)
        self.remove.setToolTip("Remove this shape")
        self.remove.setAccessibleName(f"Remove {label}")
        self.remove.clicked.connect(self.removed)
        head.addWidget(self.remove)
        rows.addLayout(head)
        self.name = QLineEdit()
        self.name.setPlaceholderText("name")
        self.name.setAccessibleName(f"Name of {label}")
        self.name.setToolTip("What the shape is called in tables and on the picture")
        self.name.editingFinished.connect(self._edited)
        rows.addWidget(self.name)
        self._spins: dict[str, list[QDoubleSpinBox]] = {}
        self._points: QPlainTextEdit | None = None
        if isinstance(shape, Polygon):
            rows.addWidget(self._points_editor())
        else:
            rows.addLayout(self._grid(shape))
        self._problem = QLabel()
        self._problem.setProperty("tone", "warn")
        self._problem.setWordWrap(True)
        self._problem.hide()
        rows.addWidget(self._problem)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.remove.setIcon(icon("trash-can-outline", "dim"))

    def _grid(self, shape: Any) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, field in enumerate(name for name in type(shape).model_fields if name in FIELD_TITLES):
            title = QLabel(FIELD_TITLES[field])
            title.setProperty("dim", True)
            grid.addWidget(title, row, 0)
            value = getattr(shape, field)
            parts = ("x", "y") if isinstance(value, tuple) else ("",)
            spins = [self._spin(field, f"{FIELD_TITLES[field]} {part}".strip()) for part in parts]
            for column, spin in enumerate(spins, 1 if len(spins) == 2 else 2):
                grid.addWidget(spin, row, column)
            self._spins[field] = spins
        return grid

    def _spin(self, field: str, words: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        angle = field == "angle_deg"
        size = field in ("width", "height", "radius", "radius_x", "radius_y")
        spin.setRange(-360 if angle else 1 if size else -100_000, 360 if angle else 100_000)
        spin.setDecimals(1)
        spin.setSuffix("°" if angle else " px")
        spin.setKeyboardTracking(False)
        spin.setAccessibleName(words)
        spin.setToolTip(words)
        grow_with_text(spin.setFixedWidth, SPIN_WIDTH_PX)
        spin.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        keep_wheel_for_scrolling(spin)
        spin.valueChanged.connect(self._edited)
        return spin

    def _points_editor(self) -> QWidget:
        self._points = QPlainTextEdit()
        self._points.setToolTip("One corner per line: x, y in pixels")
        self._points.setAccessibleName("Corners")
        grow_with_text(self._points.setFixedHeight, usual(self.fontMetrics().lineSpacing() * POLYGON_ROWS + 16))
        self._points.textChanged.connect(self._edited)
        return self._points

    def show_shape(self, shape: Any) -> None:
        """Show another shape of the same kind."""
        self.shape = shape
        self._problem.hide()
        if self.name.text() != shape.name:
            self.name.setText(shape.name)
        for field, spins in self._spins.items():
            value = getattr(shape, field)
            for spin, number in zip(spins, value if isinstance(value, tuple) else (value,), strict=True):
                with QSignalBlocker(spin):
                    spin.setValue(number)
        if self._points is not None and _read_points(self._points.toPlainText()) != shape.points:
            with QSignalBlocker(self._points):
                self._points.setPlainText("\n".join(f"{x:g}, {y:g}" for x, y in shape.points))

    def _edited(self) -> None:
        fields: dict[str, Any] = {"name": self.name.text()}
        for field, spins in self._spins.items():
            numbers = tuple(spin.value() for spin in spins)
            old = getattr(self.shape, field)
            old_numbers = old if isinstance(old, tuple) else (old,)
            # A spin box rounds; what was not touched keeps all its digits.
            kept = tuple(o if abs(o - n) <= 0.05 + 1e-9 else n for o, n in zip(old_numbers, numbers, strict=True))
            fields[field] = kept if isinstance(old, tuple) else kept[0]
        if self._points is not None:
            fields["points"] = _read_points(self._points.toPlainText())
        try:
            shape = type(self.shape)(**fields)
        except ValidationError:
            words = (
                "At least three corners are needed, one per line: x, y"
                if self._points
                else "Two different points are needed"
            )
            self._problem.setText(f"Not used yet: {words}.")
            self._problem.show()
            return
        self._problem.hide()
        if shape != self.shape:
            self.shape = shape
            self.changed.emit()


def _read_points(text: str) -> tuple[tuple[float, float], ...]:
    """Return the corners in the lines that hold two numbers."""
    points = []
    for line in text.splitlines():
        parts = line.replace(",", " ").replace(";", " ").split()
        try:
            x, y = (float(part) for part in parts)
        except ValueError:
            continue
        points.append((x, y))
    return tuple(points)
