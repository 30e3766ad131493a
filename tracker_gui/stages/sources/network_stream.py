"""Network cameras: MJPEG over HTTP with a reader of our own, RTSP and its kin through libav."""

from __future__ import annotations

import logging
import os
import re
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import unquote, urlsplit

import av

from tracker_gui.core.decoded_picture import DecodedPicture
from tracker_gui.core.errors import InputError
from tracker_gui.core.live import LiveSource, SourceInterrupted, without_credentials
from tracker_gui.core.logins import with_login
from tracker_gui.core.multipart import MultipartReader, boundary_of
from tracker_gui.core.params import Params, setting
from tracker_gui.core.sound import SoundFormat
from tracker_gui.core.stream_sound import StreamSound
from tracker_gui.core.types import Frame, SourceInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker_gui.core.sound import Sound

HTTP_SCHEMES = ("http", "https")
STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "udp", "srt", "tcp")
CONNECT_TIMEOUT_S = 5.0
REFUSED_RETRY_S = 30.0
RATE_FRAMES = 8
FALLBACK_RATE_HZ = 25.0
LONGEST_PEEK_S = 1.0
# They log every address with all that is in it, passwords too.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class NetworkStreamParams(Params):
    """Where the camera is and how to read it."""

    url: str = setting(
        "",
        title="Address",
        description="Such as http://camera/video.mjpg or rtsp://camera/stream1. A user name and password in it are "
        "kept on this computer, for you alone, and not in the preset; ${NAME} stands for an environment variable.",
    )
    read_timeout_s: float = setting(
        2.0,
        title="Read time-out",
        description="A camera that sends no picture for this long is taken for broken and opened again.",
        unit="s",
        ge=0.5,
        le=30,
        step=0.5,
    )
    transport: Literal["tcp", "udp"] = setting(
        "tcp",
        title="RTSP transport",
        description="tcp loses nothing on the way; udp has less delay on a good wire. Without effect for HTTP.",
        more=True,
    )


class NetworkStream(LiveSource[NetworkStreamParams]):
    """A camera on the network: MJPEG over HTTP, RTSP, RTMP, SRT or a transport stream."""

    title: ClassVar[str] = "Network camera"
    about: ClassVar[str] = "A camera on the network: MJPEG over HTTP, or RTSP; found again when it was away."
    Params = NetworkStreamParams

    def __init__(self, params: NetworkStreamParams | None = None) -> None:
        super().__init__(params)
        self._stream: _Mjpeg | _Libav | None = None
        self._waiting: list[tuple[Any, float, int]] = []
        self._index = 0
        self._damaged_seen = 0

    @property
    def name(self) -> str:
        shown = without_credentials(self.params.url)
        try:
            parts = urlsplit(shown)
        except ValueError:
            return shown
        return f"{parts.netloc}{parts.path}".rstrip("/") or "network camera"

    @property
    def read_timeout_s(self) -> float:
        return self.params.read_timeout_s

    def open(self) -> SourceInfo:
        self.close()
        url = _filled_in(with_login(self.params.url.strip()), self.name)
        try:
            scheme = urlsplit(url).scheme.lower()
        except ValueError:
            scheme = ""
        if scheme in HTTP_SCHEMES:
            self._stream = _Mjpeg(url, self.params.read_timeout_s)
        elif scheme in STREAM_SCHEMES:
            self._stream = _Libav(url, self.params.read_timeout_s, self.params.transport)
        else:
            raise InputError(
                without_credentials(self.params.url) or "network camera",
                "is not the address of a camera",
                f"It begins with one of {', '.join(f'{s}://' for s in (*HTTP_SCHEMES, *STREAM_SCHEMES))}.",
            )
        self._index = self._damaged_seen = self.damaged_frames = 0
        try:
            self._stream.open()
            rate_hz = self._stream.rate_hz
            until_s = time.monotonic() + LONGEST_PEEK_S
            # The first pictures tell size and, where the stream does not, the rate.
            self._waiting = [self._take()]
            while rate_hz is None and len(self._waiting) < RATE_FRAMES and time.monotonic() < until_s:
                self._waiting.append(self._take())
        except BaseException:
            self.close()
            raise
        if rate_hz is None:
            spent_s = self._waiting[-1][1] - self._waiting[0][1]
            rate_hz = (len(self._waiting) - 1) / spent_s if spent_s > 0 else FALLBACK_RATE_HZ
        first = DecodedPicture(self._waiting[0][0])
        return SourceInfo(
            name=self.name,
            size_px=first.size_px,
            rate_hz=rate_hz,
            frame_count=None,
            is_live=True,
            can_seek=False,
            details=(("codec", self._stream.codec), ("address", without_credentials(self.params.url))),
        )

    def read(self) -> Frame | None:
        decoded, t_s, damaged = self._waiting.pop(0) if self._waiting else self._take()
        frame = Frame(
            index=self._index,
            t_capture_s=t_s,
            t_wall_s=time.time() - (time.monotonic() - t_s),
            source_id=self.name,
            lost_before=damaged,
            picture=DecodedPicture(decoded),
            sound=None if self._stream is None else self._stream.heard(),
        )
        self._index += 1
        self.damaged_frames += damaged
        return frame

    def _take(self) -> tuple[Any, float, int]:
        """Return the next good picture, when it arrived, and how many damaged ones came before it."""
        if self._stream is None:
            raise InputError(self.name, "it is not open")
        decoded, t_s = self._stream.read()
        damaged, self._damaged_seen = self._stream.damaged - self._damaged_seen, self._stream.damaged
        return decoded, t_s, damaged

    def interrupt(self) -> None:
        if self._stream is not None:
            self._stream.interrupt()

    def close(self) -> None:
        stream, self._stream = self._stream, None
        self._waiting = []
        if stream is not None:
            stream.close()


