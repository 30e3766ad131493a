"""The pages of the guided set-up, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.choices import StageChoice, choice
from tracker_gui.core.drawing import drawn
from tracker_gui.core.shape_edit import bounds
from tracker_gui.engine.player import Phase
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.editors.blob_draft import blob_proposing_of
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.source_words import source_name
from tracker_gui.qt.steps.step import problem_place
from tracker_gui.qt.wizard.finds import count_page_state
from tracker_gui.qt.wizard.page import Mend, Page, PageState
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.wizard.judgement import Judgement

CROP_MARGIN_PX = 2
#: Of animals that touch, fewer blobs are found; far more often it is the setting that is wrong.
STEADY_SHARE = 0.75
#: On so many frames the number is to be right; on the others the tracker has to know where an animal is.
GOOD_SHARE = 0.8


class SourcePage(Page):
    """What is tracked."""

    name = "source"
    title = "Source"
    sentence = "Open the video or the camera that shows your animals. You can also drop a file on the window."
    step = "Source"

    def state(self) -> PageState:
        session, source = self.session, self.preset.source
        if source is None:
            mends = (
                Mend("Open a video…", "A video file, or a preset that you saved", self.trigger("open"), primary=True),
                Mend("Use a camera…", "Of this computer or of the network", self.trigger("open_camera")),
                Mend("Simulated arena", "Animals that the program draws", self.trigger("open_simulated")),
            )
            return PageState("missing", "Nothing is open yet.", mends)
        another = (Mend("Open another…", "Another video in its place", self.trigger("open")),)
        if problem_place(session) == "source":
            return PageState("problem", str(session.state.problem), another)
        if session.info is None or session.state.phase is Phase.OPENING:
            return PageState("busy", "It is being opened.")
        info = session.info
        width, height = info.size_px
        words = f"{source_name(source)}: {width} \u00d7 {height} px, {info.rate_hz:.4g} frames/s"
        words += f", {info.frame_count} frames." if info.frame_count else "."
        content = self.wizard.content
        return PageState("busy" if content.is_searching else "ok", f"{words} {content.words}".rstrip(), another)


class CropPage(Page):
    """Where animals can be."""

    name = "crop"
    title = "Crop"
    sentence = (
        "Draw around where the animals can be, such as the dish. What lies outside is left out, so reflections and "
        "labels cannot be taken for animals. R, C and P take a rectangle, a circle or a polygon."
    )
    step = "Image"
    tool = "circle"
    target = "keep"

    def state(self) -> PageState:
        kept = [each for each in drawn(self.preset) if each.entry.role == "keep"]
        crop = _enabled(self.preset, "crop")
        by_numbers = Mend("Crop by numbers", "Add the step Crop, whose margins are typed at the left", self._add_crop)
        if not kept:
            words = "The picture is cut to what the step Crop says." if crop else "The whole picture is used."
            return PageState("ok" if crop else "unused", words, () if crop else (by_numbers,))
        regions = "1 region is kept" if len(kept) == 1 else f"{len(kept)} regions are kept"
        cut = _cut_to_regions(self.preset, self._size_px())
        mends: tuple[Mend, ...] = ()
        if cut != self.preset:
            tip = "Cut the picture to the regions: what lies outside is not computed, so tracking is faster"
            mends = (Mend("Cut off the rest", tip, self._cut),)
        return PageState("ok", f"{regions}; the rest of the picture is ignored.", mends)

    def _size_px(self) -> tuple[int, int]:
        info = self.session.info
        return (1, 1) if info is None else info.size_px

    def _add_crop(self) -> None:
        self.session.document.change_list("image", (choice("image", "crop"), *self.preset.image), "add Crop")

    def _cut(self) -> None:
        cut = _cut_to_regions(self.preset, self._size_px())
        self.session.document.change(cut, "cut the picture to its regions")


def _enabled(preset: Preset, stage: str) -> bool:
    return any(step.stage == stage and step.enabled for step in preset.image)


def _cut_to_regions(preset: Preset, size_px: tuple[int, int]) -> Preset:
    """Return the settings with a crop to what the regions to keep cover."""
    boxes = [bounds(each.shape) for each in drawn(preset) if each.entry.role == "keep"]
    width, height = size_px
    margins = {
        "left": min(box[0] for box in boxes), "top": min(box[1] for box in boxes),
        "right": width - 1 - max(box[2] for box in boxes), "bottom": height - 1 - max(box[3] for box in boxes),
    }  # fmt: skip
    params: dict[str, Any] = {side: max(0, int(px) - CROP_MARGIN_PX) for side, px in margins.items()}
    cut = choice("image", "crop", **params)
    others = tuple(step for step in preset.image if step.stage != "crop")
    return replace(preset, image=(cut, *others))


class BackgroundPage(Page):
    """Whether the empty scene is learnt."""

    name = "background"
    title = "Background"
    sentence = (
        "Walls, shadows or marks as dark as the animals? Then let the program learn the empty scene, and what differs "
        "from it is an animal. On a plain ground, skip this."
    )
    step = "Image"
    beside = Beside.BACKGROUND

    def state(self) -> PageState:
        if problem_place(self.session) == "image":
            return PageState("problem", str(self.session.state.problem))
        if not _enabled(self.preset, "background"):
            tip = "Add the step Background, and compare with it under Detect"
            words = "No background: animals are told by how they differ from the ground around them."
            return PageState("unused", words, (Mend("Learn the empty scene", tip, self._learn),))
        live = self.session.is_live
        words = "It is learnt from frames of the whole video" if not live else "It is learnt while the camera runs"
        words += " and shown beside the frame. No animal may be left in it: if one is, take more frames at the left."
        drop = Mend("Do without", "Take the step Background out again", self._drop)
        if getattr(self.preset.detector.params, "method", "") != "background":
            use = Mend("Use it to detect", "Let the detector compare with it", self._learn, primary=True)
            return PageState("problem", "The empty scene is learnt, but the detector does not use it.", (use, drop))
        return PageState("ok", words, (drop,))

    def _learn(self) -> None:
        image = self.preset.image
        if not _enabled(self.preset, "background"):
            image = (*(step for step in image if step.stage != "background"), choice("image", "background"))
        detector = _with_method(self.preset.detector, "background")
        self.session.document.change(replace(self.preset, image=image, detector=detector), "learn the empty scene")
        self.window.picture.set_beside(Beside.BACKGROUND)

    def _drop(self) -> None:
        image = tuple(step for step in self.preset.image if step.stage != "background")
        detector = self.preset.detector
        if getattr(detector.params, "method", "") == "background":
            detector = _with_method(detector, "adaptive")
        self.session.document.change(replace(self.preset, image=image, detector=detector), "do without background")


def _with_method(detector: StageChoice, method: str) -> StageChoice:
    """Return the detector Blobs with another way to compare; its other settings stay where it was in use."""
    base = detector if detector.stage == "blobs" else choice("detectors", "blobs")
    return replace(base, params=base.params.model_copy(update={"method": method}))


class ThresholdPage(Page):
    """What is an animal."""

    name = "threshold"
    title = "Threshold"
    sentence = (
        "Click an animal on the picture: threshold and areas are proposed from it, Enter accepts them. Or move the "
        "sliders at the left until the animals, and only they, are white in the mask."
    )
    step = "Detect"
    tool = "animal"
    beside = Beside.MASK
    counts = True

    def state(self) -> PageState:
        if problem_place(self.session) in ("detector", "image"):
            return PageState("problem", str(self.session.state.problem), self._proposes())
        if self.wizard.is_proposing:
            return PageState("busy", "Looking for what stands out most on this frame.")
        return count_page_state(self.wizard, self._judge)

    def _judge(self, verdict: Judgement) -> PageState:
        # How many there are is asked next: here it is enough that one number is found nearly everywhere.
        steady = verdict.usual > 0 and verdict.usual_share >= STEADY_SHARE
        total = len(verdict.frames)
        if verdict.usual == 0 or not any(frame.count for frame in verdict.frames):
            words = f"Nothing is found on most of the {total} sampled frames."
            return PageState("problem", words, self._proposes())
        blobs = "1 blob" if verdict.usual == 1 else f"{verdict.usual} blobs"
        on = sum(frame.count == verdict.usual for frame in verdict.frames)
        words = f"{blobs} found on {on} sampled frames of {total}."
        if steady:
            return PageState("ok", f"{words} Where animals touch, two are one." if on < total else words)
        return PageState("problem", f"{words} On the others the number is another.", self._proposes())

    def _proposes(self) -> tuple[Mend, ...]:
        if blob_proposing_of(self.window.picture.editor).draft is not None:
            return ()
        tip = "Propose settings from what stands out most on this frame, without a click"
        return (Mend("Propose settings", tip, self.propose),)

    def propose(self) -> None:
        """Click, in the user's place, on what looks most like an animal."""
        shown = self.session.newest
        if shown is None:
            return
        prepared = shown.snapshot.prepared
        state, (x0, y0) = prepared.state(), prepared.origin_px
        method: Any = getattr(self.preset.detector.params, "method", "adaptive")

        def search() -> Point | None:
            from tracker_gui.analysis.likely_animal import likely_animal

            place = likely_animal(state, method)
            return None if place is None else (place[0] + x0, place[1] + y0)

        self.wizard.is_proposing = True
        read_in_background(search, self.wizard.click_animal)


