"""Run a stored run again, make its report again, and compare every figure and every file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from sencosim.engine.baselines import none_kept
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.experiment.finished import MANIFEST, RESOLVED, manifest_of
from sencosim.experiment.jobs import Job
from sencosim.experiment.pool import Progress
from sencosim.experiment.store import DATASET, Store
from sencosim.experiment.totals import same_pair
from sencosim.fingerprint import code_fingerprint
from sencosim.model import RunOptions, RunResult, england, plan_run, run_scenario
from sencosim.population.schools import Population
from sencosim.report.again import TOLERANCE, says_the_same
from sencosim.report.assemble import report_inputs
from sencosim.report.inputs import KEYS, ReportInputs
from sencosim.report.manifest import file_facts, software
from sencosim.report.outputs import write_outputs
from sencosim.report.showing import replaced_in_words
from sencosim.report.stored import StoredRun
from sencosim.scenario.load import load_scenario

COLUMNS = ("baseline", "policy", "difference", "p10", "p50", "p90", "monte_carlo_error")
OF_THE_OCCASION = ("code_fingerprint", "command", "extends", "git", "seconds", "software")
"""Facts of a run that differ when it is run again; its files quote some of them."""


@dataclass(frozen=True)
class Reproduction:
    """What came of running again."""

    figures: int  # how many were compared
    gaps: pd.DataFrame  # those that differ by more than TOLERANCE: the keys, ``column``, ``stored``, ``again``
    changed: tuple[str, ...]  # what is not as it was, in words: code or its libraries
    files: int = 0  # how many were made again
    other_files: tuple[str, ...] = ()  # those of them that differ in any byte
    other_figures: tuple[str, ...] = ()  # those of them that differ in a word, or in a number by more than TOLERANCE
    pairs: int = 0  # how many stored pairs were compared
    other_pairs: tuple[str, ...] = ()  # those that differ: in any bit, or by more than TOLERANCE if anything changed

    @property
    def is_same(self) -> bool:
        """Whether every figure came out again, and every byte of every file if nothing changed that makes them.

        The stored run itself says what made it, so a change of that excuses other bytes, and no other figure.
        """
        return self.gaps.empty and not (self.other_figures if self.changed else self.other_files) + self.other_pairs


def reproduce_run(
    run: StoredRun, workers: int | None = None, population: Path | None = None, progress: Progress | None = None
) -> Reproduction:
    """Run again with the settings of a stored run, and with the file of the schools if it had one.

    An InputError if the evidence or the schools are not what they were, or a mechanism was replaced: then it would be
    another run.
    """
    facts = run.inputs.manifest
    if replaced_in_words(facts):
        raise InputError(
            f"The run {run.run_id} cannot be reproduced by a command: it was made with code that is no part of "
            f"sencosim, in place of {replaced_in_words(facts)}. Whoever has that code can run it again from Python."
        )
    options = RunOptions(
        population=None if population is None else Population.load(population),
        councils=tuple(facts.get("councils", ())),
        workers=workers,
        quick=bool(facts.get("quick")),
        headline_only=bool(facts.get("headline_only")),
        engine=facts["engine"],
    )
    schools = "the list of schools (give the file with --population)"
    now = {
        "evidence": ("the evidence", load_register().fingerprint()),
        "population": (schools, england(options).fingerprint),
    }
    lost = [words for name, (words, found) in now.items() if facts.get(f"{name}_fingerprint") != found]
    if lost:
        raise InputError(
            f"The run {run.run_id} cannot be reproduced here: {' and '.join(lost)} differ from what it was made with. "
            "Use the version of sencosim named in its manifest.json."
        )
    resolved = load_scenario(run.folder / RESOLVED)
    plan = replace(plan_run(resolved, options), draws=int(facts["draws"]))  # a run may add some until its ends hold
    with none_kept():  # what is checked may stand on a kept arm
        result = run_scenario(resolved, options, progress, plan=plan)
    again = report_inputs(result)
    then_and_now = {
        "the code of sencosim or a library it computes with": (facts.get("code_fingerprint"), code_fingerprint()),
        "Python, a library or the system": (facts.get("software"), software()),
    }
    changed = tuple(words for words, (then, now) in then_and_now.items() if then != now)
    files, other, figures = made_again(run, again)
    found = compared(run.inputs.summary, again.summary, changed)
    store = Store(run.folder, run.run_id)
    keeps_any = store.dataset.is_dir()  # or a run written from Python; parts that cannot be read count as lost
    jobs = result.plan.all_jobs(result.replications) if keeps_any else []
    pairs = other_pairs(result, store, jobs, TOLERANCE if changed else 0.0)
    return replace(
        found, files=files, other_files=other, other_figures=figures, pairs=len(jobs), other_pairs=tuple(pairs)
    )


def other_pairs(result: RunResult, stored: Store, jobs: Sequence[Job], gap: float) -> Iterator[str]:
    """Names of pairs that the stored run lacks, or in which a number is another by more than a relative gap. [share]

    Others that it keeps, such as those of a run that it extends, are no part of its report.
    """
    for job in jobs:
        if not stored.has(job) or not same_pair(result.store.read(job), stored.read(job), gap):
            yield job.name


def made_again(run: StoredRun, inputs: ReportInputs) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Write the files of a run again, and say how many there are, which differ, and in which a figure or word does.

    Its pairs are not files of a report: :func:`other_pairs` compares them. The manifest counts as one if a fact in it
    differs, other than those of the occasion.
    """
    facts = run.inputs.manifest
    kept = {name: facts[name] for name in OF_THE_OCCASION if name in facts}
    inputs = replace(inputs, manifest={**inputs.manifest, **kept}, research=run.inputs.research)
    moment = datetime.strptime(facts["written_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    with TemporaryDirectory(prefix="sencosim-") as place:
        folder = write_outputs(inputs, Path(place), moment, run.run_id)
        made, stored = (
            {name: one for name, one in file_facts(where).items() if not name.startswith(f"{DATASET}/")}
            for where in (folder, run.folder)
        )
        other = [name for name in sorted(made.keys() | stored.keys()) if made.get(name) != stored.get(name)]
        told = ({**manifest_of(where), "files": None} for where in (folder, run.folder))
        first, second = told
        figures = [name for name in other if not says_the_same(folder / name, run.folder / name)]
    lost = (MANIFEST,) if first != second else ()
    return len(made.keys() | stored.keys()) + 1, (*other, *lost), (*figures, *lost)


def compared(stored: pd.DataFrame, again: pd.DataFrame, changed: tuple[str, ...] = ()) -> Reproduction:
    """Compare two summaries, figure by figure; one that is missing on one side is a gap."""
    both = stored.merge(again, on=KEYS, how="outer", suffixes=("_stored", "_again"), indicator=True)
    parts = []
    for column in COLUMNS:
        first, second = (both[f"{column}_{side}"].to_numpy(dtype=np.float64) for side in ("stored", "again"))
        scale = np.maximum(np.abs(first), np.abs(second))
        same = (np.abs(first - second) <= TOLERANCE * scale) | (np.isnan(first) & np.isnan(second))
        lost = (both["_merge"] != "both").to_numpy()
        found = both.loc[~same | lost, KEYS].assign(
            column=column, stored=first[~same | lost], again=second[~same | lost]
        )
        parts.append(found)
    return Reproduction(len(both) * len(COLUMNS), pd.concat(parts, ignore_index=True), changed)
