"""Definitions hold of any counts: waiting is counted once, and a label alone changes no rate of pupils."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.outcomes.catalogue import DERIVED, OUTCOME, definitions, outcome_by_year
from sencosim.vocabulary import COLUMN, Quantity

COUNTS = st.floats(1.0, 1e6)
WAITING, STARTS, SUPPORT = "pupil_years.identification_wait", "sen_support_starts", "pupil_years.sen_support"


def counts(**named: float) -> np.ndarray:
    """Totals of one year. [shape (1, n_quantities)]"""
    told = np.zeros((1, len(Quantity)))
    for name, value in named.items():
        told[0, COLUMN[name.replace("__", ".")]] = value
    return told


@pytest.mark.property
@given(COUNTS, COUNTS)
def test_weeks_of_waiting_are_fifty_two_times_the_pupil_years(waiting: float, starts: float) -> None:
    year = counts(pupil_years__identification_wait=waiting, sen_support_starts=starts)
    weeks, years = (
        outcome_by_year(OUTCOME[name], year)[0] for name in ("weeks_to_sen_support", "years_waiting_identification")
    )
    assert weeks * starts == pytest.approx(52.0 * years)


@pytest.mark.property
@given(COUNTS, COUNTS, COUNTS, st.floats(0.0, 1.0))
def test_a_label_alone_changes_no_absence(waiting: float, support: float, days: float, labelled: float) -> None:
    """Pupils with noticed need who are put on SEN Support miss as many days as before."""
    before = counts(pupil_years__identification_wait=waiting, pupil_years__sen_support=support, absence_days=days)
    after = before.copy()
    after[0, COLUMN[WAITING]] -= labelled * waiting
    after[0, COLUMN[SUPPORT]] += labelled * waiting
    rates = [outcome_by_year(OUTCOME["absence_days_per_pupil"], one)[0] for one in (before, after)]
    assert rates[1] == pytest.approx(rates[0])


@pytest.mark.unit
def test_a_rate_counts_the_same_pupils_above_and_below_the_line() -> None:
    """What is divided by is named in the definition, so a reader can see it; nothing is defined twice."""
    told = definitions()
    assert len({(one.title, one.unit) for one in told}) == len(told)
    assert all(one.words.endswith(".") for one in told)
    names = {one.key for one in Quantity}
    for one in told:
        assert {name for names_of in (one.counts, one.per) for name in names_of.split(", ") if name} <= names


@pytest.mark.unit
def test_the_label_of_looked_after_pupils_says_that_they_are_recognised_not_that_there_are_more() -> None:
    assert DERIVED["looked_after"].title == "Looked-after pupils who are counted as having SEN"
    assert "not that more are looked after" in DERIVED["looked_after"].definition


@pytest.mark.unit
def test_a_shorter_wait_for_sen_support_is_better() -> None:
    assert OUTCOME["weeks_to_sen_support"].favourable == "down"
