"""Who is tracked and why, what the files are called, and when a run begins and ends: part of every preset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tracker_gui.core.file_name import safe_file_name
from tracker_gui.core.params import Params, setting

if TYPE_CHECKING:
    from datetime import datetime

#: What can stand in a name of files; nothing is ever evaluated.
NAME_FIELDS = {
    "source": "name of the video or camera",
    "subject": "subject of the session",
    "treatment": "treatment of the session",
    "experimenter": "experimenter of the session",
    "trial": "trial of the session",
    "preset": "name of the preset",
    "date": "day on which the run begins, 2026-05-31",
    "time": "time at which it begins, 14-05-59",
}
FIELDS_IN_WORDS = ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
SOURCE_NAME = "{source}"
LONGEST = 200
AT_ONCE, AFTER_TIME, WHEN_SEEN = "at once", "after a time", "when an animal is seen"
_FIELD = re.compile(r"\{([^{}]*)\}")


def _checked_name(template: str) -> str:
    """Return the template.

    Raises
    ------
    ValueError
        A field is not known, or a brace is alone.
    """
    unknown = next((name for name in _FIELD.findall(template) if name not in NAME_FIELDS), None)
    if unknown is not None:
        raise ValueError(f"there is no field {{{unknown[:40]}}}; there are {FIELDS_IN_WORDS}")
    if set("{}") & set(_FIELD.sub("", template)):
        raise ValueError(f"a brace is alone; write a field as {SOURCE_NAME}")
    return template


def _checked_own(line: str) -> str:
    """Return one field of the user's own.

    Raises
    ------
    ValueError
        It has no name.
    """
    name, equals, _ = line.partition("=")
    if line.strip() and not (equals and name.strip()):
        raise ValueError(f"'{line[:40]}' must be written as name = value")
    return line


Line = Annotated[str, Field(max_length=LONGEST)]
OwnField = Annotated[str, Field(max_length=LONGEST), AfterValidator(_checked_own)]
FileName = Annotated[str, Field(max_length=LONGEST), AfterValidator(_checked_name)]


class _Naming(Params):
    file_name: FileName = setting(
        SOURCE_NAME, title="File names",
        description=f"What the names of all files of a run begin with: text and {FIELDS_IN_WORDS}. Characters that "
        "some system does not take become _. No file is ever written over: a second run gets -2.",
    )  # fmt: skip


class _Timing(Params):
    start: Literal["at once", "after a time", "when an animal is seen"] = setting(
        "at once", title="Begin",
        description="When a run begins once Start is pressed. In a video the time is the video's; with several cameras "
        "each waits for itself.",
    )  # fmt: skip
    start_after_s: float = setting(
        60.0, title="Wait", ge=0, le=604_800, step=1, unit="s", when={"start": (AFTER_TIME,)},
        description="How long to wait, so that animals can calm down and people can leave.",
    )  # fmt: skip
    seen_frames: int = setting(
        5, title="Seen for", ge=1, le=100_000, step=1, unit="frames", when={"start": (WHEN_SEEN,)},
        description="On so many frames in a row an animal must be found before the run begins.",
    )  # fmt: skip
    seen_zone: str | None = setting(
        None, title="In zone", refers_to="zone", when={"start": (WHEN_SEEN,)},
        description="The zone in which it must be; none for anywhere in the picture.",
    )  # fmt: skip
    stop: Literal["at the end or by hand", "after a time"] = setting(
        "at the end or by hand", title="End",
        description="When a run ends by itself; a video ends at its end at the latest.",
    )  # fmt: skip
    stop_after_s: float = setting(
        600.0, title="Length", ge=0.1, le=604_800, step=10, unit="s", when={"stop": (AFTER_TIME,)},
        description="How long a run lasts from its first frame on.",
    )  # fmt: skip


class SessionInfo(Params):
    """Who is tracked, how it was treated, and what else the results should say of it."""

    subject: Line = setting("", title="Subject", description="Name or number of the animal or the group.")
    treatment: Line = setting("", title="Treatment", description="Group, drug, dose, or what else was done.")
    trial: Line = setting("", title="Trial", description="Name or number of the trial; a trial list fills it in.")
    experimenter: Line = setting("", title="Experimenter", more=True, description="Who runs the session.")
    notes: Annotated[tuple[str, ...], Field(max_length=500)] = setting(
        (), title="Notes", description="Whatever the results should be read with."
    )
    own_fields: Annotated[tuple[OwnField, ...], Field(max_length=100)] = setting(
        (), title="Fields of your own", more=True, description="One per line, as name = value: weight_g = 21.4",
    )  # fmt: skip

    @property
    def own(self) -> dict[str, str]:
        """The user's own fields, name -> value."""
        pairs = [line.partition("=") for line in self.own_fields if line.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}

    def info_document(self) -> dict[str, object]:
        """Return what is known of the session, for the record of a run; what is empty is left out."""
        named = {name: getattr(self, name) for name in INFO_FIELDS} | {"notes": "\n".join(self.notes)}
        named["own"] = named.pop("own_fields") and self.own
        return {name: value for name, value in named.items() if value}


INFO_FIELDS = tuple(SessionInfo.model_fields)
NAMING_FIELDS = tuple(_Naming.model_fields)
TIMING_FIELDS = tuple(_Timing.model_fields)


# Fields of the last base come first in a form.
class SessionPlan(_Timing, _Naming, SessionInfo):
    """Session, names of files, and when a run begins and ends."""

    @property
    def waits(self) -> bool:
        """Whether a run does not begin at once."""
        return self.start == WHEN_SEEN or (self.start == AFTER_TIME and self.start_after_s > 0)

    @property
    def length_s(self) -> float | None:
        """How long a run lasts, None where that is open."""
        return self.stop_after_s if self.stop == AFTER_TIME else None


class FrameRange(Params):
    """The part of a video that is tracked: ``first_frame <= index < stop_frame``."""

    first_frame: int = setting(
        0, title="From frame", ge=0, le=1_000_000_000, step=1, description="The first frame that is tracked."
    )
    stop_frame: int | None = setting(
        None, title="Up to frame", ge=1, le=1_000_000_000, step=1,
        description="The first frame that is not tracked any more; none for the end of the video.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.stop_frame is not None and self.stop_frame <= self.first_frame:
            raise ValueError(f"the end ({self.stop_frame}) must lie behind the beginning ({self.first_frame})")
        return self


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What is known when the files of a run are named."""

    source: str
    preset: str
    when: datetime


def file_stem(plan: SessionPlan, facts: NameFacts) -> str:
    """Return what the names of a run's files begin with; a template of which nothing is left gives the source's name.

    Fields that are empty take the separators around them along: ``{subject}_{treatment}`` is ``M12``, not ``M12_``.
    """
    known = {name: getattr(plan, name) for name in NAME_FIELDS if name in SessionInfo.model_fields}
    known |= {
        "source": facts.source, "preset": facts.preset,
        "date": f"{facts.when:%Y-%m-%d}", "time": f"{facts.when:%H-%M-%S}",
    }  # fmt: skip
    name = _FIELD.sub(lambda field: known[field[1]].strip() or "\0", plan.file_name)
    bare = re.sub(r"[-_ ]*\0", "", name)
    bare = bare.lstrip("-_ ") if name.startswith("\0") else bare
    return safe_file_name(bare if bare.strip("-_. ") else facts.source)
