from __future__ import annotations

from pathlib import Path

from bench.accuracy.recordings import read


def lay_out(folder: Path, kind: str, table: str, names: tuple[str, ...]) -> Path:
    (folder / kind).mkdir(parents=True)
    (folder / kind / f"{kind}.csv").write_text(table)
    for name in names:
        (folder / kind / name).touch()
    return folder


def test_labels_and_beats_are_read(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        "tempo",
        "file,bpm,kind\na.ogg,120,song\nb.mp3,90.5,drum-track\ngone.mp3,100,song\n",
        ("a.ogg", "b.mp3"),
    )
    (tmp_path / "tempo" / "beats").mkdir()
    (tmp_path / "tempo" / "beats" / "a.beats").write_text("0.5\t4\n1.0\t1\n1.5 2\n")
    lay_out(tmp_path, "key", "file,key,kind\nc.flac,F# minor,rendered score\nd.wav,C major,high\n", ("c.flac", "d.wav"))
    lay_out(tmp_path, "voice", "file,label\ne.ogg,speech\nf.ogg,vocal_music\n", ("e.ogg", "f.ogg"))
    found = {recording.path.name: recording for recording in read([tmp_path])}
    assert set(found) == {"a.ogg", "b.mp3", "c.flac", "d.wav", "e.ogg"}
    assert (found["a.ogg"].set, found["a.ogg"].tempo) == ("songs", 120)
    assert (found["a.ogg"].beats, found["a.ogg"].downbeats) == ((0.5, 1.0, 1.5), (1.0,))
    assert (found["b.mp3"].set, found["b.mp3"].beats) == ("drum tracks", ())
    assert (found["c.flac"].set, found["c.flac"].key) == ("rendered scores", "F# minor")
    assert found["d.wav"].set == "recordings"
    assert (found["e.ogg"].set, found["e.ogg"].key, found["e.ogg"].tempo) == ("speech", None, None)


def test_beats_may_lack_their_place(tmp_path: Path) -> None:
    lay_out(tmp_path, "tempo", "file,bpm,kind\na.ogg,120,song\n", ("a.ogg",))
    (tmp_path / "tempo" / "beats").mkdir()
    (tmp_path / "tempo" / "beats" / "a.beats").write_text("0.5\n1.0\n")
    (found,) = read([tmp_path])
    assert (found.beats, found.downbeats) == ((0.5, 1.0), ())


def test_one_recording_in_two_folders_counts_once(tmp_path: Path) -> None:
    one = lay_out(tmp_path / "one", "key", "file,key,kind\na.flac,C major,high\n", ("a.flac",))
    two = lay_out(tmp_path / "two", "key", "file,key,kind\na.wav,C major,high\n", ("a.wav",))
    assert [recording.path.suffix for recording in read([one, two, tmp_path / "absent"])] == [".flac"]


def test_what_a_network_was_trained_on_is_left_out(tmp_path: Path) -> None:
    name = "winterreise_01.ogg"
    assert read([lay_out(tmp_path, "key", f"file,key,kind\n{name},D minor,rendered score\n", (name,))]) == []
