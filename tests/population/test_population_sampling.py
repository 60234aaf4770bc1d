"""Samples give England back, whatever the share and the seed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from population.totals import phase_totals

from sencosim.errors import PopulationError
from sencosim.population.sampling import (
    FEWEST_COUNCILS,
    only_councils,
    sample_councils,
    sample_schools,
    school_strata,
)
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england

pytestmark = pytest.mark.property

SHARES = st.floats(0.01, 0.99)
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=25)
@given(SHARES, SEEDS)
def test_councils_are_whole_and_expand_to_englands_pupils(share: float, seed: int) -> None:
    england = synthetic_england(2025)
    sample = sample_councils(england, share, seed)
    councils = np.unique(sample.council)
    assert councils.size >= FEWEST_COUNCILS
    assert councils.size == max(FEWEST_COUNCILS, math.ceil(share * 151))
    assert np.isin(england.council, councils).sum() == sample.n_schools
    assert (sample.weight == 1).all()
    assert (sample.council_weight >= 1).all()
    expanded = (sample.pupils * sample.expansion).sum()
    assert expanded == pytest.approx(england.pupils.sum(), rel=1e-9)
    assert not np.isin(sample.la_code, [201, 420]).any()


@settings(max_examples=25)
@given(SHARES, SEEDS)
def test_schools_expand_exactly_to_every_stratum(share: float, seed: int) -> None:
    england = synthetic_england(2025)
    sample = sample_schools(england, share, seed)
    strata = school_strata(england, share)
    schools = np.bincount(strata)
    expanded = np.bincount(strata[sample.school_id], weights=sample.weight, minlength=schools.size)
    np.testing.assert_allclose(expanded, schools, rtol=1e-12)
    cells = england.council * 2 + england.phase
    assert np.isin(np.unique(cells), sample.council * 2 + sample.phase).all()
    assert (sample.weight >= 1 - 1e-12).all()
    assert (sample.council_weight == 1).all()


@settings(max_examples=10)
@given(SEEDS)
def test_a_tenth_of_the_councils_is_balanced(seed: int) -> None:
    england = synthetic_england(2025)
    whole, part = phase_totals(england), phase_totals(sample_councils(england, 0.10, seed))
    for name, total in whole.items():
        assert part[name] == pytest.approx(total, rel=0.15), name


@settings(max_examples=5)
@given(SEEDS)
def test_the_same_seed_gives_the_same_sample(seed: int) -> None:
    england = synthetic_england(2025)
    for sample in (sample_councils, sample_schools):
        assert sample(england, 0.05, seed).fingerprint == sample(england, 0.05, seed).fingerprint


def test_other_seeds_give_other_samples(england: Population) -> None:
    for share in (0.02, 0.10):
        prints = {tuple(np.unique(sample_councils(england, share, seed).council).tolist()) for seed in range(8)}
        assert len(prints) >= 6


def test_the_whole_share_is_the_population_itself(england: Population) -> None:
    assert sample_councils(england, 1.0, 1) is england
    assert sample_schools(england, 1.0, 1) is england


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5, float("nan")])
def test_impossible_shares(england: Population, share: float) -> None:
    for sample in (sample_councils, sample_schools):
        with pytest.raises(PopulationError, match="above 0 and at most 1"):
            sample(england, share, 1)


def test_only_named_councils(england: Population) -> None:
    part = only_councils(england, ["Kent", 330, "E06000053"])
    assert sorted(np.unique(part.la_code).tolist()) == [330, 420, 886]
    assert (part.expansion == 1).all()


def test_councils_that_do_not_exist_are_all_named_at_once(england: Population) -> None:
    with pytest.raises(PopulationError, match=r"Kentt.*Nearest: Kent.*Yorke") as caught:
        only_councils(england, ["Kentt", "Yorke"])
    assert len(caught.value.problems) == 2
    kent = only_councils(england, ["Kent"])
    with pytest.raises(PopulationError, match="York has no schools"):
        only_councils(kent, ["York"])


def test_a_sample_of_few_councils_is_all_of_them(england: Population) -> None:
    few = only_councils(england, ["Kent", "York"])
    assert sample_councils(few, 0.1, 1) is few
