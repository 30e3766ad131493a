"""An RTSP camera from GStreamer's server, for the system's Python: ``python3 rtsp_camera.py [PORT [RATE]]``.

Prints its port. "stall" on its standard input halts the pictures with the connection open, "ok" lets
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
stalled = threading.Event()


def configure(_factory, media):
    gate = media.get_element().get_by_name("gate")
    pad = gate.get_static_pad("src")
    pad.add_probe(
        Gst.PadProbeType.BUFFER,
        lambda *_: Gst.PadProbeReturn.DROP if stalled.is_set() else Gst.PadProbeReturn.OK,
    )


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
