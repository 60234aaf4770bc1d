"""The draws of a finished run as the methods of decision analysis read them: those that its headline counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.ensemble import WEIGHT, Ensemble, make_ensemble
from sencosim.errors import InputError, stored_in
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.experiment.finished import manifest_of
from sencosim.experiment.jobs import REFERENCE, Job, asked
from sencosim.model import RunResult, finished_run, price_book
from sencosim.outcomes.columns import outcome_units
from sencosim.outcomes.summary import moved_draws, points_of, read_arms
from sencosim.report.manifest import check_unchanged
from sencosim.scenario.schema import Scenario
from sencosim.studies.basis import LAW, SCHOOLS, basis_of, schools_in_words
from sencosim.studies.draws import rows_at
from sencosim.studies.question import BASELINE, check_names_of_arms
from sencosim.studies.space import fitted, titles_and_units, uncertain

Floats = npt.NDArray[np.float64]


LEAST_WEIGHT = 1e-9
"""An emulator may give a draw less than nothing; an ensemble weighs every draw."""


def unchanged_run(folder: Path) -> RunResult:
    """A finished run that is as it was written.

    Raises
    ------
    InputError
        If the folder keeps no pairs.
    OutputError
        If a file was changed, is missing, or was added.
    """
    check_unchanged(folder)
    return finished_run(folder)


def ensemble_of_run(folder: Path) -> tuple[Ensemble, Scenario]:
    """Draws of a finished run, and its policy as they were run: its first law, the reference form of the model.

    Raises
    ------
    InputError
        If the folder keeps no pairs, or the run had no draws.
    OutputError
        If the folder is not as it was written.
    """
    result = unchanged_run(folder)
    if result.plan.draws < 1:
        raise InputError(f"{folder.as_posix()} has no draws of the evidence. Run it with --draws.")
    scenario, plan = result.scenario, result.plan
    told = (
        manifest_of(folder) | {"view": scenario.view} | basis_of(result.options, plan.share, {scenario.name: scenario})
    )
    if plan.draw_share < plan.share:
        on = schools_in_words(result.options, plan.draw_share, by_school=plan.sampling == "schools")
        told[SCHOOLS] += f" (its draws on {on})"
    told |= {LAW: plan.laws[0], "replications": 1}  # of each draw; the others are those of the point values
    about = {name: json.dumps(fact, sort_keys=True) for name, fact in told.items() if name != "files"}
    return draws_of_run(result, about), asked(scenario, plan.laws[0], REFERENCE, drawn=True)


def draws_of_run(result: RunResult, about: Mapping[str, str] | None = None) -> Ensemble:
    """Each draw of a run as its headline counts it: the level of the run plus how far the draw moves from it.

    Parameters
    ----------
    result
        A run with draws.
    about
        What was run, in words and fingerprints.
    """
    check_names_of_arms({result.scenario.name: result.scenario})
    arms, values = read_arms(result, result.jobs(), result.plan.n_years)
    inputs, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    weights = stored_weights(result.store.folder)
    for view in result.scenario.views:
        points = points_of(result, view, arms, values)
        draws = [job for job in result.plan.draw_jobs() if job.view == view and job.draw > 0]
        for job, (baseline, policy) in moved_draws(result, points, draws, arms).items():
            scenario, reading = result.asked(job), values[job]
            weight = max(LEAST_WEIGHT, len(draws) * weights.get((view, job.draw), 1.0 / len(draws)))
            inputs.append(_inputs(scenario, job, reading, weight))
            keys = {"view": view, "draw": job.draw, "replication": 0}
            rows += rows_at(keys, baseline, {scenario.name: (scenario, policy, price_book(scenario, view, reading))})
    frame = pd.DataFrame(inputs)
    shared = frame.loc[:, frame.notna().all()]  # an input that one view does not draw says nothing across views
    names = [str(name) for name in shared if name not in ("view", "draw", WEIGHT)]
    units = titles_and_units(names)[1] | outcome_units()
    return make_ensemble(shared, pd.DataFrame(rows), units, (BASELINE, result.scenario.name), about)


def stored_weights(folder: Path) -> dict[tuple[str, int], float]:
    """Weight of each draw of each view in a mean, as the report of a finished run has it; none before it is written."""
    file = folder / "runs.parquet"
    if not file.is_file():
        return {}
    with stored_in(folder):
        told = pd.read_parquet(file, columns=["view", "draw", "weight"]).drop_duplicates()
        return {(str(view), int(draw)): float(weight) for view, draw, weight in told.itertuples(index=False)}


def _inputs(scenario: Scenario, job: Job, values: Mapping[str, float], weight: float) -> dict[str, Any]:
    """Reading of the evidence of a draw, as plain draws list it."""
    numbers = load_posterior().numbers(row_of_draw(scenario.run.seed, job.draw))
    in_lists = {name: numbers[name] for name in fitted(scenario) if "[" in name}
    drawn = {name: values[name] for name in sorted(uncertain(scenario, job.view))}
    return {"view": job.view, "draw": job.draw, WEIGHT: weight} | drawn | in_lists
