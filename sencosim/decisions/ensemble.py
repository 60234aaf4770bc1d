"""The stored ensemble: what was drawn, what came out, and nothing about how it was run.

An ensemble is a folder of two parquet files and a small ``ensemble.json``. Every method of this package takes plain
columns of it, so an ensemble of another model would do as well.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.errors import InputError, OutputError, Problem, stored_in
from sencosim.experiment.finished import MANIFEST, manifest_of

DRAW_KEYS = ("view", "draw")
RUN_KEYS = ("view", "draw", "arm", "replication")
WEIGHT = "weight"
FORMAT = "sencosim_ensemble_1"
WHOLE, INPUTS, OUTCOMES = "ensemble.json", "inputs.parquet", "outcomes.parquet"
OF_THE_OCCASION = ("seconds", "runs")
"""Facts that stand in the manifest of an ensemble alone: they are known when it is finished."""


@dataclass(frozen=True)
class Ensemble:
    """Draws of the inputs and outcomes of the runs."""

    inputs: pd.DataFrame  # one row a view and draw: ``view``, ``draw``, ``weight`` and one column for each input
    # One row a view, draw, arm and replication: these four and one column for each outcome, NaN where it is unknown, as
    # a ratio of nothing is.
    outcomes: pd.DataFrame
    units: Mapping[str, str]  # of every input and outcome
    arms: tuple[str, ...]  # the policies compared, the first of which is what the others are compared with
    about: Mapping[str, str]  # what was run, in words and fingerprints: scenario, evidence, code

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs, in the order of their columns."""
        return tuple(name for name in self.inputs.columns if name not in (*DRAW_KEYS, WEIGHT))

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """Names of the outcomes, in the order of their columns."""
        return tuple(name for name in self.outcomes.columns if name not in RUN_KEYS)

    @property
    def views(self) -> tuple[str, ...]:
        """Readings of the evidence, in the order in which they come."""
        return tuple(str(view) for view in self.inputs["view"].drop_duplicates())

    def drawn(self, view: str) -> pd.DataFrame:
        """Inputs of one view, indexed by draw, without keys and weights."""
        rows = self.inputs[self.inputs["view"] == view].set_index("draw")
        return rows[list(self.input_names)]

    def by_arm(self, outcome: str, view: str, arms: Collection[str] = ()) -> pd.DataFrame:
        """Mean of an outcome over the replications in which it is known in all arms, or in those that are named.

        One row a draw, one column an arm; NaN where there is no such replication. [unit of the outcome]
        """
        rows = self.outcomes[self.outcomes["view"] == view]
        wide = rows.pivot_table(index=["draw", "replication"], columns="arm", values=outcome)
        wide = wide.reindex(columns=list(arms or self.arms))
        means = wide[wide.notna().all(axis=1)].groupby("draw").mean()
        return means.reindex(index=self.inputs.loc[self.inputs["view"] == view, "draw"])

    def against_first(self, outcome: str, view: str, arm: str) -> pd.Series:
        """Paired difference from the first arm, by draw; NaN where it is unknown. [unit of the outcome]"""
        first = self.arms[0]
        wide = self.by_arm(outcome, view, dict.fromkeys((first, arm)))
        return wide[arm] - wide[first]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over names, units, arms and every number, in order. The text in ``about`` is not part of it."""
        digest = hashlib.sha256()
        head = {"format": FORMAT, "units": dict(sorted(self.units.items())), "arms": list(self.arms)}
        digest.update(json.dumps(head, sort_keys=True).encode("utf-8"))
        for frame in (self.inputs, self.outcomes):
            digest.update(json.dumps([str(name) for name in frame.columns]).encode("utf-8"))
            for name in frame.columns:
                digest.update(_bytes_of(frame[name]))
        return digest.hexdigest()


def _bytes_of(column: pd.Series) -> bytes:
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype="<f8")
        return np.where(np.isnan(values), math.nan, values).tobytes()  # an unknown number has many patterns of bits
    return json.dumps([str(value) for value in column]).encode("utf-8")


def make_ensemble(
    inputs: pd.DataFrame,
    outcomes: pd.DataFrame,
    units: Mapping[str, str],
    arms: tuple[str, ...],
    about: Mapping[str, str] | None = None,
) -> Ensemble:
    """Put an ensemble together and check it: keys unique, draws known, units given, numbers finite or unknown.

    A missing ``weight`` becomes 1; the first arm is the comparator. All faults are said at once.
    """
    weighted = inputs if WEIGHT in inputs else inputs.assign(**{WEIGHT: 1.0})
    missing = [k for k in DRAW_KEYS if k not in weighted] + [k for k in RUN_KEYS if k not in outcomes]
    if missing:
        raise InputError(f"The ensemble lacks the columns {', '.join(dict.fromkeys(missing))}.")
    names = [name for name in weighted if name not in (*DRAW_KEYS, WEIGHT)]
    made = Ensemble(
        weighted[[*DRAW_KEYS, WEIGHT, *names]].sort_values(list(DRAW_KEYS), kind="stable").reset_index(drop=True),
        outcomes[[*RUN_KEYS, *(n for n in outcomes if n not in RUN_KEYS)]]
        .sort_values(list(RUN_KEYS), kind="stable")
        .reset_index(drop=True),
        dict(units),
        tuple(arms),
        dict(about or {}),
    )
    problems = tuple(Problem(message) for message in _faults(made))
    if problems:
        raise InputError("The ensemble cannot be used: " + " ".join(p.message for p in problems), problems)
    return made


def _faults(ensemble: Ensemble) -> list[str]:
    inputs, outcomes = ensemble.inputs, ensemble.outcomes
    found = []
    if inputs.duplicated(list(DRAW_KEYS)).any():
        found.append("A view and draw has several rows of inputs.")
    if outcomes.duplicated(list(RUN_KEYS)).any():
        found.append("A view, draw, arm and replication has several rows of outcomes.")
    known = set(zip(inputs["view"], inputs["draw"], strict=True))
    ran = set(zip(outcomes["view"], outcomes["draw"], strict=True))
    if known != ran:
        found.append(f"{len(known ^ ran)} draws have inputs or outcomes but not both.")
    if not (inputs[WEIGHT] > 0.0).all():
        found.append("A weight must be above 0.")
    strange = sorted(set(outcomes["arm"]) ^ set(ensemble.arms))
    if strange:
        found.append(f"The arms named and the arms run differ by {', '.join(map(str, strange))}.")
    unnamed = [n for n in (*ensemble.input_names, *ensemble.outcome_names) if n not in ensemble.units]
    if unnamed:
        found.append(f"No unit is given for {', '.join(unnamed)}.")
    drawn = {name: inputs[name].to_numpy(dtype=np.float64) for name in ensemble.input_names}
    came_out = {name: outcomes[name].to_numpy(dtype=np.float64) for name in ensemble.outcome_names}
    infinite = [name for name, values in drawn.items() if not np.isfinite(values).all()]
    infinite += [name for name, values in came_out.items() if np.isinf(values).any()]
    if infinite:
        found.append(f"Not every number is finite in {', '.join(infinite)}.")
    return found


def write_ensemble(ensemble: Ensemble, folder: Path) -> None:
    """Write ``inputs.parquet``, ``outcomes.parquet`` and ``ensemble.json`` into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in ((INPUTS, ensemble.inputs), (OUTCOMES, ensemble.outcomes)):
        table.to_parquet(folder / name, index=False)
        _onto_disk(folder / name)
    head = {
        "format": FORMAT,
        "fingerprint": ensemble.fingerprint,
        "arms": list(ensemble.arms),
        "units": dict(ensemble.units),
        "about": dict(ensemble.about),
    }
    # It says that the numbers are there, so it comes after them, and whole, even if the power fails.
    unfinished = folder / f"{WHOLE}.tmp"
    unfinished.write_text(json.dumps(head, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _onto_disk(unfinished)
    unfinished.replace(folder / WHOLE)


def _onto_disk(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def is_whole(folder: Path) -> bool:
    """Whether the folder of an ensemble is finished: its numbers are there, and its manifest has their fingerprint.

    The manifest has it last. Whoever was stopped between the two goes on, and loses nothing.

    Raises
    ------
    OutputError
        If the manifest is damaged.
    """
    return (folder / WHOLE).is_file() and "fingerprint" in manifest_of(folder)


def not_finished(folder: Path) -> InputError:
    """What there is to say of an ensemble that was stopped."""
    return InputError(f"The ensemble in {folder} is not finished. Give the command that began it again.")


def read_ensemble(folder: Path) -> Ensemble:
    """Read an ensemble and check that its numbers have the fingerprint that was written alongside them."""
    file = folder / WHOLE
    if not file.is_file():
        raise InputError(f"There is no ensemble in {folder}: it has no file {WHOLE}.")
    with stored_in(folder):
        head = json.loads(file.read_text(encoding="utf-8"))
        if head.get("format") != FORMAT:
            raise InputError(f"{file} has the format {head.get('format')!r}; this version reads {FORMAT!r}.")
        ensemble = make_ensemble(
            pd.read_parquet(folder / INPUTS),
            pd.read_parquet(folder / OUTCOMES),
            head["units"],
            tuple(head["arms"]),
            head["about"],
        )
        as_written = ensemble.fingerprint == head["fingerprint"]
    if not as_written:
        raise OutputError(f"The numbers in {folder} are not those that were written: their fingerprint differs.")
    return ensemble


def as_texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts as the ensemble keeps them: JSON by name."""
    return {name: json.dumps(fact, sort_keys=True) for name, fact in facts.items()}


def facts_in(folder: Path) -> dict[str, Any]:
    """What the folder of a finished ensemble says of itself.

    Raises
    ------
    InputError
        If it is not finished.
    OutputError
        If it is not what was written alongside the numbers.
    """
    told = manifest_of(folder)
    if not is_whole(folder):
        raise not_finished(folder)
    with stored_in(folder):
        head = json.loads((folder / WHOLE).read_text(encoding="utf-8"))
        about = {**head["about"], **as_texts({"fingerprint": head["fingerprint"]})}
    now = as_texts(told)
    named = {*about, *now} - set(OF_THE_OCCASION)
    if changed := sorted(name for name in named if now.get(name) != about.get(name)):
        raise OutputError(
            f"What {(folder / MANIFEST).as_posix()} says of {', '.join(changed)} is not what was written. Run the "
            "ensemble again in another folder."
        )
    return told
