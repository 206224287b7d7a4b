"""A camera for tests, in its own process: serves a clip over RTSP in a loop, and misbehaves when told to on stdin.

Commands, one a line, each answered by `done COMMAND`: `stall` (keep connections, send nothing), `resume`, `drop` (close
every connection), `down` (that, and refuse new ones), `up`, `lose N` (leave N pictures out), `quit`.
Prints `ready PORT` once it can be reached at rtsp://127.0.0.1:PORT/live.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from dataclasses import dataclass

import av
import gi
from av.bitstream import BitStreamFilterContext

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions first

PAYLOADS = {
    "h264": ("h264_mp4toannexb", "video/x-h264,stream-format=byte-stream,alignment=au", "h264parse ! rtph264pay"),
    "hevc": ("hevc_mp4toannexb", "video/x-h265,stream-format=byte-stream,alignment=au", "h265parse ! rtph265pay"),
    "mjpeg": ("null", "image/jpeg,framerate=25/1", "jpegparse ! rtpjpegpay"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture: its bytes, when it is due and shown in ns from the clip's start."""

    octets: bytes
    due_ns: int
    pts_ns: int
    key: bool


def load(path: str) -> tuple[str, list[Picture], int]:
    """Return codec name, coded pictures in sending order, and the clip's length in ns."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context.name
        unpack = BitStreamFilterContext(PAYLOADS[codec][0], stream)
        pictures: list[Picture] = []
        first: int | None = None
        tick_ns = float(stream.time_base or 0) * 1e9
        for packet in container.demux(stream):
            for part in unpack.filter(packet if packet.size else None):
                if part.dts is None or part.pts is None:
                    continue
                first = part.dts if first is None else first
                due_ns, pts_ns = round((part.dts - first) * tick_ns), round((part.pts - first) * tick_ns)
                pictures.append(Picture(bytes(part), due_ns, pts_ns, part.is_keyframe))
    step_ns = pictures[1].due_ns - pictures[0].due_ns if len(pictures) > 1 else 40_000_000
    return codec, pictures, pictures[-1].due_ns + step_ns


class Camera:
    """The encoder's side: feeds each media that a client opens, in real time."""

    def __init__(self, clip: str, start_at: int) -> None:
        self.codec, self._pictures, self._length_ns = load(clip)
        self._start_at = start_at
        self.stalled = threading.Event()
        self.to_lose = 0

    def launch(self) -> str:
        """Return the factory's launch text."""
        _, caps, payload = PAYLOADS[self.codec]
        return f"( appsrc name=feed is-live=true format=time caps={caps} ! {payload} name=pay0 pt=96 )"

    def configure(self, _factory: object, media: GstRtspServer.RTSPMedia) -> None:
        """Start to feed a media that has just been made."""
        feed = media.get_element().get_by_name_recurse_up("feed")
        threading.Thread(target=self._push, args=(feed,), daemon=True).start()

    def _push(self, feed: Gst.Element) -> None:
        began = time.monotonic_ns()
        loop_ns, index = 0, self._start_at
        skipped_ns = self._pictures[index].due_ns
        while True:
            picture = self._pictures[index]
            wait_ns = began + loop_ns + picture.due_ns - skipped_ns - time.monotonic_ns()
            if wait_ns > 0:
                time.sleep(wait_ns / 1e9)
            while self.stalled.is_set():
                time.sleep(0.02)
                began += 20_000_000
            if self.to_lose and not picture.key:
                self.to_lose -= 1
            else:
                buffer = Gst.Buffer.new_wrapped(picture.octets)
                buffer.pts = max(loop_ns + picture.pts_ns - skipped_ns, 0)
                buffer.dts = max(loop_ns + picture.due_ns - skipped_ns, 0)
                if feed.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                    return
            index += 1
            if index == len(self._pictures):
                index, loop_ns = 0, loop_ns + self._length_ns


class Door:
    """The network's side: lets clients in, or not."""

    def __init__(self, camera: Camera, port: int, login: str) -> None:
        self._camera = camera
        self._server = GstRtspServer.RTSPServer()
        self._server.set_address("127.0.0.1")
        self._server.set_service(str(port))
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(camera.launch())
        factory.set_shared(True)
        factory.connect("media-configure", camera.configure)
        if login:
            self._guard(factory, login)
        self._server.get_mount_points().add_factory("/live", factory)
        self._attached = self._server.attach(None)
        self.port = self._server.get_bound_port()

    def _guard(self, factory: GstRtspServer.RTSPMediaFactory, login: str) -> None:
        user, _, password = login.partition(":")
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        self._server.set_auth(auth)
        rights = Gst.Structure.new_from_string("viewer,media.factory.access=true,media.factory.construct=true")
        factory.add_role_from_structure(rights)

    def obey(self, command: str) -> bool:
        """Do what a line on stdin says; returns False so that GLib calls it once."""
        word, _, number = command.partition(" ")
        if word == "stall":
            self._camera.stalled.set()
        elif word == "resume":
            self._camera.stalled.clear()
        elif word == "lose":
            self._camera.to_lose = int(number)
        elif word in {"drop", "down"}:
            if word == "down" and self._attached:
                GLib.Source.remove(self._attached)
                self._attached = 0
            self._server.client_filter(lambda _server, _client: GstRtspServer.RTSPFilterResult.REMOVE)
        elif word == "up" and not self._attached:
            self._attached = self._server.attach(None)
        print(f"done {command}", flush=True)  # noqa: T201 - the answer on the pipe
        return False


def main() -> None:
    """Serve until stdin ends or says quit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--login", default="", help="user:password that clients must give")
    parser.add_argument(
        "--start-at", type=int, default=0, help="first coded picture sent: not a key frame, to test the wait"
    )
    args = parser.parse_args()
    Gst.init(None)
    door = Door(Camera(args.clip, args.start_at), args.port, args.login)
    loop = GLib.MainLoop()
    threading.Thread(target=loop.run, daemon=True).start()
    print(f"ready {door.port}", flush=True)  # noqa: T201 - as above
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        GLib.idle_add(door.obey, line.strip())


if __name__ == "__main__":
    main()