class AnimalsPage(Page):
    """How many there are."""

    name = "animals"
    title = "Animals"
    sentence = "Say how many animals there are, under Track at the left. In several arenas, how many in each."
    step = "Track"
    beside = Beside.MASK
    counts = True

    def state(self) -> PageState:
        if problem_place(self.session) == "tracker":
            return PageState("problem", str(self.session.state.problem))
        return count_page_state(self.wizard, self._judge)

    def _judge(self, verdict: Judgement) -> PageState:
        wanted = wanted_animals(self.preset)
        if wanted is None:
            return PageState("ok", f"This tracker counts by itself. {verdict.words()}")
        if verdict.usual != wanted and verdict.usual_share > 0.5 and verdict.usual > 0:
            return PageState("problem", self._words(verdict), (*_use(self, verdict), *mends(self, verdict)))
        return PageState("ok" if verdict.is_right else "problem", self._words(verdict), mends(self, verdict))

    def _words(self, verdict: Judgement) -> str:
        wanted = verdict.wanted
        there = "1 animal is expected" if wanted == 1 else f"{wanted} animals are expected"
        return f"{there}. {verdict.words()}"


def _use(page: Page, verdict: Judgement) -> tuple[Mend, ...]:
    """Return the button that takes the number that is found, where the tracker asks for it as a whole."""
    if len(getattr(page.preset.tracker.params, "arenas", ())) > 1:
        return ()
    tip = "Take the number that is found most often"
    count = verdict.usual
    text = "1 animal" if count == 1 else f"{count} animals"
    return (Mend(f"There {'is' if count == 1 else 'are'} {text}", tip, lambda: page.session.use_animals(count)),)


