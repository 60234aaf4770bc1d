"""The answer of a run while it goes on, in words and as plain values: what it is now, and how far off it may be."""

from __future__ import annotations

import math

from sencosim.experiment.so_far import SoFar
from sencosim.report.words import costs_or_saves, money, money_range


def words_of(answer: SoFar) -> str:
    """The answer in a sentence or two.

    Examples
    --------
    >>> words_of(SoFar(7.2e9, 4e8, math.nan, math.nan, 4, 128, False))
    'the policy costs £7.2 billion, ± £0.4 billion (4 of 128 draws, on samples of schools)'
    >>> words_of(SoFar(7.2e9, 2e8, 5.1e9, 9.4e9, 24, 128, True))
    'the policy costs £7.2 billion, ± £0.2 billion; 80 % range a cost of £5.1 billion to £9.4 billion (24 of 128 draws)'
    """
    off = money(answer.error, answer.mean) if math.isfinite(answer.error) else "not known"
    ends = "" if math.isnan(answer.low) else f"; 80 % range {money_range(answer.mean, answer.low, answer.high)}"
    where = "" if answer.is_whole else ", on samples of schools"
    cost = costs_or_saves(answer.mean, answer.error)
    return f"the policy {cost}, ± {off}{ends} ({answer.n_draws} of {answer.of_draws} draws{where})"


def facts_of(answer: SoFar) -> dict[str, float | int | bool | None]:
    """The same for programs. [GBP, present value]"""
    told = {
        "net_public_cost_gbp": answer.mean,
        "standard_error_gbp": answer.error,
        "p10_gbp": answer.low,
        "p90_gbp": answer.high,
    }
    known: dict[str, float | int | bool | None] = {
        name: value if math.isfinite(value) else None for name, value in told.items()
    }
    return known | {"draws": answer.n_draws, "of_draws": answer.of_draws, "all_schools": answer.is_whole}
