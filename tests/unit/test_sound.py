"""The sound of a source in its recording: there, at the time of its pictures, and never in their way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.core.sound import Sound, SoundFormat, SoundPacket
from tracker_gui.core.sound_file import SoundFile
from tracker_gui.core.stream_sound import StreamSound
from tracker_gui.core.types import Frame
from tracker_gui.engine.recorder import Recorder
from tracker_gui.engine.recording_files import trim
from tracker_gui.engine.segment_writer import SegmentWriter
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tracker_gui.engine.recorder_state import RecordingResult

    MakeFlashes = Callable[..., Path]
    FlashesIn = Callable[[Path], tuple[list[float], list[float]]]

pytestmark = pytest.mark.usefixtures("no_leaks")
IN_SYNC_S = 0.05
FILE_RATE_HZ = 30
RATE_HZ = 8000
START_S = 1000.0


def replayed(video: Path, most: int = 10_000, **settings: Any) -> list[Frame]:
    source = choice("sources", "replay", path=video, **settings).make()
    source.open()
    frames = []
    while len(frames) < most and (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def recorded(folder: Path, frames: Iterable[Frame], **settings: Any) -> RecordingResult:
    recorder = Recorder(RecorderSettings(**{"reserve_mb": 0} | settings), "cam", folder)
    recorder.start()
    for each in frames:
        assert recorder.put(each)
    return recorder.stop(20.0)


def videos(result: RecordingResult) -> list[Path]:
    return [path for path in result.files if path.suffix == ".mp4"]


def sound_of(path: Path) -> str | None:
    with av.open(str(path)) as file:
        return file.streams.audio[0].codec_context.codec.canonical_name if file.streams.audio else None


def assert_in_sync(pair: tuple[list[float], list[float]], times: int) -> None:
    seen, heard = pair
    assert len(seen) == len(heard) == times
    assert np.abs(np.subtract(seen, heard)).max() < IN_SYNC_S


def assert_replay_in_sync(frames: list[Frame], pair: tuple[list[float], list[float]]) -> None:
    """Check that each click is where its flash is, had that picture not been late on a busy machine, or lost."""
    seen, heard = pair
    due_s = np.array([each.index / FILE_RATE_HZ for each in frames])
    shown_s = np.array([each.t_capture_s for each in frames]) - frames[0].t_capture_s
    flashes = [each.index % FILE_RATE_HZ == FILE_RATE_HZ // 2 for each in frames]
    np.testing.assert_allclose(seen, shown_s[flashes], atol=0.001)
    clicks_s = (shown_s - due_s).min() + np.arange(0.5, due_s[-1], 1.0)
    assert len(heard) == len(clicks_s) > 0
    assert np.abs(heard - clicks_s).max() < IN_SYNC_S


def plain_format() -> SoundFormat:
    """Return the format of sound without a codec, as it is in no file."""
    return SoundFormat("pcm_s16le", RATE_HZ, "mono", 1, 0, b"", None)


def click(t_s: float, duration_s: float = 0.04) -> SoundPacket:
    """Return a piece of sound of which the first hundredth of a second is loud."""
    samples = np.zeros(round(duration_s * RATE_HZ), "<i2")
    samples[: RATE_HZ // 100] = 20_000 * (-1) ** np.arange(RATE_HZ // 100)
    return SoundPacket(START_S + t_s, duration_s, samples.tobytes())


def silence(t_s: float, duration_s: float = 0.04) -> SoundPacket:
    return replace(click(t_s, duration_s), data=bytes(2 * round(duration_s * RATE_HZ)))


def frame(index: int, sound: Sound | None, flash: bool = False, size_px: tuple[int, int] = (96, 64)) -> Frame:
    picture = ArrayPicture(np.full((size_px[1], size_px[0]), 255 if flash else 0, np.uint8))
    return Frame(index, START_S + index / 25, None, "cam", 0, picture, sound)


def flashing(sound: SoundFormat, seconds: float, **kwargs: Any) -> list[Frame]:
    """Return frames of which each 25th flashes and clicks, the first of them half a second from the start."""
    return [
        frame(k, Sound(sound, ((click if k % 25 == 12 else silence)(k / 25),)), k % 25 == 12, **kwargs)
        for k in range(round(25 * seconds))
    ]


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz", "kept"),
    [
        ("sound.mp4", "aac", 48_000, "aac"),
        ("sound.mp4", "libmp3lame", 44_100, "mp3"),
        ("sound.mkv", "libmp3lame", 8000, "aac"),
        ("sound.mkv", "libopus", 48_000, "opus"),
        ("sound.ts", "aac", 44_100, "aac"),
        ("sound.mov", "pcm_mulaw", 8000, "aac"),
        ("sound.mkv", "pcm_s16le", 37_000, "aac"),
    ],
)
def test_a_recording_has_the_sound_of_the_video_it_replays(
    name: str, codec: str, rate_hz: int, kept: str, make_flashes: MakeFlashes, flashes_in: FlashesIn, tmp_path: Path
) -> None:
    frames = replayed(make_flashes(name, 2.0, codec=codec, sound_rate_hz=rate_hz))
    (recording,) = videos(recorded(tmp_path / "out", frames))
    assert_replay_in_sync(frames, flashes_in(recording))
    assert sound_of(recording) == kept


def test_sound_that_mp4_takes_is_copied_bit_by_bit(make_flashes: MakeFlashes, tmp_path: Path) -> None:
    video = make_flashes("sound.mp4", 1.5)
    (recording,) = videos(recorded(tmp_path / "out", replayed(video)))
    packets = []
    for path in (video, recording):
        with av.open(str(path)) as file:
            packets.append([bytes(packet) for packet in file.demux(audio=0) if packet.size])
    before, after = packets
    assert len(after) > 60
    assert set(after) <= set(before)


def test_a_source_without_sound_makes_a_recording_without_a_track(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    frames = replayed(make_video("silent.mp4", 10))
    assert {each.sound for each in frames} == {None}
    (recording,) = videos(recorded(tmp_path / "out", frames))
    assert sound_of(recording) is None


def test_sound_can_be_left_out(tmp_path: Path) -> None:
    (recording,) = videos(recorded(tmp_path, flashing(plain_format(), 1.0), sound="leave out"))
    assert sound_of(recording) is None


def test_a_recording_that_never_ended_has_its_sound(tmp_path: Path, flashes_in: FlashesIn) -> None:
    frames = flashing(plain_format(), 4.0)
    writer = SegmentWriter(tmp_path, "cam", frames[0], 23, "ultrafast")
    for each in frames:
        writer.write(each, 0)
    copy = tmp_path / "as after a kill.mp4"
    copy.write_bytes(writer.paths.recording.read_bytes())
    writer.close()
    writer.release()
    assert_in_sync(flashes_in(copy), 4)


def test_a_new_file_cuts_the_sound_where_it_cuts_the_pictures(tmp_path: Path, flashes_in: FlashesIn) -> None:
    result = recorded(tmp_path, flashing(plain_format(), 7.2), segment_minutes=0.035)
    assert len(videos(result)) == 4
    pairs = [flashes_in(path) for path in videos(result)]
    for pair in pairs:
        assert_in_sync(pair, len(pair[0]))
    assert sum(len(seen) for seen, _ in pairs) == 7
    for path in videos(result):
        with av.open(str(path)) as file:
            lengths_s = [float(s.duration * s.time_base) for s in (file.streams.video[0], file.streams.audio[0])]
        assert lengths_s[0] == pytest.approx(lengths_s[1], abs=0.2)


def test_a_camera_that_comes_back_begins_a_new_file(tmp_path: Path, flashes_in: FlashesIn) -> None:
    before, after = flashing(plain_format(), 2.0), flashing(plain_format(), 4.0)[50:]
    result = recorded(tmp_path, [*before, *after])
    assert len(videos(result)) == 2
    for path in videos(result):
        assert_in_sync(flashes_in(path), 2)


def test_another_size_of_the_picture_leaves_no_hole_in_the_sound(tmp_path: Path, flashes_in: FlashesIn) -> None:
    sound = plain_format()
    small, large = flashing(sound, 1.0), flashing(sound, 2.0, size_px=(128, 96))[25:]
    result = recorded(tmp_path, [*small, *large])
    for path in videos(result):
        assert_in_sync(flashes_in(path), 1)


@pytest.mark.parametrize("copied", [False, True])
def test_sound_keeps_its_time_behind_a_gap(
    copied: bool, tmp_path: Path, make_flashes: MakeFlashes, flashes_in: FlashesIn
) -> None:
    frames = flashing(plain_format(), 5.0)
    if copied:
        file = SoundFile.open(make_flashes("sound.mp4", 5.0), 0.0)
        assert file is not None
        frames = [
            frame(
                k,
                Sound(file.format, tuple(replace(p, t_s=START_S + p.t_s) for p in file.until((k + 1) / 25))),
                k % 25 == 12,
            )
            for k in range(125)
        ]
        file.close()
    assert frames[0].sound is not None
    nothing = Sound(frames[0].sound.format, ())
    frames = [replace(each, sound=nothing) if 25 <= each.index < 50 else each for each in frames]
    seen, heard = flashes_in(videos(recorded(tmp_path / "out", frames))[0])
    assert len(seen) == 5
    assert_in_sync(([seen[0], *seen[2:]], heard), 4)


def test_sound_that_begins_late_is_at_its_time(tmp_path: Path, flashes_in: FlashesIn) -> None:
    frames = flashing(plain_format(), 3.0)
    assert frames[0].sound is not None
    nothing = Sound(frames[0].sound.format, ())
    frames = [replace(each, sound=nothing) if each.index < 25 else each for each in frames]
    writer = SegmentWriter(tmp_path, "cam", frames[0], 23, "ultrafast")
    for each in frames:
        writer.write(each, 0)
    writer.close()
    writer.release()
    seen, heard = flashes_in(writer.paths.recording)
    assert_in_sync((seen[1:], heard), 2)


def test_sound_that_falls_silent_does_not_hold_up_the_pictures(tmp_path: Path) -> None:
    frames = flashing(plain_format(), 1.0)
    assert frames[0].sound is not None
    frames += [frame(k, Sound(frames[0].sound.format, ())) for k in range(25, 125)]
    writer = SegmentWriter(tmp_path, "cam", frames[0], 23, "ultrafast")
    for each in frames:
        writer.write(each, 0)
    with av.open(str(writer.paths.recording)) as file:
        pictures = sum(1 for _ in file.decode(video=0))
    writer.close()
    writer.release()
    assert pictures > 125 - 25, "more than a second would be lost by a kill"


def test_damaged_sound_costs_no_picture(tmp_path: Path, make_flashes: MakeFlashes) -> None:
    file = SoundFile.open(make_flashes("sound.ts", 1.0), 0.0)
    assert file is not None
    sound = file.format
    file.close()
    damaged = [
        frame(k, Sound(sound, (SoundPacket(START_S + k / 25, 0.04, b"no sound"),))) for k in range(50)
    ]  # fmt: skip
    result = recorded(tmp_path / "out", damaged)
    assert (result.frames, result.problems) == (50, ())


def test_headers_that_were_not_promised_cost_no_picture(tmp_path: Path, make_flashes: MakeFlashes) -> None:
    file = SoundFile.open(make_flashes("sound.mp4", 1.0), 0.0)
    assert file is not None
    sound = file.format
    file.close()
    headed = SoundPacket(START_S, 0.02, b"\xff\xf1\x4c\x80\x01\x3f\xfc" + bytes(20))
    result = recorded(
        tmp_path / "out", [frame(k, Sound(sound, (replace(headed, t_s=START_S + k / 25),))) for k in range(50)]
    )
    assert (result.frames, result.problems) == (50, ())


def test_sound_that_nothing_can_encode_costs_no_picture(tmp_path: Path) -> None:
    unknown = SoundFormat("no such codec", RATE_HZ, "mono", 1, 0, b"", None)
    result = recorded(tmp_path, flashing(unknown, 1.0))
    assert (result.frames, result.problems) == (25, ())
    assert sound_of(videos(result)[0]) is None


def test_a_video_that_is_repeated_is_heard_again(
    make_flashes: MakeFlashes, flashes_in: FlashesIn, tmp_path: Path
) -> None:
    frames = replayed(make_flashes("sound.mp4", 1.0), 70, loop=True)
    (recording,) = videos(recorded(tmp_path / "out", frames))
    assert_replay_in_sync(frames, flashes_in(recording))


@pytest.mark.parametrize("start_frame", [0, 40])
def test_the_video_of_a_tracked_file_has_its_sound(
    start_frame: int, make_flashes: MakeFlashes, flashes_in: FlashesIn, tmp_path: Path
) -> None:
    source = choice("sources", "video_file", path=make_flashes("sound.mp4", 3.0))
    preset = Preset(outputs=(choice("sinks", "video", speed="ultrafast"),))
    result = TrackJob(source, preset, tmp_path / "out", start_frame).run()
    assert_in_sync(flashes_in(result.files[0]), 2 if start_frame else 3)


def test_the_video_of_a_tracked_file_can_be_without_its_sound(make_flashes: MakeFlashes, tmp_path: Path) -> None:
    source = choice("sources", "video_file", path=make_flashes("sound.mp4", 0.5))
    preset = Preset(outputs=(choice("sinks", "video", speed="ultrafast", sound=False),))
    assert sound_of(TrackJob(source, preset, tmp_path / "out").run().files[0]) is None


def test_a_burst_of_old_pictures_does_not_delay_the_sound() -> None:
    """What a connection had in store arrives at once: only its last picture tells what the camera's clock is."""
    stream = StreamSound(plain_format())
    for k in range(25):
        stream.see(k / 25, START_S)
    packet = av.Packet(b"sound")
    packet.pts, packet.time_base = 40, Fraction(1, 20)
    stream.hear(packet)
    assert stream.take().packets == (), "its time cannot be told yet"
    for k in range(25, 60):
        stream.see(k / 25, START_S + (k - 24) / 25)
    (piece,) = stream.take().packets
    assert piece.t_s == pytest.approx(START_S + 2.0 - 24 / 25)


