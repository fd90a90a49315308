"""Figures of sections that are known by hand."""

from __future__ import annotations

import pytest

pytest.importorskip("mir_eval")

from bench.structure.form import Section, joined
from bench.structure.scores import borders_f, drops_f, labels_f

TRUE = [Section(0, 10, "A"), Section(10, 20, "B"), Section(20, 30, "A")]


def test_borders() -> None:
    found = [Section(0, 11, "A"), Section(11, 20, "B"), Section(20, 30, "C")]
    assert borders_f(TRUE, found, 0.5) == pytest.approx(0.5)
    assert borders_f(TRUE, found, 3) == 1
    assert borders_f(TRUE, [Section(0, 30, "A")], 3) == 0


def test_labels() -> None:
    assert labels_f(TRUE, [Section(0, 10, "x"), Section(10, 20, "y"), Section(20, 30, "x")]) == 1
    assert labels_f(TRUE, [Section(0, 30, "x")]) < 1


def test_drops_and_neighbours() -> None:
    assert drops_f([10, 20], [10.3, 50]) == 0.5
    assert drops_f([], []) == 1
    assert joined([Section(0, 1, "A"), Section(1, 2, "A")]) == (Section(0, 2, "A"),)
