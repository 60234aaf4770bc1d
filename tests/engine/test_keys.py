"""Numbers of pupils: who is who in every arm, and no two alike."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from engine.small_worlds import HARTLEPOOL, plain_world, schools_of, small_inputs
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.arms.inputs import Inputs
from sencosim.engine import handle
from sencosim.engine.binding import bind
from sencosim.engine.mechanisms.text import TEXT
from sencosim.rules.keys import MOST_COPIES, OUTSIDE
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS
from sencosim.vocabulary import ENTITY_BITS, Happening

pytestmark = pytest.mark.property

LARGEST_SCHOOL = 2**15 - 1
PARTS = st.fixed_dictionaries(
    {
        "schools": st.lists(st.integers(0, LARGEST_SCHOOL), min_size=2, max_size=2, unique=True),
        "start_year": st.integers(2010, 2050),
        "year": st.integers(0, 9),
        "noticed": st.integers(0, 2**16),
        "admitted": st.integers(0, 3),
    }
)


@lru_cache(maxsize=1)
def inputs() -> Inputs:
    return small_inputs(schools_of(HARTLEPOOL, primary=2, secondary=0), years=10)


class Registers:
    """Two schools that admit pupils as the run begins, notice needs, take in Reception, and copy pupils."""

    def __init__(self, schools: list[int], start_year: int, year: int, noticed: int, admitted: int) -> None:
        self.w = plain_world(inputs())
        self.w.start_year, self.w.year = start_year, year
        self.text = bind(TEXT)
        for at, (school, number) in enumerate(zip(self.w.schools, schools, strict=True)):
            school.id, school.roll = number, [60] * N_YEAR_GROUPS
            self._admit(at, admitted)
            self._notice(at, noticed)
        self._take_in_reception()
        for of in (0, 1):
            self._copy_twice(of)
        self.keys = [pupil.key for pupil in self.w.pupils]

    def _admit(self, at: int, admitted: int) -> None:
        self.w.stock = [admitted] * len(self.w.stock)
        self.text["year"].admit_stock(self.w, self.w.schools[at])

    def _notice(self, at: int, noticed: int) -> None:
        """Needs noticed this term, in cohorts in which some were noticed before."""
        w, school = self.w, self.w.schools[at]
        for cohort in w.cohorts[at * w.n_cohorts : (at + 1) * w.n_cohorts]:
            cohort.known, cohort.number = 1, noticed
        w.notice_rates = [0.02] * N_YEAR_GROUPS
        found: list[tuple[int, int]] = []

        def keep(_: Any, __: Any, ___: int, ____: int, key: int, what: tuple[int, int, int, float]) -> None:
            assert what[0] == Happening.NOTICED
            found.append((key, what[2]))

        text = bind(TEXT, given={handle.schedule: keep})
        text["terms"]._notice_needs(w, school)
        assert len(found) > N_YEAR_GROUPS
        for key, year_group in found:
            self.text["pathways"].noticed(w, school, key, year_group)

    def _take_in_reception(self) -> None:
        self.w.reception_plan_share = 0.1
        for school in self.w.schools:
            school.plan_multiplier = 1.0
        before = len(self.w.pupils)
        self.text["year"]._enter_reception(self.w, self.w.councils[0])
        assert len(self.w.pupils) > before

    def _copy_twice(self, of: int) -> None:
        """One pupil stands for as many as can be at two moves: to a junior and to a secondary school."""
        w, family = self.w, [of]
        for year_group in (3, FIRST_SECONDARY_YEAR_GROUP):
            for member in list(family):
                w.pupils[member].year_group = year_group
                for copy in range(1, MOST_COPIES):
                    family.append(len(w.pupils))
                    self.text["year"]._add_copy(w, w.schools[0], member, copy)


@settings(max_examples=20)
@given(PARTS)
def test_no_two_pupils_have_one_key_and_all_are_below_cases_without_a_pupil(parts):
    keys = Registers(**parts).keys
    assert len(set(keys)) == len(keys)
    assert 0 <= min(keys) <= max(keys) < OUTSIDE < 1 << ENTITY_BITS
