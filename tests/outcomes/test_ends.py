"""Draws are added until the ends of the range are known well enough, and not beyond."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from experiment.made_up import plan
from hypothesis import given
from hypothesis import strategies as st

from sencosim.experiment.plan import Plan
from sencosim.model import RunResult
from sencosim.outcomes import ends
from sencosim.outcomes.ends import MOST_DRAWS, NARROW, STEP, wider_end, wider_end_of, with_more_draws
from sencosim.outcomes.summary import HEADLINE, PRESENT_VALUE, Summary


def made_up(plan: Plan) -> RunResult:
    """A run of which only the number of draws counts."""
    run: Any = SimpleNamespace(plan=plan, resolved=None, options=None, store=None)
    return run  # type: ignore[no-any-return]


def draws_after(begun: int, width: float) -> int:
    """Draws of a run whose wider end is known to ``width`` after one draw, and better with the root of their number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ends, "wider_end_of", lambda run: width / math.sqrt(run.plan.draws))
        patch.setattr(ends, "run_scenario", lambda *_, plan, **__: made_up(plan))
        return with_more_draws(made_up(replace(plan(), draws=begun)), lambda _: None).plan.draws


@pytest.mark.property
@given(st.integers(1, MOST_DRAWS), st.floats(0.01, 5.0))
def test_draws_are_as_few_as_make_both_ends_narrow(begun: int, width: float) -> None:
    found = draws_after(begun, width)
    assert begun <= found <= MOST_DRAWS
    assert found == MOST_DRAWS or width / math.sqrt(found) < NARROW
    if found > begun:
        assert width / math.sqrt(max(begun, found - STEP)) >= NARROW


@pytest.mark.engine
def test_one_draw_has_no_ends_and_those_of_more_are_those_of_the_headline(
    full_time: RunResult, whole_run: RunResult, summary: Summary
) -> None:
    assert (full_time.plan.draws, whole_run.plan.draws) == (1, 2)
    assert wider_end_of(full_time) == math.inf
    figures = summary.figures.set_index(["view", "outcome", "payer", "year"])
    assert wider_end_of(whole_run) == wider_end(figures.loc[("central", HEADLINE, "", PRESENT_VALUE)].to_dict())


@pytest.mark.unit
def test_a_run_whose_range_has_no_width_gets_no_more_draws() -> None:
    """Such as that of a policy that does nothing."""
    assert draws_after(8, math.nan) == 8
