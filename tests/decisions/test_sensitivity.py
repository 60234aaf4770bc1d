"""Known answers: linear models, the Ishigami function, boxes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from decisions.synthetic import Floats

from sencosim.decisions.designs import latin_hypercube, morris_trajectories, saltelli, uniform_range
from sencosim.decisions.resampling import keyed_normals
from sencosim.decisions.sensitivity import morris, sobol, sobol_convergence, tornado
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution, Spike

pytestmark = pytest.mark.unit

CUBE = {name: uniform_range(-np.pi, np.pi) for name in ("x1", "x2", "x3")}


def ishigami(points: Floats) -> Floats:
    """Ishigami and Homma (1990) with a = 7, b = 0.1."""
    x1, x2, x3 = points.T
    result: Floats = np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    return result


def test_sobol_finds_the_closed_form_of_ishigami() -> None:
    design = saltelli(CUBE, 1024, 1)
    table = sobol(design, ishigami(design.points.to_numpy()), 1).set_index("input")
    v1, v2, v13 = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 49 / 8, 8 * 0.01 * np.pi**8 / 225
    total = v1 + v2 + v13
    expected = {"x1": (v1, v1 + v13), "x2": (v2, v2), "x3": (0.0, v13)}
    for name, (first, whole) in expected.items():
        assert table.loc[name, "first_order"] == pytest.approx(first / total, abs=0.03)
        assert table.loc[name, "total"] == pytest.approx(whole / total, abs=0.03)
    assert table["n_runs"].unique().tolist() == [1024 * 5]


def test_sobol_converges_over_growing_parts_and_shows_negative_estimates() -> None:
    design = saltelli(CUBE, 128, 1)
    table = sobol_convergence(design, ishigami(design.points.to_numpy()), 1, 16)
    assert sorted(table["n_base"].unique()) == [16, 32, 64, 128]
    widths = table[table["input"] == "x2"].sort_values("n_base")["total_half_width"].to_numpy()
    assert widths[-1] < widths[0]
    negative = table[(table["first_order"] < 0.0) | (table["total"] < 0.0)]
    assert len(negative) > 0
    assert negative["caution"].str.startswith("negative by chance").all()


def test_morris_orders_a_linear_model_and_finds_no_interaction() -> None:
    design = morris_trajectories({name: uniform_range(0.0, 1.0) for name in "abc"}, 12, 1)
    y = design.cube @ np.array([1.0, -4.0, 2.0])
    table = morris(design, y, 1)
    assert table["input"].tolist() == ["b", "c", "a"]
    np.testing.assert_allclose(table["mu"], [-4.0, 2.0, 1.0])
    np.testing.assert_allclose(table["sigma"], 0.0, atol=1e-9)


def test_designs_are_not_mistaken_for_each_other() -> None:
    design = latin_hypercube(CUBE, 64, 1)
    y = ishigami(design.points.to_numpy())
    with pytest.raises(InputError, match="needs a saltelli design; the runs are a latin_hypercube"):
        sobol(design, y, 1)
    with pytest.raises(InputError, match="needs a morris design"):
        morris(design, y, 1)
    right = saltelli(CUBE, 4, 1)
    with pytest.raises(InputError, match="20 points and there are 19 outcomes"):
        sobol(right, np.zeros(19), 1)
    with pytest.raises(InputError, match="no variance"):
        sobol(right, np.zeros(20), 1)
    with pytest.raises(InputError, match="not finite"):
        sobol(right, np.full(20, np.nan), 1)


def test_tornado_of_a_linear_model() -> None:
    space = {
        "wide": uniform_range(0.0, 10.0),
        "narrow": uniform_range(0.0, 1.0),
        "spiked": Distribution(family="uniform", min=0, max=2, spike=Spike(at=1, mass=0.5)),
    }
    noise = keyed_normals(8, 1, "noise")

    def run(values: Mapping[str, float]) -> Floats:
        level = 2.0 * values["wide"] - values["narrow"] + 0.5 * values["spiked"] - 8.0
        return np.asarray(level + noise, np.float64)

    centre, shares = {"wide": 5.0, "narrow": 0.5, "spiked": 1.0}, (0.1, 0.9)
    table = tornado(run, space, centre, 0.0, shares)
    assert table["input"].tolist() == ["wide", "narrow", "spiked"]
    np.testing.assert_allclose(table["swing"], [16.0, -0.8, 0.6])
    np.testing.assert_allclose(table["swing_se"], 0.0, atol=1e-12)  # the same seeds at both ends
    assert table["crosses"].tolist() == [True, False, False]
    assert table["input_low"].tolist()[:2] == [1.0, 0.1]
    assert not tornado(run, space, centre, None, shares)["crosses"].any()