def mends(page: Page, verdict: Judgement) -> tuple[Mend, ...]:
    """Return what helps where the number is not right on all frames."""
    found: list[Mend] = []
    smallest = verdict.smallest_area_px2()
    params = page.preset.detector.params
    if smallest is not None and smallest < getattr(params, "max_area_px2", 0.0):

        def narrow() -> None:
            chosen = page.preset.detector
            params = chosen.params.model_copy(update={"min_area_px2": smallest})
            page.session.document.change_stage("detector", replace(chosen, params=params), "leave out specks")

        tip = f"On every sampled frame the animals are larger than {smallest:g} px², and what is too much is smaller"
        found.append(Mend(f"Leave out below {smallest:g} px²", tip, narrow))
    worst = verdict.worst()
    if worst is not None and not page.session.is_live:
        index = worst.index
        tip = f"Go to the frame that is furthest from right: {worst.count} found on it"
        found.append(Mend(f"Show frame {index}", tip, lambda: page.session.view.player.seek(index)))
    return tuple(found)


class ZonesPage(Page):
    """Places that matter."""

    name = "zones"
    title = "Zones"
    sentence = (
        "Draw the places you want times and entries for: P for a polygon, R for a rectangle, C for a circle; F2 gives "
        "a name. The scale makes millimetres of pixels. Both can be left out."
    )
    step = "Arena, zones"
    tool = "polygon"

    def state(self) -> PageState:
        zones, scale = self.preset.zones, self.preset.scale
        names = ", ".join(zone.name for zone in zones)
        words = "No zone is drawn" if not zones else f"{len(zones)} {'zone' if len(zones) == 1 else 'zones'}: {names}"
        if scale is not None:
            words += f". {scale.mm_per_px:.3g} mm per pixel."
        else:
            words += ". There is no scale: distances are in pixels."
        if self.window.picture.editor.tool_info.name == "scale":
            offers: tuple[Mend, ...] = (self._draw_on(),)
        elif scale is None:
            tip = "Draw a line along something whose length you know"
            offers = (Mend("Set the scale", tip, lambda: self._take("scale")),)
        else:
            offers = ()
        return PageState("ok" if zones or scale else "unused", words, offers)

    def _draw_on(self) -> Mend:
        return Mend("Draw a zone", "Take the tool for polygons again", lambda: self._take("polygon"))

    def _take(self, tool: str) -> None:
        self.window.picture.editor.use(tool)
        self.window.picture.frame_pane.setFocus()


