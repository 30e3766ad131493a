"""A stage that imports a library which is not there is answered with a sentence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core import registry
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

STAGE = """
from typing import ClassVar
{at_the_top}
from tracker_gui.core.params import Params
from tracker_gui.core.stage import Detector

class Wants(Detector[Params]):
    title: ClassVar[str] = "Wants"
    about: ClassVar[str] = "Loads a model."
    Params = Params

    def open(self, context):
        {in_open}

    def step(self, prepared, hint=None, explain=False):
        raise AssertionError
"""
IMPORT = "import surely_missing.models"


@pytest.fixture
def stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(registry.EXTRA_STAGES_VARIABLE, str(tmp_path))
    (tmp_path / "detectors").mkdir()
    return tmp_path / "detectors"


def test_a_stage_that_imports_it_at_the_top_is_named(stages: Path) -> None:
    (stages / "wants_first.py").write_text(STAGE.format(at_the_top=IMPORT, in_open="pass"))
    with pytest.raises(SettingsError, match=r"wants_first\.py: needs the library surely_missing, which is not inst"):
        registry.load("detectors", "wants_first")


def test_a_stage_that_imports_it_when_opened_is_answered_with_the_way_out(stages: Path) -> None:
    (stages / "wants_late.py").write_text(STAGE.format(at_the_top="", in_open=IMPORT))
    source = choice("sources", "simulated").make()
    info = source.open()
    with pytest.raises(SettingsError, match="pip install surely_missing"):
        Pipeline(Preset(name="", detector=choice("detectors", "wants_late")), info)
    source.close()


def test_the_frozen_build_does_not_advise_to_install_it(stages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    (stages / "wants_frozen.py").write_text(STAGE.format(at_the_top=IMPORT, in_open="pass"))
    with pytest.raises(SettingsError, match="not part of this build"):
        registry.load("detectors", "wants_frozen")
