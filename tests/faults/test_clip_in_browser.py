"""Clips play where people look at them: in Chromium, to the end, and each frame is found by its time."""

from __future__ import annotations

import base64
import json
import queue
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.clips import ClipOrder
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.types import Frame
from tracker_gui.engine.clip_job import ClipJob, ClipSpan
from tracker_gui.engine.clip_ring import ClipRing
from tracker_gui.engine.clip_tracks import ClipTracks
from tracker_gui.engine.clip_view import ClipView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RATE_HZ, FRAMES, FIRST = 30.0, 60, 7
BITS, BIT_PX = 12, 8
PAGE = """<video id=v muted preload=auto></video><script>
const v = document.getElementById("v"), seen = [];
const at = [%s];
const say = what => fetch("said", {method: "POST", body: JSON.stringify(what)});
v.onerror = () => say({error: v.error.message});
const number = () => {
  const c = document.createElement("canvas"); c.width = v.videoWidth; c.height = v.videoHeight;
  const d = c.getContext("2d"); d.drawImage(v, 0, 0);
  let n = 0;
  for (let bit = 0; bit < %d; bit++) n |= (d.getImageData(%d * bit + %d, 8, 1, 1).data[1] > 128) << bit;
  return n;
};
const next = () => { if (seen.length < at.length) v.currentTime = at[seen.length];
  else { v.onseeked = null; v.currentTime = 0; v.onended = () =>
    say({duration: v.duration, size: [v.videoWidth, v.videoHeight], seen, ready: v.readyState, ended: v.ended});
    v.playbackRate = 4; v.play(); } };
v.onseeked = () => { seen.push(number()); next(); };
v.onloadeddata = next;
v.src = "data:video/mp4;base64,%s";
</script>"""


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if found is None:
        pytest.skip("needs Chromium")
    return found


def looked_at(chromium: str, video: Path, at_s: list[float], folder: Path) -> dict[str, Any]:
    """Return what Chromium says of a video: its length, and the numbers of the pictures at these times."""
    data = base64.b64encode(video.read_bytes()).decode()
    page = (PAGE % (",".join(map(str, at_s)), BITS, BIT_PX, BIT_PX // 2, data)).encode()
    said: queue.Queue[dict[str, Any]] = queue.Queue()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(page)

        def do_POST(self) -> None:
            said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio"]
    own = [f"--user-data-dir={folder / 'profile'}", "--autoplay-policy=no-user-gesture-required"]
    browser = subprocess.Popen(
        [chromium, *switches, *own, "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return said.get(timeout=60)
    finally:
        browser.terminate()
        browser.wait(20)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def made_clip(make_picture: Callable[..., Any], tmp_path: Path) -> Callable[[ClipOrder], Path]:
    """Return a function that makes a clip of numbered pictures."""

    def make(order: ClipOrder) -> Path:
        ring = ClipRing(RATE_HZ, 100.0)
        span = ClipSpan("r", 0.0, FIRST / RATE_HZ, (FIRST + FRAMES - 1) / RATE_HZ, 100.0)
        view = ClipView(order, (), None, (96, 48))
        job = ClipJob(order, span, view, ClipTracks(), tmp_path, RATE_HZ, 23, 0, lambda *_: None, lambda _: None)
        job.start()
        ring.join(0.0, job.take)
        for k in range(FIRST + FRAMES + 5):
            ring.put(Frame(k, k / RATE_HZ, None, "cam", 0, ArrayPicture(make_picture(k))))
        assert job.join(20)
        ring.close()
        return tmp_path / "c.mp4"

    return make


def test_chromium_plays_a_clip_to_its_end_and_finds_each_frame_by_its_time(
    chromium: str, made_clip: Any, tmp_path: Path
) -> None:
    wanted = [0, 1, 13, 30, 58, 59, 2]
    video = made_clip(ClipOrder("c"))
    said = looked_at(chromium, video, [(k + 0.5) / RATE_HZ for k in wanted], tmp_path)
    assert said.get("seen") == [FIRST + k for k in wanted]
    assert said["duration"] == pytest.approx(FRAMES / RATE_HZ, abs=0.01)
    assert said["size"] == [96, 48]
    assert said["ended"]


def test_chromium_plays_a_time_lapse(chromium: str, made_clip: Any, tmp_path: Path) -> None:
    video = made_clip(ClipOrder("c", every=3))
    said = looked_at(chromium, video, [(k + 0.5) / RATE_HZ for k in (0, 10)], tmp_path)
    assert said.get("seen") == [FIRST, FIRST + 30]
    assert said["duration"] == pytest.approx(20 / RATE_HZ, abs=0.01)
