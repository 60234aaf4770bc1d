"""Which pairs a run is made of."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from experiment.made_up import plan
from hypothesis import given
from hypothesis import strategies as st

from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.experiment.jobs import REFERENCE, Job
from sencosim.experiment.plan import DRAW_SAMPLES, FIRST_DRAWS, ROUTE_REPLICATIONS, Plan
from sencosim.experiment.precision import Rule
from sencosim.model import RunOptions, plan_run
from sencosim.scenario.laws import Law
from sencosim.terminal.settings import with_settings


@pytest.mark.property
@given(st.integers(1, 12), st.integers(1, 40), st.booleans())
def test_every_job_is_there_once_under_a_name_of_its_own(replications: int, draws: int, two_level: bool) -> None:
    one = replace(plan(draws=draws), draw_share=0.05 if two_level else 1.0)
    jobs = one.jobs(replications)
    assert len({job.name for job in jobs}) == len(jobs) == len(set(jobs))


@pytest.mark.property
@given(st.integers(3, 12), st.integers(1, 40), st.booleans())
def test_every_draw_has_its_reference_in_the_run(replications: int, draws: int, two_level: bool) -> None:
    one = replace(plan(draws=draws), draw_share=0.05 if two_level else 1.0)
    jobs = set(one.jobs(replications))
    for job in one.draw_jobs():
        assert one.reference_of(job) in jobs
        assert one.reference_of(job).replication == job.replication < DRAW_SAMPLES


@pytest.mark.property
@given(st.integers(1, 60))
def test_the_first_pairs_are_draws_with_what_they_move_from(draws: int) -> None:
    one = plan(draws=draws)
    jobs = one.all_jobs(3)
    early = jobs[: jobs.index(one.point_job(one.main_view, 0))]
    assert {job.draw for job in early} - {0} == set(range(1, min(draws, FIRST_DRAWS) + 1))
    for place, job in enumerate(early):
        assert job.draw == 0 or one.reference_of(job) in early[:place]


@pytest.mark.unit
def test_on_samples_a_pair_under_another_law_moves_from_the_same_pair_under_the_first() -> None:
    one = replace(plan(draws=40), draw_share=0.05, laws=("current_law", "announced"))
    for law in (*one.laws, None):
        moves = one.moves_of("sceptic", 3, law)
        assert moves
        for there, here in moves:
            assert (there.view, there.law) == ("sceptic", law or one.laws[0])
            assert (here.view, here.law) == ("sceptic" if law == "announced" else one.main_view, one.laws[0])
            assert (there.replication, there.share) == (here.replication, here.share)


@pytest.mark.unit
def test_more_replications_only_add_jobs() -> None:
    one = plan()
    assert set(one.jobs(3)) < set(one.jobs(4))
    assert one.work(3) < one.work(4)


def planned(**settings: str) -> Plan:
    return plan_run(with_settings("full_time", settings), RunOptions(workers=1))


@pytest.mark.unit
@pytest.mark.parametrize("percent", [2, 5, 10, 20])
def test_one_process_without_room_is_told_to_run_half_the_sample(percent: int) -> None:
    one = replace(plan(), share=percent / 100, workers=1)
    assert one.smaller().endswith(f"--sample {percent / 200:g}.")
    assert replace(one, share=1.0).smaller().endswith("--sample 0.2.")


@pytest.mark.unit
def test_routes_are_told_apart_on_a_small_part_of_england_and_of_no_more_than_is_run() -> None:
    assert 0.0 < planned().route_share < 0.05
    assert planned(**{"run.sample": "0.002"}).route_share == 0.002


@pytest.mark.unit
def test_each_group_of_routes_comes_first_once() -> None:
    assert len(ROUTE_NAMES) == ROUTE_REPLICATIONS


@pytest.mark.unit
@pytest.mark.parametrize("variant", [REFERENCE, "aaa", "zzz"])
@pytest.mark.parametrize("law", ["current_law", "announced"])
def test_a_line_of_progress_names_the_form_and_the_law_unless_they_are_the_usual_ones(variant: str, law: Law) -> None:
    told = Job("central", 0, 0, 1.0, law, variant).in_words()
    assert (f", {variant}" in told) == (variant != REFERENCE)
    assert ("law" in told) == (law != "current_law")


@pytest.mark.unit
def test_by_default_every_school_is_run_and_draws_on_a_sample() -> None:
    one = planned()
    assert one.n_schools == 20_227
    assert one.is_two_level
    assert one.n_draw_schools < 2_000
    assert "all schools of England" in one.in_words()
    assert "sample of whole councils (1% of England)" in one.design_in_words()


@pytest.mark.unit
def test_one_level_if_both_are_on_the_same_schools() -> None:
    for settings in ({"run.draw_sample": "1"}, {"run.sample": "0.01"}):
        one = planned(**settings)
        assert not one.is_two_level
        assert all(job.share == one.share for job in one.jobs(3))
    assert not plan_run(with_settings("full_time", {}), RunOptions(councils=("Rutland",))).is_two_level


@pytest.mark.unit
def test_draws_are_never_on_more_schools() -> None:
    assert planned(**{"run.sample": "0.5", "run.draw_sample": "0.1"}).is_two_level


@pytest.mark.unit
@pytest.mark.parametrize("draws", [4, 5])
def test_other_views_and_laws_have_half_the_draws_and_never_fewer(draws: int) -> None:
    one = replace(plan(draws=draws), laws=("current_law", "announced"))
    assert one.draws_of("central") == one.draws_of("central", "current_law") == draws
    assert {one.draws_of("sceptic"), one.draws_of("central", "announced")} == {math.ceil(draws / 2)}


@pytest.mark.unit
def test_how_far_a_view_is_away_is_asked_at_the_point_values_of_the_law_that_is_meant() -> None:
    one = replace(plan(draws=40), draw_share=0.05, laws=("current_law", "announced"), rule=Rule(3, 10, 0.02))
    for law in ("announced", None):
        for there, here in Plan.moves_of(one, "sceptic", 0, law):
            assert (there.draw, here.draw) == (0, 0)
            assert there.law == (law or "current_law")


@pytest.mark.unit
def test_schools_are_kept_at_the_point_values_alone_and_councils_of_every_draw() -> None:
    one = replace(plan(), draw_share=0.05)
    assert one.levels_of(Job("central", 0, 1, one.share)) == "school"
    assert one.levels_of(Job("central", 2, 1, one.draw_share)) == "council"
    assert one.levels_of(Job("central", 0, 1, one.draw_share)) == "council"
    assert one.levels_of(Job("central", 0, 1, one.share, variant="another form")) == "england"
