"""How much a sample of schools within a council distorts its queue, and what that says about the default sample.

    python benchmarks/sampling.py > docs/sampling.md

For three councils of different size and timeliness: mean weeks from request to plan, share within 20 weeks, and the
paired difference that full-time SENCOs make to both, at 2, 5, 20 and 100 % of schools. A case of a sampled school of
weight w takes w slots of the council's full capacity. Monte Carlo error is the standard error over replications.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np

from sencosim.engine.pair import Pair, PairResult, run_pair
from sencosim.model import baseline_of
from sencosim.population.sampling import only_councils, sample_schools
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
from sencosim.vocabulary import COLUMN

COUNCILS = ("North Lincolnshire", "Leeds", "Norfolk")
SHARES = (0.02, 0.05, 0.2, 1.0)
REPLICATIONS = 3
LAST_YEAR = 2030
FIRST_YEAR = 2029


def run(council: str, share: float, replication: int) -> tuple[int, np.ndarray, np.ndarray]:
    """Schools in the run, and weeks and share on time of both arms, 2029/30 to 2030/31."""
    scenario = load_scenario("full_time").scenario
    horizon = scenario.horizon.model_copy(update={"years": LAST_YEAR - scenario.horizon.first + 1})
    scenario = scenario.model_copy(update={"horizon": horizon})
    schools = only_councils(synthetic_england(), [council])
    if share < 1.0:
        schools = sample_schools(schools, share, 100 + replication)
    result = run_pair(Pair("central", 0, replication), scenario, baseline_of(scenario), schools)
    return schools.n_schools, _figures(result, result.baseline), _figures(result, result.policy)


def _figures(result: PairResult, counts: np.ndarray) -> np.ndarray:
    first = FIRST_YEAR - 2022
    weight = np.array([cell.weight for cell in result.cells])
    years = (counts[:, first : first + 2, :] * weight[:, None, None]).sum(axis=(0, 1))

    def both(prefix: str) -> float:
        return float(years[COLUMN[f"{prefix}.mainstream"]] + years[COLUMN[f"{prefix}.exogenous"]])

    return np.array([both("plan_weeks"), 100.0 * both("plans_on_time")]) / both("plans_issued")


def _row(council: str, share: float, runs: list[tuple[int, np.ndarray, np.ndarray]]) -> str:
    base = np.array([baseline for _, baseline, _ in runs])
    difference = np.array([policy - baseline for _, baseline, policy in runs])
    cells = [council, f"{share:.0%}", str(runs[0][0])]
    for values in (base[:, 0], base[:, 1], difference[:, 0], difference[:, 1]):
        error = values.std(ddof=1) / np.sqrt(len(values))
        cells.append(f"{values.mean():.2f} ± {error:.2f}")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Run everything and print a page of Markdown."""
    jobs = list(product(COUNCILS, SHARES, range(REPLICATIONS)))
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        done = list(pool.map(run, *zip(*jobs, strict=True)))
    print("# What a sample does to a council's queue\n")
    print("Made by `python benchmarks/sampling.py`; central view, point values, 2029/30 and 2030/31 together,")
    print(
        f"{REPLICATIONS} replications; ± is the Monte Carlo standard error. Differences are full_time less baseline.\n"
    )
    print(
        "| council | schools sampled | n | weeks to plan | within 20 weeks, % | Δ weeks | Δ within 20 weeks, points |"
    )
    print("|---|---|---|---|---|---|---|")
    for council, share in product(COUNCILS, SHARES):
        runs = [out for job, out in zip(jobs, done, strict=True) if job[:2] == (council, share)]
        print(_row(council, share, runs))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
