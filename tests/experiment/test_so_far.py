"""What finished pairs say about the headline while a run goes on."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from experiment.made_up import plan
from hypothesis import given
from hypothesis import strategies as st

from sencosim.experiment.jobs import Job
from sencosim.experiment.so_far import FEWEST, FEWEST_FOR_RANGE, SoFar, so_far

PLAN = plan(draws=40)


def finished(jobs: list[Job], level: float, slope: float) -> dict[Job, float]:
    """Headlines that a sample moves by its number, and a draw by its own."""
    return {job: level + 10.0 * job.replication * (job.share < 1.0) + slope * job.draw for job in jobs}


@pytest.mark.property
@given(st.integers(0, 120), st.floats(-1e9, 1e9), st.floats(-1e6, 1e6))
def test_the_sample_of_a_draw_does_not_move_it(n: int, level: float, slope: float) -> None:
    told = finished(PLAN.all_jobs(2)[:n], level, slope)
    answer = so_far(PLAN, told)
    if answer is None:
        return
    draws = [job.draw for job in told if job.draw > 0 and job.view == "central"]
    wholes = [job for job in told if job.draw == 0 and job.view == "central" and job.share == 1.0]
    samples = [job.replication for job in told if job.draw == 0 and job.view == "central" and job.share < 1.0]
    expected = level + (0.0 if wholes else 10.0 * sum(samples) / len(samples)) + slope * sum(draws) / len(draws)
    assert answer.n_draws == len(draws)
    assert answer.is_whole == bool(wholes)
    assert answer.mean == pytest.approx(expected, rel=1e-9, abs=1e-3)
    assert math.isnan(answer.low) == (len(draws) < FEWEST_FOR_RANGE)


@pytest.mark.unit
def test_nothing_is_said_of_too_few_draws_or_of_draws_without_their_reference() -> None:
    jobs = [job for job in PLAN.all_jobs(2) if job.view == "central"]
    drawn = [job for job in jobs if job.draw > 0]
    assert so_far(PLAN, finished(drawn, 1.0, 1.0)) is None
    few = [one for job in drawn[: FEWEST - 1] for one in (PLAN.reference_of(job), job)]
    assert so_far(PLAN, finished(few, 1.0, 1.0)) is None
    assert so_far(PLAN, finished([*few, PLAN.reference_of(drawn[3]), drawn[3]], 1.0, 1.0)) is not None


@pytest.mark.unit
def test_only_the_main_view_under_the_first_law_in_the_reference_form_counts() -> None:
    jobs = PLAN.all_jobs(2)
    own = finished([job for job in jobs if job.view == "central"], 1.0, 1.0)
    others = {replace(job, law="announced"): 1e9 for job in own} | {replace(job, view="sceptic"): 1e9 for job in own}
    assert so_far(PLAN, own | others) == so_far(PLAN, own) != SoFar(1.0, 0.0, 0.0, 0.0, 0, 0, False)
