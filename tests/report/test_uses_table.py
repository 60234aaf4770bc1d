"""Where each pound of SENCO time goes, in one line and in a table."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from sencosim.outcomes.uses import uses_of_hours
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.uses import pence_of_parts, uses_sentence, uses_table
from sencosim.vocabulary import Quantity

HOURS = {
    Quantity.PAID_CASEWORK_HOURS: (10e6, 14.1e6),
    Quantity.IDLE_HOURS: (0.0, 3.2e6),
    Quantity.LEAKED_HOURS: (1e6, 3.5e6),
    Quantity.VACANT_HOURS: (0.3e6, 0.5e6),
    Quantity.OVERTIME_HOURS: (5e6, 3.1e6),
}


def with_uses(inputs: ReportInputs, *, added: bool = True) -> Findings:
    rows = [(one.key, a, b if added else a) for one, (a, b) in HOURS.items()]
    table = pd.DataFrame(rows, columns=["quantity", "baseline", "policy"])
    table["value"] = table["policy"] - table["baseline"]
    return Findings(replace(inputs, uses=uses_of_hours(table, 1)))


@pytest.mark.unit
def test_each_added_pound_is_told_to_the_penny(inputs: ReportInputs) -> None:
    told = with_uses(inputs)
    assert sum(pence_of_parts(told).values()) == 100
    assert uses_sentence(told) == (
        "Of each added £1 of SENCO time 22p buys more SENCO work, 19p replaces unpaid evenings, 57p is released to "
        "other school work and 2p goes on vacant posts and SENCOs' absence."
    )


@pytest.mark.unit
def test_the_table_has_eight_uses_their_sum_and_what_stands_beside_them(inputs: ReportInputs) -> None:
    table = uses_table(with_uses(inputs))
    assert len(table.rows) == 8 + 1 + 2 + 3
    assert table.strong_rows == (8,)
    assert table.rows[8][0] == "Hours paid"
    assert table.rows[8][5] == "+10.00"
    assert table.rows[0][6] == "41p"


@pytest.mark.unit
def test_a_run_that_adds_no_hours_says_nothing_of_pounds(inputs: ReportInputs) -> None:
    told = with_uses(inputs, added=False)
    assert uses_sentence(told) == ""
    assert math.isnan(float(told.inputs.uses["added_share"].iloc[0]))
    assert uses_sentence(Findings(inputs)) == ""
    assert uses_table(Findings(inputs)).rows == ()
