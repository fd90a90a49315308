"""However much is wrong with a file, what is told of it stays short: it is one event."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tonearm.audio.findings import Findings

FLOODS: dict[str, Callable[[Findings, int], None]] = {
    "holes": lambda findings, number: findings.hole(2.0 * number, 2.0 * number + 1),
    "cancelled": lambda findings, number: findings.cancelled(2.0 * number, 2.0 * number + 1),
    "changes": lambda findings, number: findings.changed(float(number), "mono", "stereo"),
    "tracks of links": lambda findings, number: findings.several(number, "track 1 (opus)"),
    "undecodable links": lambda findings, number: findings.undecodable(str(number)),
}


@pytest.mark.release
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_told_in_a_few_warnings(flood: str) -> None:
    findings = Findings()
    for number in range(100_000):
        FLOODS[flood](findings, number)
    findings.ended(1.0, 2.0)
    findings.unfinished()
    assert 20 <= len(findings.warnings) <= 25
    assert [warning.code for warning in findings.warnings[-2:]] == ["truncated", "truncated"]


def test_the_same_of_each_link_is_told_once() -> None:
    findings = Findings()
    for _ in range(100):
        findings.several(2, "track 1 (opus)")
    assert len(findings.warnings) == 1
