from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyebur128
import pytest
from numpy.typing import NDArray

from tests.support import shared
from tests.support.decoded import result
from tests.support.filter import run
from tests.support.sounds import SOUNDS, wav
from tonearm.audio.decode import Decoder
from tonearm.protocol.caps import Caps
from tonearm.sample import sample_track

ROWS = shared.table("loudness")


@shared.needed
@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_conformance_files_are_within_their_tolerance(row: dict[str, str]) -> None:
    """EBU Tech 3341 and 3342, ITU-R BS.2217: what each file says it is."""
    results = run(Path(row["path"]).read_bytes(), "loudness_ebur128,loudness_ebur128:2").results
    one, two = results["loudness_ebur128:1"], results["loudness_ebur128:2"]
    checked = 0
    if row["integrated_lufs"]:
        expected, tolerance = float(row["integrated_lufs"]), float(row["tol_i"])
        if math.isinf(expected):
            assert one["integratedLoudness"] == [-70.0]
            assert two["integrated_lufs"] is None
            assert "silence" in two["reasons"]["integrated_lufs"]
        else:
            assert one["integratedLoudness"][0] == pytest.approx(expected, abs=tolerance)
            assert two["integrated_lufs"] == pytest.approx(expected, abs=tolerance)
        checked += 1
    if row["lra_lu"]:
        assert one["loudnessRange"][0] == pytest.approx(float(row["lra_lu"]), abs=float(row["tol_lra"]))
        assert two["range_lu"] == pytest.approx(float(row["lra_lu"]), abs=float(row["tol_lra"]))
        checked += 1
    if row["true_peak_dbtp"]:
        above, below = (float(part) for part in row["tol_tp"].split("/"))
        assert float(row["true_peak_dbtp"]) + below <= two["true_peak_dbtp"] <= float(row["true_peak_dbtp"]) + above
        checked += 1
    for column, key in (("momentary_max", "momentary_max_lufs"), ("shortterm_max", "short_term_max_lufs")):
        if row[column]:
            assert two[key] == pytest.approx(float(row[column]), abs=0.1)
    assert checked


@pytest.mark.release
@shared.needed
def test_recordings_agree_with_libebur128(record_property: Callable[[str, object], None]) -> None:
    differences = []
    for path in shared.recordings():
        data = path.read_bytes()
        decoder = Decoder(io.BytesIO(data).read, Caps())
        decoder.recognise()
        state = None
        for block in decoder.blocks():
            mode = pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_LRA
            state = state or pyebur128.R128State(len(block), decoder.format.rate, mode)
            state.add_frames(np.ascontiguousarray(block.T).ravel(), block.shape[1])
        two = run(data, "loudness_ebur128:2").results["loudness_ebur128:2"]
        integrated = pyebur128.get_loudness_global(state)
        assert two["integrated_lufs"] == pytest.approx(integrated, abs=0.02), path.name
        if two["range_lu"] is not None:
            differences.append(abs(two["range_lu"] - pyebur128.get_loudness_range(state)))
            assert differences[-1] < 0.2, path.name
    assert len(differences) > 50
    record_property("loudness range, largest difference from libebur128", f"{max(differences):.3f} LU")


def samples(data: bytes) -> NDArray[np.float32]:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    return np.concatenate([block.copy() for block in decoder.blocks()], axis=1)


@pytest.mark.parametrize("seconds", [3.05, 14.3, 20.0])
def test_curves_equal_libebur128(seconds: float) -> None:
    data = sample_track(seconds)
    sound, step = samples(data), 4410
    state = pyebur128.R128State(2, 44_100, pyebur128.MeasurementMode.MODE_S)
    momentary, short_term = [], []
    for start in range(0, sound.shape[1] - step + 1, step):
        state.add_frames(sound[:, start : start + step].T.ravel(), step)
        momentary.append(pyebur128.get_loudness_momentary(state))
        short_term.append(pyebur128.get_loudness_shortterm(state))
    ours = result(data, "loudness_ebur128")
    np.testing.assert_allclose(ours["momentaryLoudness"][0], momentary[3:], atol=0.001)
    np.testing.assert_allclose(ours["shortTermLoudness"][0], short_term[29:], atol=0.001)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0, 3.0, 14.3])