def _filled_in(url: str, name: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None:
            raise InputError(name, f"the environment variable {match[1]} is not set", "Set it, then start again.")
        return found

    return _VARIABLE.sub(value, url)


class _Mjpeg:
    """Pictures of ``multipart/x-mixed-replace`` over HTTP."""

    codec = "mjpeg"
    rate_hz: float | None = None

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        self._user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self._host = parts.hostname or ""
        self._timeout_s = timeout_s
        self._client: Any = None
        self._response: Any = None
        self._chunks: Iterator[bytes] = iter(())
        self._parts: list[bytes] = []
        self._reader = MultipartReader(b"--")
        self._decoder = av.CodecContext.create("mjpeg", "r")
        # Without it damage is painted over with grey, and a tracker would see animals in that.
        self._decoder.options = {"err_detect": "explode"}
        self._decoder.thread_count = 1
        self._undecoded = 0

    @property
    def damaged(self) -> int:
        return self._undecoded + self._reader.oversized

    def open(self) -> None:
        import httpx

        timeout = httpx.Timeout(self._timeout_s, connect=CONNECT_TIMEOUT_S)
        # A camera stands in the lab: the proxy to the internet does not know it.
        self._client = httpx.Client(timeout=timeout, follow_redirects=True, trust_env=False)
        try:
            response = self._client.send(self._client.build_request("GET", self._url), stream=True)
            if response.status_code == 401 and self._user is not None:
                response.close()
                digest = response.headers.get("www-authenticate", "").lower().startswith("digest")
                login = httpx.DigestAuth(*self._user) if digest else httpx.BasicAuth(*self._user)
                response = self._client.send(self._client.build_request("GET", self._url), stream=True, auth=login)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._interrupted(error) from None
        self._response = response
        self._check(response.status_code)
        boundary = boundary_of(response.headers.get("content-type", ""))
        if boundary is None:
            kind = response.headers.get("content-type", "nothing it names").partition(";")[0]
            raise SourceInterrupted(
                f"it sends {kind}, not a stream of pictures (multipart). Check the path in the address",
                REFUSED_RETRY_S,
                refused=True,
            )
        self._reader = MultipartReader(boundary)
        self._chunks = response.iter_raw()

    def _check(self, status: int) -> None:
        if status == 401:
            self._response = None
            what = "user name or password are wrong" if self._user else "it wants a user name and a password"
            raise SourceInterrupted(
                f"{what} (401). Give them with the address: http://USER:PASSWORD@{self._host}/..",
                REFUSED_RETRY_S,
                refused=True,
            )
        if status == 403:
            raise SourceInterrupted("it forbids this user to watch (403)", REFUSED_RETRY_S, refused=True)
        if 400 <= status < 500:
            raise SourceInterrupted(
                f"it does not know this path ({status}). Check the address", REFUSED_RETRY_S, refused=True
            )
        if status != 200:
            raise SourceInterrupted(f"it answers with an error ({status})")

    def read(self) -> tuple[Any, float]:
        """Return (decoded frame, monotonic time of its arrival)."""
        import httpx

        until_s = time.monotonic() + self._timeout_s
        damaged = self.damaged
        while True:
            while self._parts:
                t_s = time.monotonic()
                decoded = self._decode(self._parts.pop(0))
                if decoded is not None:
                    return decoded, t_s
            if time.monotonic() > until_s:
                only = "only damaged pictures came" if self.damaged > damaged else "it stalled: no picture came"
                raise SourceInterrupted(f"{only} for {self._timeout_s:g} s")
            try:
                chunk = next(self._chunks, None)
            except (httpx.HTTPError, httpx.StreamError, OSError) as error:
                raise self._interrupted(error) from None
            if chunk is None:
                raise SourceInterrupted("the camera closed the connection")
            self._parts += self._reader.feed(chunk)

    def heard(self) -> None:
        """Return nothing: these streams hold pictures only."""

    def _decode(self, jpeg: bytes) -> Any:
        try:
            frames = self._decoder.decode(av.Packet(jpeg))
        except (av.error.FFmpegError, ValueError):
            frames = []
        if frames and not frames[0].is_corrupt:
            return frames[0]
        self._undecoded += 1
        return None

    def _interrupted(self, error: BaseException) -> SourceInterrupted:
        import httpx

        causes: list[BaseException] = [error]
        while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
            causes.append(cause)
        if any(isinstance(c, socket.gaierror) for c in causes):
            return SourceInterrupted(f"unknown host '{self._host}'. Check the address and the network")
        if any(isinstance(c, ConnectionRefusedError) for c in causes):
            return SourceInterrupted("the connection is refused (is it switched on, and the port right?)")
        if any(isinstance(c, ssl.SSLError) for c in causes):
            return SourceInterrupted("no secure connection, its certificate is not trusted. Try http://")
        if isinstance(error, httpx.ConnectTimeout):
            return SourceInterrupted(f"it does not answer within {CONNECT_TIMEOUT_S:g} s")
        if isinstance(error, httpx.TimeoutException):
            return SourceInterrupted(f"it stalled: nothing came for {self._timeout_s:g} s")
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            return SourceInterrupted("its address cannot be read. Check it", REFUSED_RETRY_S, refused=True)
        return SourceInterrupted("the connection broke off")

    def interrupt(self) -> None:
        response = self._response
        stream = response.extensions.get("network_stream") if response is not None else None
        wire = stream.get_extra_info("socket") if stream is not None else None
        if wire is not None:
            try:
                wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already, which is what was wanted

    def close(self) -> None:
        response, client = self._response, self._client
        self._response = self._client = None
        if response is not None:
            response.close()
        if client is not None:
            client.close()


class _Libav:
    """Whatever libav reads from the network: RTSP, RTMP, SRT, transport streams."""

    def __init__(self, url: str, timeout_s: float, transport: str) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._since_s = 0.0
        self._transport = transport
        self._container: Any = None
        self._decoded: Iterator[Any] = iter(())
        self.damaged = 0
        self.codec = ""
        self.rate_hz: float | None = None
        self._sound: StreamSound | None = None

    def open(self) -> None:
        options = {"fflags": "nobuffer", "flags": "low_delay", "analyzeduration": "1000000", "probesize": "1000000"}
        if self._url.lower().startswith("rtsp"):
            options |= {"rtsp_transport": self._transport, "timeout": str(int(self._timeout_s * 1e6))}
        try:
            container = av.open(self._url, options=options, timeout=(2 * CONNECT_TIMEOUT_S, self._timeout_s))
        except (av.error.FFmpegError, OSError) as error:
            raise self._interrupted(error) from None
        self._container = container
        if not container.streams.video:
            raise SourceInterrupted("it sends no picture", REFUSED_RETRY_S, refused=True)
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise SourceInterrupted("it sends a format (codec) this program cannot decode", REFUSED_RETRY_S, True)
        # Frame threads would hold back one picture each.
        stream.thread_type = "SLICE"
        stream.codec_context.flags |= av.codec.context.Flags.low_delay
        self.codec = str(stream.codec_context.name)
        rate = stream.average_rate or stream.guessed_rate
        self.rate_hz = float(rate) if rate and 0 < float(rate) <= 1000 else None
        listened = container.streams.audio[:1]
        sound = SoundFormat.of(listened[0]) if listened else None
        self._sound = None if sound is None else StreamSound(sound)
        self._decoded = self._decode(container, stream, listened if sound is not None else ())

    def _decode(self, container: Any, stream: Any, listened: Sequence[Any]) -> Iterator[Any]:
        begun = False
        for packet in container.demux(stream, *listened):
            if not packet.size:
                return
            if packet.stream_index != stream.index:
                assert self._sound is not None
                self._sound.hear(packet)
                if time.monotonic() - self._since_s >= self._timeout_s:
                    raise SourceInterrupted(f"it stalled: only sound came for {self._timeout_s:g} s")
                continue
            try:
                frames = packet.decode()
            except (av.error.InvalidDataError, ValueError):
                frames = []
                # Before the first key picture nothing can be decoded; that is no damage.
                self.damaged += begun
            for frame in frames:
                if frame.is_corrupt:
                    self.damaged += begun
                    continue
                begun = True
                yield frame

    def read(self) -> tuple[Any, float]:
        since_s = self._since_s = time.monotonic()
        try:
            decoded = next(self._decoded, None)
        except (av.error.FFmpegError, OSError) as error:
            raise self._interrupted(error) from None
        if time.monotonic() - since_s >= self._timeout_s:
            # After its time-out libav hands out the picture it held back; that is no sign of life.
            raise SourceInterrupted(f"it stalled: nothing came for {self._timeout_s:g} s")
        if decoded is None:
            raise SourceInterrupted("the camera closed the connection")
        t_s = time.monotonic()
        if self._sound is not None:
            self._sound.see(decoded.time, t_s)
        return decoded, t_s

    def heard(self) -> Sound | None:
        """Return what was heard since it was asked before, None from a camera without a microphone."""
        return None if self._sound is None else self._sound.take()

    def _interrupted(self, error: BaseException) -> SourceInterrupted:
        refused = {av.error.HTTPUnauthorizedError: "user name or password are wrong (401)",
                   av.error.HTTPForbiddenError: "it forbids this user to watch (403)",
                   av.error.HTTPNotFoundError: "it does not know this path (404). Check the address"}  # fmt: skip
        for kind, sentence in refused.items():
            if isinstance(error, kind):
                return SourceInterrupted(sentence, REFUSED_RETRY_S, refused=True)
        host = urlsplit(self._url).hostname or ""
        if isinstance(error, ConnectionRefusedError):
            return SourceInterrupted("the connection is refused (is it switched on, and the port right?)")
        if isinstance(error, av.error.ExitError | TimeoutError):
            return SourceInterrupted(f"it stalled: nothing came for {self._timeout_s:g} s")
        if isinstance(error, av.error.EOFError):
            return SourceInterrupted("the camera closed the connection")
        if not _known(host):
            return SourceInterrupted(f"unknown host '{host}'. Check the address and the network")
        reason = str(getattr(error, "strerror", None) or type(error).__name__).lower()
        return SourceInterrupted(f"the connection broke off ({without_credentials(reason)})")

    def interrupt(self) -> None:
        """Do nothing: libav looks at its own time-out, which is short."""

    def close(self) -> None:
        container, self._container = self._container, None
        self._decoded = iter(())
        if container is not None:
            container.close()


def _known(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
