from __future__ import annotations

import os
from pathlib import Path

from tonearm.cli.source import Kind, find


def names(folder: Path, *arguments: str) -> list[str]:
    return [os.path.relpath(source.name, folder) for source in find(arguments or [str(folder)]).sources]


def filled(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    return path


def test_a_folder_means_the_audio_files_below_it_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.mp3", "a.FLAC", "c/x.ogg", "c/b/y.m4a", "d.wav", "cover.jpg", "c/list.m3u", "no_extension"):
        filled(tmp_path / name)
    assert names(tmp_path) == ["a.FLAC", "b.mp3", "c/b/y.m4a", "c/x.ogg", "d.wav"]


def test_resources_of_macos_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    named = filled(tmp_path / "._resource.mp3")
    assert names(tmp_path) == []
    assert find([str(tmp_path)]).left_out == {"hidden": 1}
    assert names(tmp_path, str(named)) == ["._resource.mp3"]


def test_a_dot_in_front_hides_no_album(tmp_path: Path) -> None:
    filled(tmp_path / "...And Justice for All" / "one.mp3")
    filled(tmp_path / ".38 Special" / "two.mp3")
    assert names(tmp_path) == ["...And Justice for All/one.mp3", ".38 Special/two.mp3"]


def test_a_file_that_is_named_is_tried_whatever_it_is_called(tmp_path: Path) -> None:
    filled(tmp_path / "sound.bin")
    assert names(tmp_path, str(tmp_path / "sound.bin")) == ["sound.bin"]


def test_what_is_left_out_of_a_folder_is_counted_by_its_extension(tmp_path: Path) -> None:
    for name in (
        "a.mp3",
        "a.jpg",
        "B/b.JPG",
        "B/.c.jpg",
        "B/log",
        "B/.hidden",
        "B/no. extension, that is",
        "B/._a.mp3",
    ):
        filled(tmp_path / name)
    cue = str(filled(tmp_path / "a.cue"))
    left_out = {".jpg": 3, "without an extension": 3, "hidden": 1}
    assert find([str(tmp_path)]).left_out == {**left_out, ".cue": 1}
    # What is in two folders that are named is one file, and what is named itself is not left out.
    assert find([cue, str(tmp_path), str(tmp_path / "B")]).left_out == left_out


def test_what_is_meant_twice_is_analysed_once(tmp_path: Path) -> None:
    first = str(filled(tmp_path / "a.mp3"))
    assert [source.name for source in find([first, str(tmp_path), first, "-", "-"]).sources] == [first, "-"]


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    filled(tmp_path / "disc" / "a.mp3")
    filled(tmp_path / "elsewhere" / "b.mp3")
    (tmp_path / "disc" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "disc" / "loop").symlink_to(tmp_path / "disc")
    (tmp_path / "disc" / "self").symlink_to("self")
    assert names(tmp_path, str(tmp_path / "disc")) == ["disc/a.mp3", "disc/linked/b.mp3"]


def test_what_cannot_be_read_is_among_the_sources_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "dangling.mp3").symlink_to("nowhere.mp3")
    (tmp_path / "circular.mp3").symlink_to("circular.mp3")
    (tmp_path / "empty.mp3").touch()
    problems = {
        Path(source.name).name: source.problem
        for source in find([str(tmp_path), str(tmp_path / "missing.mp3")]).sources
    }
    assert problems == {
        "circular.mp3": "Too many levels of symbolic links.",
        "dangling.mp3": "No such file or directory.",
        "empty.mp3": "The file is empty.",
        "missing.mp3": "No such file or directory.",
    }


def test_pipes_in_a_folder_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    assert names(tmp_path) == []
    assert find([str(tmp_path)]).left_out == {"no regular file": 1}


def test_names_are_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff new\nline.mp3")
    filled(Path(name))
    assert [source.name for source in find([str(tmp_path)]).sources] == [name]


def test_addresses_and_standard_input_are_no_files() -> None:
    kinds = {source.name: source.kind for source in find(["HTTPS://example.com/a.mp3", "http://[::1]/b", "-"]).sources}
    assert kinds == {"HTTPS://example.com/a.mp3": Kind.URL, "http://[::1]/b": Kind.URL, "-": Kind.STDIN}