def test_curves_have_as_many_values_as_essentias(seconds: float) -> None:
    """Its values are not the authority: its K-weighting is up to 0.4 LU off in the bass (MTG/essentia#1177)."""
    import essentia.standard as es

    data = sample_track(seconds)
    momentary, short_term, integrated, _ = es.LoudnessEBUR128()(np.ascontiguousarray(samples(data).T))
    ours = run(data, "loudness_ebur128").results["loudness_ebur128:1"]
    np.testing.assert_allclose(ours["momentaryLoudness"][0], momentary, atol=0.4)
    np.testing.assert_allclose(ours["shortTermLoudness"][0], short_term, atol=0.4)
    assert ours["integratedLoudness"][0] == pytest.approx(integrated, abs=0.4)


def test_digital_silence_in_version_1_is_what_essentia_says() -> None:
    ours = run(SOUNDS["silence"], "loudness_ebur128").results["loudness_ebur128:1"]
    assert ours["integratedLoudness"] == [-70.0]
    assert ours["loudnessRange"] == [0.0]
    np.testing.assert_allclose(ours["momentaryLoudness"][0], -300.691, atol=1e-3)


def test_digital_silence_in_version_2_is_null_with_reasons() -> None:
    ours = run(SOUNDS["silence"], "loudness_ebur128:2(curves=true)").results["loudness_ebur128:2"]
    names = ["integrated_lufs", "range_lu", "momentary_max_lufs", "short_term_max_lufs"]
    names += ["sample_peak_dbfs", "true_peak_dbtp"]
    assert [ours[name] for name in names] == [None] * 6
    assert sorted(ours["reasons"]) == sorted(names)
    assert set(ours["momentary_lufs"]) == {None}


def test_a_short_sound_in_version_2_is_null_where_a_block_is_missing() -> None:
    ours = run(SOUNDS["0.1 s"], "loudness_ebur128:2").results["loudness_ebur128:2"]
    assert ours["integrated_lufs"] is None
    assert "shorter than one block of 0.4 s" in ours["reasons"]["integrated_lufs"]
    assert ours["true_peak_dbtp"] is not None


def test_curves_are_given_only_if_asked_for() -> None:
    plain = run(SOUNDS["music"], "loudness_ebur128:2").results["loudness_ebur128:2"]
    asked = run(SOUNDS["music"], "loudness_ebur128:2(curves=true)").results["loudness_ebur128:2"]
    assert plain["momentary_lufs"] is None
    assert plain["short_term_lufs"] is None
    assert (len(asked["momentary_lufs"]), len(asked["short_term_lufs"])) == (117, 91)
    assert max(asked["momentary_lufs"]) == pytest.approx(asked["momentary_max_lufs"])
    assert {**asked, "momentary_lufs": None, "short_term_lufs": None} == plain


def test_peaks_are_told_by_channel() -> None:
    sound = np.zeros((6, 44_100))
    sound[3, 100], sound[4, 200] = 0.5, -0.25
    ours = run(wav(sound), "loudness_ebur128:2").results["loudness_ebur128:2"]
    by_channel = {channel["channel"]: channel["sample_peak_dbfs"] for channel in ours["channels"]}
    assert list(by_channel) == ["FL", "FR", "FC", "LFE", "BL", "BR"]
    assert by_channel["LFE"] == pytest.approx(-6.02, abs=0.01)
    assert by_channel["BL"] == pytest.approx(-12.04, abs=0.01)
    assert by_channel["FL"] is None
    assert ours["sample_peak_dbfs"] == by_channel["LFE"]


def test_a_mono_file_is_one_channel() -> None:
    """The same signal in two channels is 3 dB louder than in one."""
    mono = run(SOUNDS["mono"], "loudness_ebur128").results["loudness_ebur128:1"]
    stereo = run(wav(np.repeat(samples(SOUNDS["mono"]), 2, axis=0)), "loudness_ebur128").results["loudness_ebur128:1"]
    assert stereo["integratedLoudness"][0] - mono["integratedLoudness"][0] == pytest.approx(3.01, abs=0.01)
