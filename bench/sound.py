"""What is measured with: a labelled recording where it is there, else synthesised music, as MP3."""

from __future__ import annotations

import io
from pathlib import Path

import av

from tonearm.sample import sample_track

SONG = Path(__file__).parents[2] / "shared" / "audio" / "song" / "song-5min.mp3"


SONG_IN_WORDS = "a labelled MP3 of 339 s" if SONG.exists() else "a synthesised MP3 of 339 s"


def song() -> bytes:
    return SONG.read_bytes() if SONG.exists() else mp3(339)


def mp3(seconds: float) -> bytes:
    """Music of about this length at 128 kbit/s: one minute, over and over, so an hour is made in a second."""
    minute = _encoded(min(60.0, seconds))
    return minute * max(1, round(seconds / 60))


def _encoded(seconds: float) -> bytes:
    file = io.BytesIO()
    source = av.open(io.BytesIO(sample_track(seconds)), "r")
    # Without the tag that says how many frames follow, more of them may.
    with av.open(file, "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=44_100)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.bit_rate = 128_000
        for frame in source.decode(audio=0):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
