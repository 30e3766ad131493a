"""A network camera made of our simulated scene: MJPEG over HTTP, which breaks as it is told to.

Runs as a program of its own: ``python mjpeg_camera.py [PORT]`` prints its port, then obeys one command
per line on its standard input and answers each with "ok":

    ok | stall | close | truncate | garble | drip | refuse 401 | refuse 404 | refuse 503 | html
    size W H | rate HZ | no-length | user NAME:PASSWORD
"""

from __future__ import annotations

import base64
import random
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

PICTURES = 60


class Orders:
    """What the camera was told."""

    mode = "ok"
    status = 0
    rate_hz = 30.0
    length = True
    user = ""
    jpegs: list[bytes] = []  # noqa: RUF012 - replaced as a whole
    open_now: set[socket.socket] = set()  # noqa: RUF012 - one camera per process


def draw(width: int, height: int) -> None:
    arena = Arena(ArenaScene(animals=2, duration_s=PICTURES / 30, width_px=width, height_px=height, seed=3))
    Orders.jpegs = [cv2.imencode(".jpg", arena.picture(number))[1].tobytes() for number in range(PICTURES)]


class Camera(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        login = "Basic " + base64.b64encode(Orders.user.encode()).decode()
        status = 401 if Orders.user and self.headers.get("Authorization") != login else Orders.status
        if status:
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        if Orders.mode == "html":
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>log in</html>")
            return
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--frame")
        self.end_headers()
        Orders.open_now.add(self.connection)
        try:
            self._stream()
        except OSError:
            return  # whoever watched has left
        finally:
            Orders.open_now.discard(self.connection)

    def _stream(self) -> None:
        chance = random.Random(5)
        number = 0
        due_s = time.monotonic()
        while True:
            jpegs = Orders.jpegs
            jpeg = jpegs[number % len(jpegs)]
            number += 1
            mode = Orders.mode
            if mode == "stall":
                while Orders.mode == "stall":
                    time.sleep(0.02)
                due_s = time.monotonic()
            if mode == "garble" and chance.random() < 0.05:
                jpeg = bytes(jpeg[:200]) + chance.randbytes(len(jpeg) - 200)
            elif mode == "truncate" and chance.random() < 0.05:
                jpeg = jpeg[: len(jpeg) // 2]
            elif mode == "garbage":
                jpeg = chance.randbytes(5000)
            length = f"Content-Length: {len(jpeg)}\r\n" if Orders.length else ""
            head = f"--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode()
            if mode == "close":
                self.wfile.write(head + jpeg[: len(jpeg) // 3])
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                Orders.mode = "ok"
                return
            self.wfile.write(head + jpeg + b"\r\n")
            self.wfile.flush()
            due_s += 1 / Orders.rate_hz
            time.sleep(max(0.0, due_s - time.monotonic()))


def obey(words: list[str]) -> None:
    if words[0] == "refuse":
        Orders.status = int(words[1])
        for connection in list(Orders.open_now):
            connection.shutdown(socket.SHUT_RDWR)
    elif words[0] == "size":
        draw(int(words[1]), int(words[2]))
    elif words[0] == "rate":
        Orders.rate_hz = float(words[1])
    elif words[0] == "no-length":
        Orders.length = False
    elif words[0] == "user":
        Orders.user = words[1]
    else:
        Orders.mode, Orders.status = words[0], 0


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    draw(320, 240)
    ThreadingHTTPServer.allow_reuse_address = True
    server = ThreadingHTTPServer(("127.0.0.1", port), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for line in sys.stdin:
        obey(line.split())
        print("ok", flush=True)


if __name__ == "__main__":
    main()
