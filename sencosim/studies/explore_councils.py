"""What shipped policies ask of each council's schools: one run of all England at point values, for the explorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.engine.pair import Pair, read_evidence, run_pair
from sencosim.experiment.jobs import REFERENCE, Job, asked
from sencosim.experiment.totals import totals_of
from sencosim.model import RunOptions, baseline_of, england
from sencosim.outcomes.explorer_beliefs import rounded
from sencosim.outcomes.explorer_data import COUNCIL_QUANTITIES
from sencosim.outcomes.incidence import steady_years
from sencosim.scenario.schema import Scenario
from sencosim.studies.explore_kept import keep, kept
from sencosim.vocabulary import COLUMN

ASKED_OF_COUNCILS = ("full_time", "protected_time", "hours_by_need")
"""Shipped policies that are run on all schools."""


def of_councils(
    policies: Mapping[str, Scenario], names: Sequence[str], options: RunOptions, path: Path
) -> dict[str, Any]:
    """Quantities a year that each policy adds in each council once it is in force everywhere; kept in ``path``.

    At the point values of the main view, under today's law, one replication of all schools.

    Returns
    -------
    dict
        ``quantities`` and, by policy and DfE code of the council, their change. [units a year, mean of steady years]
    """
    told = kept(path)
    if told is None:
        table, codes = _run(policies, names, options)
        told = {"table": table, "codes": codes}
        keep(path, told)
    figures = {
        name: {str(code): rounded(row) for code, row in zip(told["codes"].tolist(), told["table"][number], strict=True)}
        for number, name in enumerate(names)
    }
    return {"quantities": list(COUNCIL_QUANTITIES), "figures": figures}


def _run(policies: Mapping[str, Scenario], names: Sequence[str], options: RunOptions) -> tuple[Any, Any]:
    columns = [COLUMN[name] for name in COUNCIL_QUANTITIES]
    schools, rows = england(options), []
    codes = np.zeros(0, dtype=np.int64)
    for name in names:
        one = asked(policies[name], policies[name].baselines[0], REFERENCE, drawn=False)
        pair = Pair(one.view, 0, 0)
        reading = read_evidence(one, one.view, 0, one.run.seed)
        how = (options.engine, options.mechanisms, reading)
        result = run_pair(pair, one, baseline_of(one), schools, *how, keep=False)
        totals = totals_of(Job(one.view, 0, 0, 1.0), result, 0.0, "council")
        codes = totals.councils
        steady = [year - one.start_year for year in steady_years(one)]
        change = totals.council_policy - totals.council_baseline
        rows.append(change[:, steady][:, :, columns].mean(axis=1))
    return np.array(rows), codes
