"""Run the studies whose tables stand in this folder, and keep what came out: ``make tables``.

``python docs/studies.py factorial`` runs every combination of six policies; ``python docs/studies.py scenarios`` runs
every shipped scenario on all schools. Both keep their numbers in ``results/`` with what they were made with, from which
``make docs`` writes the pages. ``python docs/studies.py frontier`` searches for the frontier of policies, confirms it
on all schools, runs it again with other chance, and keeps it in the package, where reports read it. A study that was
stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.evidence.register import all_cautions
from sencosim.experiment.finished import manifest_of
from sencosim.experiment.pool import Step, Where, processes
from sencosim.model import RunOptions, compile_engine, england
from sencosim.outcomes.frontier import FACTS, TABLES
from sencosim.outcomes.frontier import SHIPPED as FRONTIER
from sencosim.report.showing import CAUTIONS
from sencosim.scenario.load import load_scenario
from sencosim.studies.catalogue import catalogue_questions, catalogue_table, shipped_policies
from sencosim.studies.draws import ensemble_of, folder_of
from sencosim.studies.factorial import arms_table, factorial_question
from sencosim.studies.optimise_answer import optimise_answer
from sencosim.studies.optimise_search import AIMS, Sizes, Study, find, problem_of
from sencosim.studies.policy_runs import PolicyRuns, means_of
from sencosim.studies.question import Question

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
OUTPUTS = FOLDER.parent / "outputs"
BESIDE = 0.05
"""Share of England for views and laws other than the headline's."""
POLICIES = ("full_time", "slt_seat", "admin_support", "team", "training", "la_capacity")


def _tell(step: Step) -> None:
    print(f"{step.done / max(1, step.total):.0%} {step.label}", flush=True)  # noqa: T201


def run(question: Question, workers: int) -> tuple[Ensemble, float]:
    """Run a question or go on with it. Gives the outcomes and the seconds that it took."""
    folder = folder_of(question, OUTPUTS)
    ensemble = ensemble_of(question, folder, Where(workers), _tell)
    return ensemble, float(manifest_of(folder)["seconds"])


def factorial(share: float, replications: int, workers: int) -> None:
    """Every combination of the policies, on samples of whole councils."""
    policies = {name: load_scenario(name).scenario for name in POLICIES}
    question = factorial_question(policies, RunOptions(), replications, share)
    ensemble, seconds = run(question, workers)
    titles = {name: one.title for name, one in policies.items()}
    _keep("factorial", arms_table(ensemble), _facts(question, seconds, workers) | {"policies": titles})


def scenarios(share: float, replications: int, workers: int) -> None:
    """Every shipped scenario against its own baseline, under each law and in each view.

    The main view under the law of today on a share of England, all others on a sample: one question after another in
    as many processes as there are, the largest first.
    """
    policies = shipped_policies()
    questions = list(catalogue_questions(policies, RunOptions(), replications, share, BESIDE))
    questions.sort(key=lambda one: one.share * len(one.scenarios), reverse=True)
    with processes(min(workers, len(questions))) as pool:
        done = [(question, pool.submit(run, question, 1)) for question in questions]
        found = [(question, *future.result()) for question, future in done]
    tables = [
        catalogue_table(
            ensemble.outcomes,
            {name: policies[name].title for name in question.scenarios},
            question.first.baselines[0],
            question.share,
        )
        for question, ensemble, _ in found
    ]
    seconds = sum(spent for _, _, spent in found)
    table = pd.concat(tables, ignore_index=True).sort_values(["law", "view", "scenario"], kind="stable")
    _keep("scenarios", table, _facts(questions[0], seconds, workers) | {"beside_share": BESIDE})


def frontier(share: float, replications: int, workers: int) -> None:
    """The frontier of England: searched on a sample, confirmed on all schools and run again with other chance."""
    base = load_scenario("baseline").scenario
    options = {"aim": AIMS[0], "most_cost": None, "most_duty": None, "most_teachers": None}
    sizes = Sizes(confirmed_share=share, confirmed=replications)
    with Where(workers).lasting() as where:
        runs = PolicyRuns(RunOptions(), where, OUTPUTS, _tell)
        study = Study(base, runs, sizes, problem_of(options))
        found = find(study, AIMS[0])
        answer = optimise_answer(found, RunOptions())
        own = {str(name): study.policy(row, str(name)) for name, row in found.dials.to_dict("index").items()}
        again = runs.figures(own, 1, share, first=sizes.replications + sizes.confirmed)
    _keep_table(RESULTS / "frontier_search.csv", answer.tables["search"])
    FRONTIER.mkdir(exist_ok=True)
    _keep_table(RESULTS / "frontier_rerun.csv", means_of(again).droplevel("view").rename_axis("name").reset_index())
    for name in TABLES:
        _keep_table(FRONTIER / f"{name}.csv", answer.tables[name])
    facts = {**answer.facts, CAUTIONS: all_cautions()}  # of other evidence, if the maintainer's machine names one
    (FRONTIER / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _facts(question: Question, seconds: float, workers: int) -> dict[str, Any]:
    """What the numbers were made with."""
    told = question.facts()
    kept = ("code_fingerprint", "evidence_fingerprint", "population_fingerprint", "replications", "sample_share")
    schools = question.n_schools()
    return {name: told[name] for name in kept} | {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "seed": question.first.run.seed,
        "view": ", ".join(question.points["view"]),
        "schools": schools,
        "schools_in_england": england(question.options).n_schools,
        "seconds": round(seconds),
        "workers": workers,
    }


def _keep(name: str, table: pd.DataFrame, facts: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    _keep_table(RESULTS / f"{name}.csv", table)
    (RESULTS / f"{name}.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _keep_table(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.10g")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a study and keep its numbers in docs/results.")
    parser.add_argument("study", choices=("factorial", "scenarios", "frontier"))
    parser.add_argument("--sample", type=float, help="Share of England. Default: 0.05, 1 and 1.")
    parser.add_argument("--replications", type=int, help="Default: 8, 1 and 2.")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    compile_engine()
    if asked.study == "factorial":
        factorial(asked.sample or 0.05, asked.replications or 8, asked.workers)
    elif asked.study == "frontier":
        frontier(asked.sample or 1.0, asked.replications or 2, asked.workers)
    else:
        scenarios(asked.sample or 1.0, asked.replications or 1, asked.workers)
