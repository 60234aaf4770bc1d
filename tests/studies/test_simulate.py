"""One piece of work is the same arithmetic as a run: held to :func:`sencosim.model.simulate_pair`."""

from __future__ import annotations

import pytest
from studies.conftest import RUTLAND, draws, points

from sencosim.decisions.designs import grid
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.experiment.jobs import Job as PairJob
from sencosim.experiment.pool import Where
from sencosim.model import simulate_pair, trace_school
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.columns import EVENTS, MONEY, outcome_titles, outcome_units
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.draws import Row, run_now
from sencosim.studies.question import BASELINE, Question, with_values
from sencosim.terminal.settings import with_settings
from sencosim.vocabulary import COLUMN, PUBLIC_PAYERS

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def short() -> Scenario:
    return with_values(load_scenario("full_time").scenario, {"horizon.years": 3})


@pytest.fixture(scope="module")
def rows(short: Scenario) -> list[Row]:
    """Of a scenario that settles the form of the model, as a run does."""
    question = draws(asked(short, "current_law", REFERENCE, drawn=True), 2)
    return [row for row in run_now(question, Where(1), lambda _: None) if row["draw"] == 2]


def arm(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row["arm"] == name)


def test_a_draw_comes_to_the_headline_of_a_run(short: Scenario, rows: list[Row]) -> None:
    pair = simulate_pair(short, RUTLAND, PairJob("central", 2, 0, 1.0))
    assert arm(rows, "full_time")["net_public_cost"] == pytest.approx(pair.headline, rel=1e-9)
    years = slice(short.horizon.first - short.start_year, None)
    for name in ("suspensions", "permanent_exclusions", "appeals"):
        columns = [COLUMN[quantity] for quantity in OUTCOME[name].of]
        for own, told in (("full_time", pair.policy), (BASELINE, pair.baseline)):
            total = told.sum(axis=0)[years][:, columns].sum()
            assert arm(rows, own)[name] == pytest.approx(total / 3.0, rel=1e-9)


def test_a_draw_under_the_announced_law_comes_to_that_of_a_run_and_to_the_law_written_out(short: Scenario) -> None:
    own = short.model_copy(update={"baselines": ("announced",)})
    written = with_values(load_scenario("full_time_announced").scenario, {"horizon.years": 3})
    job = PairJob("central", 1, 0, 1.0, "announced")
    run = simulate_pair(own, RUTLAND, job).headline
    found = {}
    for words, one in (("asked", own), ("written out", written), ("law of today", short)):
        in_form = asked(one, "current_law", REFERENCE, drawn=True).model_copy(update={"baselines": one.baselines})
        found[words] = arm(run_now(draws(in_form, 1), Where(1), lambda _: None), "full_time")["net_public_cost"]
    assert found["asked"] == found["written out"] == pytest.approx(run, rel=1e-9)
    assert found["law of today"] != found["asked"]


def test_a_school_is_told_under_the_law_of_the_headline() -> None:
    england = synthetic_england()
    number = int(england.school_id[england.la_code == 857][0])
    told = {}
    for name, law in (("full_time", "current_law"), ("full_time", "announced"), ("full_time_announced", "current_law")):
        resolved = with_settings(name, {"baselines": f"[{law}]", "run.warm_up_years": "1"})
        told[name, law] = trace_school(resolved, england, number, last_year=2029)
    assert told["full_time", "announced"] == told["full_time_announced", "current_law"]
    assert told["full_time", "announced"] != told["full_time", "current_law"]


def test_payers_add_up_and_every_column_has_a_unit_and_a_title(rows: list[Row]) -> None:
    policy, baseline = arm(rows, "full_time"), arm(rows, BASELINE)
    told = sum(policy[f"payer_net.{payer}"] for payer in PUBLIC_PAYERS)
    assert told == pytest.approx(policy["net_public_cost"], rel=1e-9)
    assert policy["npsv"] == pytest.approx(policy["policy_benefit"] - policy["policy_cost"])
    assert [baseline[name] for name in MONEY] == [0.0] * len(MONEY)
    columns = set(policy) - {"view", "draw", "arm", "replication"}
    assert columns == set(outcome_units()) == set(outcome_titles())


def test_one_event_fewer_spares_money_and_provision_loses_its_worth(rows: list[Row]) -> None:
    for event in EVENTS:
        public, social = (arm(rows, "full_time")[f"fewer_{who}.{event.name}"] for who in ("public", "social"))
        assert public > 0.0
        # A place or a hearing fewer spares its cost and loses its worth; nothing is lost with an exclusion.
        assert social > 0.0 if event.name == "permanent_exclusions" else social < public


def test_points_that_differ_in_prices_alone_are_priced_apart(short: Scenario) -> None:
    design = grid({"teacher_employment_cost": (50_000.0, 60_000.0)})
    together = costs(points(short, design))
    apart = [cost for value in design.points["teacher_employment_cost"] for cost in costs(at_price(short, value))]
    assert together == apart
    assert together[1] > together[0]


def at_price(short: Scenario, value: float) -> Question:
    return points(short, grid({"teacher_employment_cost": (value,)}))


def costs(question: Question) -> list[float]:
    assert len(question.all_jobs(1)) == 1
    rows = run_now(question, Where(1), lambda _: None)
    return [row["net_public_cost"] for row in rows if row["arm"] == "full_time"]
