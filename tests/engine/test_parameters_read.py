"""What mechanisms read of the world is a field of it or a parameter of the register."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.small_worlds import small_inputs

from sencosim.engine.rates import set_run_rates
from sencosim.engine.records import PARAMETERS, WORLD
from sencosim.errors import EngineError
from sencosim.evidence.register import load_register
from sencosim.vocabulary import Activity, Table

pytestmark = pytest.mark.unit


def test_whatever_mechanisms_read_is_in_the_register():
    assert set(PARAMETERS) - set(load_register()) == set()
    assert len(PARAMETERS) > 100


def test_no_field_of_the_world_hides_a_parameter_of_the_same_name():
    by_year = {"late_advice_share"}  # which shocks change
    assert ({field.name for field in WORLD.fields} - set(PARAMETERS)) & set(load_register()) == by_year


def test_a_name_that_is_neither_field_nor_parameter_is_said():
    inputs = small_inputs(years=1)
    without = {name: value for name, value in inputs.values.items() if name != "patience_mean_weeks"}
    with pytest.raises(EngineError, match=r"w\.patience_mean_weeks"):
        set_run_rates(WORLD.plain(), replace(inputs, values=without))


def test_an_activity_finds_the_hours_of_its_own_table():
    names = ["SUPPORT_REVIEW_PRIMARY" if one == Activity.SUPPORT_REVIEW else one.name for one in Activity]
    assert [Table(int(one)).name for one in Activity] == names
