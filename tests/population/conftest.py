"""The synthetic England, made once."""

from __future__ import annotations

import pytest

from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england


@pytest.fixture(scope="session")
def england() -> Population:
    """January 2025."""
    return synthetic_england(2025)


@pytest.fixture(scope="session")
def england_2023() -> Population:
    return synthetic_england(2023)
