"""Clips go to a storage that speaks S3, and stay here while it is away; no key stands in a preset."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tracker_gui import cli
from tracker_gui.core import logins
from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, choice, parse, save
from tracker_gui.core.storage import Storage
from tracker_gui.engine import clip_upload
from tracker_gui.engine.clip_upload import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# One byte above what goes in a single part.
BIG_BYTES = 5 * 1024 * 1024 + 1


class S3Server:
    """moto's server on loopback, a process of its own."""

    def __init__(self, program: str, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        found = None
        while found is None:
            line = self.process.stdout.readline()
            assert line, "the server ended"
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
        self.url = found[0]
        # What it goes on to say must not fill the pipe.
        self._reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self._reader.start()

    def make_bucket(self, name: str) -> None:
        scope = "key/20260101/us-east-1/s3/aws4_request"
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        assert httpx.put(f"{self.url}/{name}", headers=signed).status_code == 200

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def server_program() -> str:
    """Return the program of moto's server."""
    beside = Path(sys.executable).with_name("moto_server")
    found = str(beside) if beside.is_file() else shutil.which("moto_server")
    if found is None:
        pytest.skip("needs moto's server (pip install 'moto[server]', also in another environment that is on PATH)")
    return found


@pytest.fixture(scope="module")
def server(server_program: str) -> Iterator[S3Server]:
    made = S3Server(server_program)
    made.make_bucket("lab")
    yield made
    made.end()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret/with+signs")


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Callable[[], Uploads]]:
    """Return a function that makes what a program would: uploads over the same journal."""
    made: list[Uploads] = []

    def make() -> Uploads:
        made.append(Uploads(tmp_path / "journal", first_wait_s=0.05))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"a clip")
    return path


