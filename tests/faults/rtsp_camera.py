"""An RTSP camera from GStreamer's server, for the system's Python: ``python3 rtsp_camera.py PORT``.

``/cam`` shows a ball. ``/pcmu``, ``/aac`` and ``/opus`` are dark but for a flash each second, with which a click is
heard. Prints its port. "stall" on its standard input halts the pictures with the connection open, "ok" lets
them run again. Killed, it is gone as a camera without power is.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LAUNCH = (
    "( videotestsrc is-live=true pattern=ball name=camera ! video/x-raw,width=320,height=240,framerate=25/1 "
    "! identity name=gate ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=12 bitrate=500 "
    "! rtph264pay name=pay0 pt=96 config-interval=1 )"
)
FLASHES = (
    "( videotestsrc is-live=true pattern=black name=camera ! video/x-raw,format=I420,width=320,height=240,"
    "framerate=25/1 ! identity name=gate ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=12 bitrate=500 "
    "! rtph264pay name=pay0 pt=96 config-interval=1 "
    "audiotestsrc is-live=true wave=ticks samplesperbuffer=160 ! audio/x-raw,rate=%d,channels=1 ! %s name=pay1 )"
)
SOUNDS = {
    "pcmu": (8000, "mulawenc ! rtppcmupay"),
    "aac": (48000, "audioconvert ! voaacenc ! rtpmp4gpay"),
    "opus": (48000, "audioconvert ! opusenc ! rtpopuspay"),
}
BLACK, WHITE = 2, 3
stalled = threading.Event()


def configure(_factory, media):
    gate = media.get_element().get_by_name("gate")
    pad = gate.get_static_pad("src")
    pad.add_probe(
        Gst.PadProbeType.BUFFER,
        lambda *_: Gst.PadProbeReturn.DROP if stalled.is_set() else Gst.PadProbeReturn.OK,
    )


def flash(pad, info):
    next_one = info.get_buffer().pts + Gst.SECOND // 25
    is_flash = next_one % Gst.SECOND < Gst.SECOND // 25
    pad.get_parent_element().set_property("pattern", WHITE if is_flash else BLACK)
    return Gst.PadProbeReturn.DROP if stalled.is_set() else Gst.PadProbeReturn.OK


def configure_flashes(_factory, media):
    media.get_element().get_by_name("camera").get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, flash)


def main():
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1] if len(sys.argv) > 1 else "0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(LAUNCH)
    factory.set_shared(True)
    factory.connect("media-configure", configure)
    server.get_mount_points().add_factory("/cam", factory)
    for name, sound in SOUNDS.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(FLASHES % sound)
        factory.connect("media-configure", configure_flashes)
        server.get_mount_points().add_factory(f"/{name}", factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    print(server.get_bound_port(), flush=True)
    threading.Thread(target=obey, daemon=True).start()
    GLib.MainLoop().run()


def obey():
    for line in sys.stdin:
        if line.strip() == "stall":
            stalled.set()
        else:
            stalled.clear()
        print("ok", flush=True)


if __name__ == "__main__":
    main()
