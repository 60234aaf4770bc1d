"""Joint draws of the calibrated parameters: a draw of the evidence takes all of them from one row.

Calibrated parameters are fitted together, so they hang together: more noticing goes with more leaving, more capacity
with more requests. A draw that took each from a distribution of its own would be a world that nobody has seen. The
sample is made by ``sencosim calibrate`` and kept here with what made it. Its mean is in the registers: that is what
point values take.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from sencosim.errors import DAMAGE, EvidenceError, Problem
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.register import Register, Value, check_written, evidence_folder, load_register
from sencosim.evidence.sequence import FITTED, uniform_of

FOLDER = "posterior"
SAMPLE_FILE, MADE_BY_FILE = "sample.csv", "made_by.json"


R_HAT_GOOD, R_HAT_MOST = 1.01, 1.05
"""Split R-hat that is asked for (Vehtari and others, *Bayesian Analysis* 16, 2021), and the most that passes."""
FEWEST_EFFECTIVE = 400
"""Effective draws that are asked for (the same)."""


@dataclass(frozen=True)
class Mixing:
    """How well the chains of a posterior sample had mixed."""

    r_hat: float  # largest split R-hat over the parameters [near 1]
    effective: float  # least effective sample size over the parameters [draws]

    def __str__(self) -> str:
        """Both numbers, and whether they are good enough.

        Examples
        --------
        >>> str(Mixing(1.004, 900))[:49]
        'R-hat 1.004, effective draws 900: the chains have'
        """
        if self.r_hat < R_HAT_GOOD and self.effective >= FEWEST_EFFECTIVE:
            told = "the chains have mixed"
        elif self.r_hat <= R_HAT_MOST and self.effective >= FEWEST_EFFECTIVE:
            told = f"usable, though R-hat should be below {R_HAT_GOOD}"
        else:
            told = (
                f"the chains have not mixed well. R-hat should be below {R_HAT_GOOD} and at most {R_HAT_MOST}, "
                f"effective draws at least {FEWEST_EFFECTIVE}: take the ends of the fitted intervals as rough"
            )
        return f"R-hat {self.r_hat:.3f}, effective draws {self.effective:,.0f}: {told}"


@dataclass(frozen=True)
class PosteriorSample:
    """Joint draws of calibrated parameters."""

    # Value by column, one mapping a draw. A column is a name of the register, or a name, a dot and a position for one
    # number of a list
    rows: tuple[Mapping[str, float], ...]
    made_by: Mapping[str, Any]  # date, code fingerprint, series and years used, seed, numbers of runs

    def mixing(self, fit: str = "shipped") -> Mixing:
        """How well the chains of a fit, ``shipped`` or ``frozen``, had mixed."""
        return Mixing(float(self.made_by[fit]["r_hat"]), float(self.made_by[fit]["effective_draws"]))

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters of the register that the sample sets."""
        return tuple(dict.fromkeys(column.split(".")[0] for column in self.rows[0])) if self.rows else ()

    def row_at(self, share: float) -> int:
        """Row at a share of the way from one end of the sample to the other, see :meth:`in_order`. [from 0]"""
        order = self.in_order
        return order[min(int(share * len(order)), len(order) - 1)] if order else 0

    def values(self, row: int, register: Register) -> dict[str, Value]:
        """Values of one row, from 0. Lists that it changes in part start from those of the register."""
        if not self.rows:
            return {}
        found: dict[str, Value] = {}
        for column, number in self.rows[row].items():
            name, _, position = column.partition(".")
            if not position:
                found[name] = number
                continue
            if name not in found:
                found[name] = list(register.get(name).numbers)
            numbers = found[name]
            if isinstance(numbers, list):
                numbers[int(position)] = number
        return found

    def numbers(self, row: int) -> dict[str, float]:
        """Every number of one row by the name that it has as an input: ``name``, or ``name[3]`` in a list."""
        if not self.rows:
            return {}
        return {input_name(column): number for column, number in self.rows[row].items()}

    def marginals(self) -> dict[str, Distribution]:
        """Distribution of each number alone, by the name that it has as an input. What they do together is lost."""
        found = {}
        for column in self.rows[0] if self.rows else ():
            values = sorted(row[column] for row in self.rows)
            if values[0] < values[-1]:
                found[input_name(column)] = Distribution(family="sample", values=tuple(values))
        return found

    @cached_property
    def in_order(self) -> tuple[int, ...]:
        """Rows from one end of the sample to the other, along the direction in which it spreads most. [from 0]

        The direction is the first principal component of the standardised columns, with the sign that lets the first
        column rise.
        """
        if not self.rows:
            return ()
        table = np.array([list(row.values()) for row in self.rows])
        spread = table.std(axis=0)
        if not spread.any():
            return tuple(range(len(table)))
        scores = (table[:, spread > 0.0] - table[:, spread > 0.0].mean(axis=0)) / spread[spread > 0.0]
        direction = np.linalg.svd(scores, full_matrices=False)[2][0]
        along = scores @ (direction if direction[0] >= 0.0 else -direction)
        return tuple(int(row) for row in along.argsort(kind="stable"))

    def fingerprint(self) -> str:
        """Hash of the sample. [64 hexadecimal digits]"""
        told = json.dumps([list(row.items()) for row in self.rows])
        return hashlib.sha256(told.encode()).hexdigest()

    def means(self) -> dict[str, float]:
        """Mean of each column."""
        columns = self.rows[0] if self.rows else {}
        return {column: sum(row[column] for row in self.rows) / len(self.rows) for column in columns}


def row_of_draw(seed: int, draw: int) -> int:
    """Row of the shipped sample that a draw takes. [from 0]"""
    return load_posterior().row_at(uniform_of(seed, draw, FITTED))


def input_name(column: str) -> str:
    """Name of a column as an input of an analysis.

    Examples
    --------
    >>> input_name("request_rate_primary"), input_name("notice_rate_by_year_group.3")
    ('request_rate_primary', 'notice_rate_by_year_group[3]')
    """
    name, _, position = column.partition(".")
    return f"{name}[{position}]" if position else name


@lru_cache(maxsize=1)
def load_posterior() -> PosteriorSample:
    """Sample that ships with the package; one without rows if none does."""
    check_written(evidence_folder())  # the register may have been read before
    folder = evidence_folder() / FOLDER
    path = folder / SAMPLE_FILE
    if not path.exists():
        return PosteriorSample((), {})
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = tuple({name: float(text) for name, text in row.items()} for row in csv.DictReader(file))
        sample = PosteriorSample(rows, json.loads((folder / MADE_BY_FILE).read_text(encoding="utf-8")))
        _check(sample, load_register())
    except (csv.Error, IndexError, *DAMAGE) as error:
        message = f"The posterior sample cannot be read: {error}. Make it again with: sencosim calibrate --write"
        raise EvidenceError(message, (Problem(message, file=str(path)),)) from error
    return sample


def _check(sample: PosteriorSample, register: Register) -> None:
    """Raise if a number is none, a column is no parameter, or it is not said how the chains had mixed."""
    if not sample.rows:
        raise ValueError("it has no draws")
    if not all(math.isfinite(number) for row in sample.rows for number in row.values()):
        raise ValueError("not every number is finite")
    sample.mixing()
    sample.values(0, register)
    for column in sample.rows[0]:
        register.get(column.partition(".")[0])
