"""What the documents suppose: a track, a folder of music, a server, and an address to fetch a track from."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av

from tests.support.http import Server
from tests.support.web import Web
from tonearm.sample import sample_track


@dataclass(frozen=True)
class World:
    root: Path
    server: Server
    web: Web

    @classmethod
    @contextmanager
    def made(cls, root: Path) -> Iterator[World]:
        """The synthesised track stands for the reader's own."""
        track = mp3(sample_track(20))
        (root / "fresh" / "music").mkdir(parents=True)
        (root / "home").mkdir()
        # On a terminal curl shows no progress; here its output goes elsewhere, and it would.
        (root / "home" / ".curlrc").write_text("no-progress-meter\n")
        (root / "fresh" / "track.mp3").write_bytes(track)
        (root / "fresh" / "cover.jpg").write_bytes(b"\xff\xd8\xff\xe0 no sound")
        for name in ("one.mp3", "two.mp3"):
            (root / "fresh" / "music" / name).write_bytes(mp3(sample_track(8)))
        with (
            Web.started({"/track.mp3": track, "/track.wav": track}) as web,
            Server.started(TONEARM_WORKERS="2", TONEARM_FETCH_ALLOW="127.0.0.0/8", TONEARM_LOG_FORMAT="json") as server,
        ):
            yield cls(root, server, web)

    def folder(self, page: str) -> Path:
        """Of one page: what a block writes, later ones of the page find."""
        folder = self.root / page
        if not folder.exists():
            shutil.copytree(self.root / "fresh", folder)
        return folder

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TONEARM_", "PYTEST_"))}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.root / "home"),
            "TONEARM_MODELS_DIR": str(self.root / "home" / "models"),
            "TONEARM_PULL_NETWORKS": "off",
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "TERM": "dumb",
        }

    def here(self, text: str) -> str:
        """With the addresses of this world for those of the documents."""
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.server.port}").replace(
            "https://example.com/", self.web.url("/")
        )

    def there(self, text: str) -> str:
        """The other way around, and without what `tonearm doctor` notes about a machine that is slow at the moment."""
        text = re.sub(r"note   (a worker is ready in \S+ s) \(slower than usual.*\)", r"ok     \1", text)
        return text.replace(f"127.0.0.1:{self.server.port}", "127.0.0.1:8000").replace(
            self.web.url("/"), "https://example.com/"
        )


def mp3(wav: bytes) -> bytes:
    file = io.BytesIO()
    with av.open(io.BytesIO(wav), "r") as source, av.open(file, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=44_100)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.bit_rate = 128_000
        convert = av.AudioResampler("fltp", "stereo", 44_100, 1152)
        frames = [made for frame in source.decode(audio=0) for made in convert.resample(frame)]
        for frame in [*frames, *convert.resample(None)]:
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return file.getvalue()
