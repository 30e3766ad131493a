"""Adding a detector is adding one file: the example of CONTRIBUTING.md, taken from the page and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tracker_gui.core import registry
from tracker_gui.core.params import describe

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def stages(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of extra stages that holds the page's example and nothing else."""
    page = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    examples = [code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "(Detector[" in code]
    assert len(examples) == 1
    folder = tmp_path / "stages"
    (folder / "detectors").mkdir(parents=True)
    (folder / "detectors" / "brightest_spot.py").write_text(examples[0], encoding="utf-8")
    monkeypatch.setenv(registry.EXTRA_STAGES_VARIABLE, str(folder))
    return folder


def test_the_file_alone_puts_the_detector_into_the_list_and_gives_it_a_form(stages: Path) -> None:
    assert "brightest_spot" in registry.names("detectors")
    detector = registry.load("detectors", "brightest_spot")
    assert [setting.title for setting in describe(detector.Params)] == ["Grey level", "Size"]
    assert detector.Params.model_json_schema()["properties"]["level"]["maximum"] == 255


def test_the_command_line_lists_and_uses_it(stages: Path, tmp_path: Path, project: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(8):
        picture = np.zeros((120, 160), np.uint8)
        cv2.circle(picture, (30 + 8 * index, 60), 3, (255,), -1)
        assert cv2.imwrite(str(pictures / f"{index}.png"), picture)
    preset = {"format": "tracker-gui preset", "schema_version": 1, "detector": {"stage": "brightest_spot"}}
    (tmp_path / "light.json").write_text(json.dumps(preset))
    command = [sys.executable, "-m", "tracker_gui"]
    environment = os.environ | {registry.EXTRA_STAGES_VARIABLE: str(stages)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, env=environment, cwd=project, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Brightest spot" in run("stages", "detectors/brightest_spot")
    out = tmp_path / "out"
    run("track", str(pictures), "--preset", str(tmp_path / "light.json"), "--out", str(out), "--quiet",
        "--csv-style", "frame-id-x-y")  # fmt: skip
    rows = (out / "pictures_tracks.csv").read_text().splitlines()
    assert len(rows) == 9
    assert all(abs(float(row.split(",")[2]) - (30 + 8 * index)) <= 3 for index, row in enumerate(rows[1:]))


def test_it_has_a_form_in_the_window(stages: Path, qtbot: QtBot, qapp: QApplication) -> None:
    from tracker_gui.qt.forms.form import StageForm
    from tracker_gui.qt.theme.appearance import set_up_appearance

    detector = registry.load("detectors", "brightest_spot")
    set_up_appearance(qapp)
    form = StageForm(detector.Params)
    qtbot.addWidget(form)
    form.show_params(detector.Params(level=77))
    assert form.params == detector.Params(level=77)
