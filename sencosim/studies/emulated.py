"""The emulator of stored draws with the joint distribution behind them, and the table of what moves the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.designs import ordered_values
from sencosim.decisions.emulator import Emulator, fit_emulator, jackknife_error, refused
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.resampling import Floats, Whole, keyed_uniforms, library_seed
from sencosim.decisions.shares import ERROR_POINTS, REST, Joint, Tied, expected_at, shares_of
from sencosim.evidence.posterior import load_posterior
from sencosim.scenario.assumed import register_of
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import amount, outcome_in_words, outcome_of, with_titles
from sencosim.studies.space import CALIBRATION_ROW, fitted, group_of, quality_of, uncertain

SHARES = 512
"""Evenly spaced shares at which a distribution is read; the emulator looks at no finer detail."""
ENDS = (0.1, 0.9)
"""Points of an input's own distribution between which its effect is told."""
MOST_TOLD = 10
POINTS = 8192
"""Emulated points; a power of two, for Sobol' points."""
NOT_EXPLAINED = "Not explained: chance in the simulation, and what the emulator misses"


@dataclass(frozen=True)
class Emulated:
    """An outcome of stored draws as a function of their inputs, and how these inputs are drawn."""

    emulator: Emulator
    joint: Joint  # of every input that the emulator or a refit of it reads, and of those tied to one
    outcome: str
    seed: int

    @property
    def used(self) -> Joint:
        """Of the inputs that the emulator uses, and of those that are nearly the same as one."""
        return self.joint.used_by(self.emulator.kept)

    @property
    def refused(self) -> str:
        """Why nothing may be read from it, in a sentence; empty if it may."""
        return refused({f"the {outcome_in_words(self.outcome)}": self.emulator})


def emulate(ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str) -> Emulated:
    """Fit the emulator to the difference that a policy makes, in the main view of its scenario.

    Raises
    ------
    InputError
        If there are too few draws.
    """
    drawn, seed = ensemble.drawn(scenario.view), scenario.run.seed
    emulator = fit_emulator(drawn, outcome_of(ensemble, scenario.view, arm, outcome), seed=seed)
    read = set(emulator.reads)
    ties = register_of(scenario).correlations
    read |= {name for tied in ties if read & set(tied.parameters) for name in tied.parameters}
    return Emulated(emulator, joint_of(scenario, drawn[[n for n in drawn.columns if n in read]]), outcome, seed)


def joint_of(scenario: Scenario, drawn: pd.DataFrame) -> Joint:
    """Distribution behind the draws of the main view: fitted parameters by rows of the posterior, others alone or tied.

    An input of which no distribution is known keeps its drawn values. [``drawn``: one row a draw, one column an input]
    """
    varying = [str(name) for name in drawn.columns if drawn[name].max() > drawn[name].min()]
    rows = [name for name in fitted(scenario) if name in varying]
    known, shares = uncertain(scenario, scenario.view), (np.arange(SHARES) + 0.5) / SHARES
    tables = {
        name: pd.DataFrame({name: ordered_values(known[name], shares) if name in known else np.sort(drawn[name])})
        for name in varying
        if name not in rows
    }
    if rows:
        sample = load_posterior()
        tables[CALIBRATION_ROW] = pd.DataFrame([sample.numbers(row) for row in sample.in_order])[rows]
    groups = register_of(scenario).correlations
    return Joint(tables, tuple(Tied(g.parameters, g.correlation, frozenset(g.opposite)) for g in groups))


def moves_with(found: Emulated, name: str) -> bool:
    """Whether the expected outcome moves with an input: the emulator uses it, or something tied to it."""
    kept = set(found.emulator.kept)
    return name in found.joint.tables and bool(
        name in kept or any(kept & set(tied.names) for tied in found.joint.ties if name in tied.names)
    )


def emulated_points(found: Emulated, n: int = POINTS) -> tuple[pd.DataFrame, Floats]:
    """Inputs that the emulator uses, drawn again, and their outcomes: predictions with held-out errors on top.

    [``n``: points, a power of two; outcomes: unit of the outcome, shape (n,)]
    """
    joint, residuals = found.used, found.emulator.residuals
    uniforms = scipy.stats.qmc.Sobol(len(joint.names), rng=library_seed(found.seed, "emulated points")).random(n)
    inputs = joint.at(uniforms, np.zeros_like(uniforms))
    which = (keyed_uniforms(n, found.seed, "errors of emulated points") * residuals.size).astype(np.int64)
    outcome: Floats = found.emulator.predict(inputs) + residuals[which]
    return inputs, outcome