def test_a_camera_whose_clock_runs_wrong_stays_in_sync() -> None:
    """An hour at 100 millionths, which is 360 ms."""
    stream = StreamSound(plain_format())
    ahead_s = []
    for k in range(0, 90_000, 5):
        stamp_s = 1.0001 * k / 25
        stream.see(stamp_s, START_S + k / 25)
        packet = av.Packet(b"sound")
        packet.time_base = Fraction(1, 90_000)
        packet.pts = round(stamp_s * 90_000)
        stream.hear(packet)
        ahead_s += [piece.t_s - (START_S + k / 25) for piece in stream.take().packets[-1:]]
    assert len(ahead_s) > 10_000
    assert np.abs(ahead_s).max() < 0.001


def test_sound_and_pictures_of_a_video_cut_anywhere_are_there_up_to_the_cut(
    tmp_path: Path, flashes_in: FlashesIn
) -> None:
    frames = flashing(plain_format(), 4.0)
    writer = SegmentWriter(tmp_path, "cam", frames[0], 23, "ultrafast")
    for each in frames:
        writer.write(each, 0)
    writer.close()
    writer.release()
    whole = writer.paths.recording.read_bytes()
    copy = tmp_path / "cut.mp4"
    for share in np.linspace(0.3, 0.99, 12):
        copy.write_bytes(whole[: int(share * len(whole))])
        trim(copy)
        seen, heard = flashes_in(copy)
        both = min(len(seen), len(heard))
        assert abs(len(seen) - len(heard)) <= 1, "the cut is between a flash and its click at most"
        if both:
            assert_in_sync((seen[:both], heard[:both]), both)
    assert both >= 3
