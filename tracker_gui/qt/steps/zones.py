"""Step 5: arenas, zones and regions as a list with figures, the scale and the ground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.preset import read_json
from tracker_gui.core.shape_file import parse, to_text
from tracker_gui.qt.editors.editor import editor_of
from tracker_gui.qt.editors.grid_preview import PlateGrid
from tracker_gui.qt.editors.ground_box import GroundBox
from tracker_gui.qt.editors.scale_box import ScaleBox
from tracker_gui.qt.editors.shape_details import ShapeDetails
from tracker_gui.qt.editors.shape_list import ShapeList
from tracker_gui.qt.steps.step import Step, StepState, dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tracker_gui.qt.session import Session

FILES = "Shapes (*.json)"


class ZonesStep(Step):
    """What is drawn on the picture, and how large it is in truth."""

    number = 5
    title = "Arena, zones"
    about = "Places that times and entries are counted for, separate arenas, and how many millimetres a pixel is."
    help_page = "zones"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.editor = editor_of(session)
        self._empty = dim_label(
            "Nothing is drawn yet. Take a tool at the left edge of the picture: rectangle (R), polygon (P), ..."
        )
        self.rows.addWidget(self._empty)
        self.list = ShapeList(self.editor)
        self.details = ShapeDetails(self.editor)
        self.rows.addWidget(self.list)
        self.rows.addWidget(self.details)
        self.more = QPushButton("Grid, import, export, copy")
        menu = QMenu(self.more)
        menu.setToolTipsVisible(True)
        self.grid = self._entry(menu, "Grid of arenas…", "dots-grid", "An arena for each well of a plate")
        self.load = self._entry(menu, "Import shapes…", "import", "Add the shapes of a file")
        self.store = self._entry(menu, "Export shapes…", "export", "Save what is selected, or all, as JSON")
        self.to_camera = menu.addMenu("Copy to camera")
        self.to_camera.aboutToShow.connect(self._list_cameras)
        self.to_camera.triggered.connect(self._copy_to_camera)
        menu.aboutToShow.connect(self._show_what_can_be_done)
        self.grid.triggered.connect(self.open_grid)
        self.load.triggered.connect(self._ask_import)
        self.store.triggered.connect(self._ask_export)
        self.more.setMenu(menu)
        self.rows.addWidget(self.more)
        self.scale = ScaleBox(self.editor)
        self.ground = GroundBox(self.editor)
        self.rows.addWidget(self.scale)
        self.rows.addWidget(self.ground)
        self.ground.draft.changed.connect(self.state_changed)
        session.document.changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()

    def _entry(self, menu: QMenu, words: str, name: str, tip: str) -> QAction:
        action = menu.addAction(words)
        action.setObjectName(name)
        action.setToolTip(tip)
        return action

    def _recolour(self) -> None:
        for action in (self.grid, self.load, self.store):
            action.setIcon(icon(action.objectName()))
        self.more.setIcon(icon("dots-horizontal", "accent"))

    def _show(self) -> None:
        self._empty.setVisible(not self.editor.drawn())

    def _show_what_can_be_done(self) -> None:
        self.store.setEnabled(bool(self.editor.drawn()))
        several = self.session.document.whole.camera_count > 1
        self.to_camera.menuAction().setEnabled(several)
        self.to_camera.menuAction().setToolTip("" if several else "The preset has only one camera")

    # ---- grid, files, cameras

    def open_grid(self) -> None:
        """Open the dialog for a well plate."""
        if "arenas" not in type(self.editor.preset.tracker.params).model_fields:
            self.editor.say("info", "This tracker has no arenas: use 'Fixed number of animals' in step 4.")
            return
        PlateGrid(self.editor, self.window())

    def _ask_import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Import shapes", "", FILES)
        if name:
            self.import_shapes(Path(name))

    def import_shapes(self, path: Path) -> None:
        """Add the shapes of a file; what could not be used is told."""
        try:
            entries, problems = parse(read_json(path), path.name)
        except TrackerError as error:
            self.editor.say("bad", str(error))
            return
        if entries:
            self.editor.add_entries(entries, f"import {path.name}")
        if problems:
            self.editor.say("warn", "Not every shape could be used.\n" + "\n".join(map(str, problems[:6])))

    def _ask_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export shapes", "shapes.json", FILES)
        if name:
            self.export_shapes(Path(name))

    def export_shapes(self, path: Path) -> None:
        """Save what is selected, or all, as JSON."""
        path = path if path.suffix else path.with_suffix(".json")
        chosen = self.editor.selected or self.editor.drawn()
        try:
            write_atomically(path, to_text(each.entry for each in chosen))
        except TrackerError as error:
            self.editor.say("bad", str(error))
            return
        self.editor.say("ok", f"{len(chosen)} shapes were saved as {path}.")

    def _list_cameras(self) -> None:
        self.to_camera.clear()
        for number in range(self.session.document.whole.camera_count):
            if number != self.session.document.camera:
                self.to_camera.addAction(f"Camera {number + 1}").setData(number)

    def _copy_to_camera(self, action: QAction) -> None:
        self.editor.copy_to_camera(action.data())

    # ---- how it stands

    def state(self) -> StepState:
        preset = self.editor.preset
        arenas = len(getattr(preset.tracker.params, "arenas", ()))
        words = [
            f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((arenas, "arena"), (len(preset.zones), "zone")) if n
        ]
        if self.ground.draft.problem:
            return StepState("problem", "ground plane", self.ground.draft.problem)
        if preset.scale is not None:
            words.append(f"{preset.scale.mm_per_px:.3g} mm/px")
        return StepState("ok", ", ".join(words)) if words else StepState("unused", "not used")