class CheckPage(Page):
    """All of it once more, on frames of the whole source."""

    name = "check"
    title = "Check"
    sentence = "The settings are tried on frames of the whole source. Then save them as a preset, or start tracking."
    step = "Outputs and run"
    beside = Beside.MASK
    counts = True

    def state(self) -> PageState:
        if self.session.state.problem is not None:
            return PageState("problem", str(self.session.state.problem))
        return count_page_state(self.wizard, self._judge)

    def _judge(self, verdict: Judgement) -> PageState:
        if not any(output.enabled for output in self.preset.outputs):
            write = Mend("Write the positions", "Switch the table of positions on", self._write, primary=True)
            return PageState("problem", "Nothing would be written: no output is switched on.", (write,))
        end = self._end_mends()
        if verdict.is_right:
            words = f"{verdict.words()} The settings are ready."
            return PageState("ok", words, end)
        threshold = next(page for page in self.wizard.pages if page.name == "threshold")
        back = Mend(
            "To Threshold", "Mend it where it says what an animal is",
            lambda: self.wizard.go(self.wizard.pages.index(threshold)),
        )  # fmt: skip
        # A few frames on which animals touch or hide are what a tracker is there for.
        good_enough = verdict.right >= GOOD_SHARE * len(verdict.frames)
        words = verdict.words()
        words += " The tracker bridges a few such frames." if good_enough else " That is too little for good tracks."
        return PageState("ok" if good_enough else "problem", words, (*mends(self, verdict), back, *end))

    def _end_mends(self) -> tuple[Mend, ...]:
        document = self.session.document
        start = Mend("Start tracking", "Write the files from now on", self.trigger("start"), primary=True)
        if document.is_saved and document.path is not None:
            return (start,)
        return (Mend("Save the preset", "Keep all settings as one file", self.trigger("save")), start)

    def _write(self) -> None:
        outputs = tuple(output for output in self.preset.outputs if output.stage != "tracks_csv")
        self.session.document.change_list("outputs", (*outputs, choice("sinks", "tracks_csv")), "write the positions")


PAGES: tuple[type[Page], ...] = (
    SourcePage, CropPage, BackgroundPage, ThresholdPage, AnimalsPage, ZonesPage, CheckPage,
)  # fmt: skip