def curve_of(found: Emulated, name: str, shares: Floats) -> tuple[Floats, Floats]:
    """Values of an input at shares of its distribution, in rising order, and the outcome expected at each. [by value]

    Inputs tied to it move with it. What the emulator does not read moves nothing.
    """
    joint = found.joint.only((*found.emulator.kept, name))
    values, first = _values_at(found, name, shares)
    expected = expected_at(
        joint, lambda x: found.emulator.predict(x)[None, :], name, shares[first], seed=found.seed, n=ERROR_POINTS
    )
    return values, expected[0]


def curve_errors(found: Emulated, name: str, shares: Floats) -> Floats:
    """Standard errors of :func:`curve_of`, by the refits of the folds. [unit of the outcome, by value]"""
    first = _values_at(found, name, shares)[1]
    refits = expected_at(
        found.joint, found.emulator.fold_predictions, name, shares[first], seed=found.seed, n=ERROR_POINTS
    )
    return jackknife_error(refits)


def _values_at(found: Emulated, name: str, shares: Floats) -> tuple[Floats, Whole]:
    table = found.joint.tables[name].iloc[:, 0].to_numpy(dtype=np.float64)
    values, first = np.unique(table[(shares * table.size).astype(np.int64)], return_index=True)  # a spike counts once
    return values, first.astype(np.int64)


def what_moves(found: Emulated) -> pd.DataFrame:
    """What moves the answer: every input that the emulator uses, largest Shapley effect first, and the rest.

    Returns
    -------
        Columns of :func:`sencosim.decisions.shares.shares_of`, and ``title``, ``unit``, ``quality``, ``group``,
        ``input_low``, ``input_high`` (its 10 % and 90 % points; places in the sample for the fitted parameters),
        ``outcome_low`` and ``outcome_high`` (expected there, the others as uncertain as they then are).
    """
    emulator, joint = found.emulator, found.used
    table = shares_of(emulator, found.joint, seed=found.seed)
    ends = {name: _ends_of(joint.tables[name]) for name in joint.names}
    expected = {
        name: expected_at(joint, lambda x: emulator.predict(x)[None, :], name, np.array(ENDS), seed=found.seed)[0]
        for name in joint.names
    }
    for k, end in enumerate(("low", "high")):
        table[f"input_{end}"] = [ends[name][k] if name in ends else np.nan for name in table["input"]]
        table[f"outcome_{end}"] = [expected[name][k] if name in expected else np.nan for name in table["input"]]
    titled = with_titles(table[table["input"] != REST].copy(), units=True)
    titled["quality"], titled["group"] = titled["input"].map(quality_of), titled["input"].map(group_of)
    rest = table[table["input"] == REST].assign(title=NOT_EXPLAINED, unit="", quality="", group="")
    return pd.concat([titled, rest], ignore_index=True)


def told_apart(found: Emulated) -> list[str]:
    """Inputs that can be read from one that does nothing; all that the emulator uses if there are none."""
    table = shares_of(found.emulator, found.joint, seed=found.seed)
    named = table.loc[table["told_apart"] & (table["input"] != REST), "input"]
    columns = [str(column) for name in named for column in found.joint.tables[str(name)].columns]
    return columns or list(found.emulator.kept)


def _ends_of(values: pd.DataFrame) -> Sequence[float]:
    places = [int(end * len(values)) for end in ENDS]
    return [float(x) for x in (values.iloc[places, 0].to_numpy(np.float64) if values.shape[1] == 1 else places)]


def moves_in_words(table: pd.DataFrame, outcome: str, view: str, n_draws: int) -> list[str]:
    """The table in lines: what is explained, the largest shares with what they do, and what chance may explain."""
    own = table[table["input"] != REST]
    explained = 1.0 - float(table.loc[table["input"] == REST, "shapley"].iloc[0])
    lines = [
        f"What moves the {outcome_in_words(outcome)} ({view} view): shares of its variance over {n_draws} draws. The "
        f"inputs explain {explained:.0%} of draws that were held out; inputs drawn together share theirs (Shapley)."
    ]
    for row in own[own["told_apart"]].head(MOST_TOLD).to_dict("records"):
        low, high = (amount(row[f"outcome_{end}"], outcome) for end in ("low", "high"))
        lines.append(
            f"  {row['title']}: {row['shapley']:.0%} ({row['low']:.0%} to {row['high']:.0%}); {low} at its 10 % point, "
            f"{high} at its 90 % point."
        )
    unsure = int((~own["told_apart"].astype(bool)).sum())
    if unsure:
        share = float(own.loc[~own["told_apart"].astype(bool), "shapley"].sum())
        lines.append(f"  {unsure} more inputs, each of which may as well do nothing: {share:.0%} together.")
    return [*lines, f"  {NOT_EXPLAINED}: {1.0 - explained:.0%}."]