@pytest.fixture
def away() -> str:
    """Return an address at which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def stored(server: S3Server, upload: Any) -> bytes:
    return httpx.get(upload.storage.link(upload.key, 60)).content


@pytest.mark.parametrize("size", [10, BIG_BYTES], ids=["small", "in parts"])
def test_a_clip_is_stored_and_its_link_shows_it(server: S3Server, uploads: Any, tmp_path: Path, size: int) -> None:
    path = tmp_path / "visit 1.mp4"
    path.write_bytes(os.urandom(size))
    made = uploads()
    upload = made.add(path, f"{server.url}/lab/dish a", keep=True)
    assert made.wait(20)
    answer = httpx.get(upload.storage.link(upload.key, 60))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.content == path.read_bytes()
    assert not list((tmp_path / "journal").glob("*.json"))


def test_a_clip_stays_here_while_the_storage_is_away_and_goes_when_it_is_back(
    server_program: str, uploads: Any, clip: Path, away: str, until: Any, tmp_path: Path
) -> None:
    said: list[str] = []
    made = uploads()
    upload = made.add(clip, f"{away}/lab", keep=False, note=said.append)
    until(lambda: upload.tries >= 3)
    assert clip.is_file()
    assert len(list((tmp_path / "journal").glob("*.json"))) == 1
    assert said == [
        f"visit.mp4: not uploaded yet, it is kept and tried again: {upload.address}: could not be stored: "
        f"{upload.storage.name} cannot be reached"
    ]
    server = S3Server(server_program, int(away.rpartition(":")[2]))
    try:
        server.make_bucket("lab")
        assert made.wait(30)
        assert stored(server, upload) == b"a clip"
    finally:
        server.end()
    assert not clip.exists()


def test_a_restart_takes_up_what_was_not_stored(server: S3Server, uploads: Any, clip: Path, tmp_path: Path) -> None:
    before = uploads()
    before.close()
    upload = before.add(clip, f"{server.url}/lab", keep=True)
    after = uploads()
    assert after.resume() == 1
    assert after.wait(20)
    assert stored(server, upload) == b"a clip"


def test_a_bucket_that_is_not_there_is_named(server: S3Server, uploads: Any, clip: Path, until: Any) -> None:
    upload = uploads().add(clip, f"{server.url}/nowhere", keep=False)
    until(lambda: upload.tries >= 2)
    assert 'knows no bucket "nowhere"' in upload.problem
    assert clip.is_file()


def test_without_keys_the_way_to_give_them_is_told(monkeypatch: pytest.MonkeyPatch, clip: Path, away: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(InputError, match=r"no keys are known.*tracker-gui uploads --keys"):
        Storage.parse(f"{away}/lab").put(clip, "x.mp4")


def test_a_clip_that_another_program_uploads_is_left_to_it(uploads: Any, clip: Path, away: str, until: Any) -> None:
    made = uploads()
    made.close()
    upload = made.add(clip, f"{away}/lab", keep=True)
    with upload.entry.open("rb+") as held:
        assert clip_upload.lock(held)
        other = uploads()
        other.resume()
        (waiting,) = other.waiting
        until(lambda: waiting.tries >= 2)
        assert waiting.problem == ""


def test_a_page_of_the_journal_that_cannot_be_read_holds_nobody_up(uploads: Any, tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "torn.json").write_text('{"file": ')
    assert uploads().resume() == 0


def test_a_file_that_is_gone_is_no_longer_waited_for(uploads: Any, clip: Path, away: str) -> None:
    made = uploads()
    made.close()
    made.add(clip, f"{away}/lab", keep=True)
    clip.unlink()
    after = uploads()
    after.resume()
    assert after.wait(10)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://storage.example.org/lab", "https://storage.example.org/lab"),
        ("https://storage.example.org:9000/lab/a/b/", "https://storage.example.org:9000/lab/a/b"),
        ("s3://lab/a", "https://s3.amazonaws.com/lab/a"),
        ("https://me:secret@storage.example.org/lab", "https://storage.example.org/lab"),
    ],
)
def test_addresses_of_storage(typed: str, address: str) -> None:
    assert Storage.parse(typed).address == address


@pytest.mark.parametrize(
    "typed", ["lab", "https://", "https://host", "ftp://host/lab", "https://host/lab/../x", "s3://"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(SettingsError, match="must be https://HOST/BUCKET/FOLDER"):
        Storage.parse(typed)


def test_keys_that_are_typed_into_a_rule_are_in_no_preset(tmp_path: Path) -> None:
    clip = {"action": "clip", "upload": "https://me:hidden@storage.example.org/lab"}
    rule = {"name": "r", "when": {"event": "session_time"}, "on_enter": [clip]}
    preset, problems = parse({"format": FORMAT, "schema_version": SCHEMA_VERSION, "rules": [rule]}, "p")
    assert not problems
    save(preset, tmp_path / "p.json")
    text = (tmp_path / "p.json").read_text()
    assert "hidden" not in text
    assert '"https://storage.example.org/lab"' in text
    assert logins.find("https://storage.example.org") == logins.Login("me", "hidden")


def test_the_command_keeps_keys_lists_what_waits_and_makes_links(
    clip: Path, away: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["uploads", "--keys", away]) == 0
    assert logins.find(away) == logins.Login("key", "secret/with+signs")
    made = clip_upload.shared_uploads()
    made.close()
    upload = made.add(clip, f"{away}/lab", keep=True)
    capsys.readouterr()
    assert cli.main(["uploads"]) == 0
    assert upload.address in capsys.readouterr().out
    assert cli.main(["uploads", "--link", upload.address, "--hours", "2"]) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith(upload.address)
    assert "X-Amz-Expires=7200" in link
    assert "secret" not in link


def test_a_rule_makes_a_clip_and_it_is_uploaded(
    server: S3Server, make_video: Callable[..., Path], tmp_path: Path
) -> None:
    clip = {"action": "clip", "name": "seen", "pre_s": 0.2, "post_s": 0.2, "upload": f"{server.url}/lab/run"}
    rule = {"name": "Seen", "when": {"event": "session_time", "from_s": 0.5}, "on_enter": [clip]}
    preset, _ = parse({"format": FORMAT, "schema_version": SCHEMA_VERSION, "rules": [rule]}, "p")
    source = choice("sources", "replay", path=make_video("camera.mp4", 90))
    recording = preset.recording.model_copy(update={"reserve_mb": 0})
    save(replace(preset, source=source, recording=recording).with_tracker(animals=1), tmp_path / "p.json")
    out = tmp_path / "out"
    words = ["run", str(tmp_path / "p.json"), "--arm", "--out", str(out), "--record", "none", "--quiet"]
    assert cli.main([*words, "--minutes", "0.04"]) == 0
    assert clip_upload.shared_uploads().wait(20)
    listed = httpx.get(f"{server.url}/lab", params={"list-type": "2", "prefix": "run/"}).text
    (key,) = re.findall(r"<Key>(run/[^<]+)</Key>", listed)
    link = Storage.parse(f"{server.url}/lab").link(key, 60)
    assert httpx.get(link).content == (out / "clips" / "seen.mp4").read_bytes()
