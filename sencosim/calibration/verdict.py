"""What the back-test is worth: the rule by which it passes or fails, and the sentence that page one prints.

It passes only if the 80 % intervals may hold 80 % of what comes, given how many independent figures there were; if
published figures do not lie on one side of the forecasts in more families than chance allows; and if the forecasts
score better than both naive forecasts, families taken together. A forecast that is biased fails, however wide it is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from sencosim.calibration.published import FROZEN, LATEST, Known, year_of
from sencosim.calibration.result import AHEAD, BacktestResult, Row
from sencosim.calibration.rolling_origin import naive_sd
from sencosim.calibration.scoring import (
    LEVEL,
    RIVALS,
    Account,
    Interval,
    Judged,
    Ratio,
    Rival,
    account_of,
    family_of,
    normal_interval,
)

HEADLINE_TEST = "from_2022"
"""The test that the verdict is about: starts in September 2022 and knows nothing later."""
KNOWN = {"from_2018": FROZEN, "from_2022": FROZEN, "forecast": LATEST}
"""What each test may know."""

State = Literal["passed", "failed", "stale", "missing"]


def state_of(result: BacktestResult, now: str) -> State:
    """Whether the test was passed, with the code that has the fingerprint ``now``."""
    if not result.rows:
        return "missing"
    if result.code != now:
        return "stale"
    return "failed" if faults(account(result, HEADLINE_TEST)) else "passed"


def faults(found: Account) -> list[str]:
    """Why forecasts fail; nothing if they pass."""
    told = []
    if not found.coverage.holds:
        told.append(f"its intervals are too {'narrow' if found.coverage.share < LEVEL else 'wide'}")
    if found.biased:
        told.append(f"its forecasts are biased {'low' if _came_above(found) else 'high'}")
    told += [f"the {name} is as good" for rival, name in RIVALS.items() if not found.ratios[rival].value < 1.0]
    return told


def sentence_of(result: BacktestResult, state: State) -> str:
    """The back-test in a few sentences for page one."""
    if state == "missing":
        return "There is no back-test of this version: how well it predicts is not known."
    found = account(result, HEADLINE_TEST)
    told = (
        f"Back-test: knowing nothing later than school year 2022/23, the model's forecasts of published figures to "
        f"January 2025 {in_words(found)}"
    )
    if state == "failed":
        return f"{told} That is not good enough: it has failed its own test, because {' and '.join(faults(found))}."
    if state == "stale":
        return f"{told} The code or the evidence has changed since ({result.date}): the test must be made again."
    return told


def in_words(found: Account) -> str:
    """How forecasts did, to follow "forecasts"; ends with a full stop."""
    held = found.coverage
    ratios = [
        _ratio(found.ratios[one], name) for one, name in RIVALS.items() if not math.isnan(found.ratios[one].value)
    ]
    told = f"Their weighted interval score was {' and '.join(ratios)}; below 1 is better. " if ratios else ""
    return (
        f"held {held.inside} of {held.figures} figures in their 80 % intervals ({100 * held.share:.0f} %; as figures "
        f"of a family miss together, anything from {100 * held.low:.0f} to {100 * held.high:.0f} %). "
        f"{told}{bias_in_words(found)}"
    )


def bias_in_words(found: Account) -> str:
    """On which side the figures lie, in a sentence or two."""
    above, below = found.missed
    most, where = (above, "above p90") if above >= below else (below, "below p10")
    missed = f"Of the {above + below} figures missed, {most} {'was' if most == 1 else 'were'} {where}; " if most else ""
    sign = found.by_family
    side, n = ("above", sign.above) if _came_above(found) else ("below", sign.of - sign.above)
    told = f"{missed}in {n} of {sign.of} families figures came {side} the median"
    told = told[:1].upper() + told[1:]
    if found.biased:
        return f"{told}: forecasts are biased {'low' if side == 'above' else 'high'}."
    return f"{told}, as may happen by chance."


def _came_above(found: Account) -> bool:
    return 2 * found.by_family.above >= found.by_family.of


def _ratio(found: Ratio, rival: str) -> str:
    interval = "" if math.isnan(found.low) else f" ({found.low:.2f} to {found.high:.2f})"
    return f"{found.value:.2f} times that of the {rival}{interval}"


@lru_cache(maxsize=8)
def account(result: BacktestResult, test: str) -> Account:
    """Account of one test of a back-test that has rows: of periods ahead that were published since."""
    rows = [row for row in result.rows if row.test == test and row.when == AHEAD and not math.isnan(row.published)]
    return account_of(beside_naive(rows, KNOWN[test]))


def beside_naive(rows: Sequence[Row], known: Known) -> list[Judged]:
    """Forecasts beside what came, and naive forecasts with the interval of their own past errors."""
    spreads = naive_spreads(rows, known)
    return [
        Judged(
            series=row.series,
            breakdown=row.breakdown,
            period=row.period,
            forecast=Interval(row.p10, row.p50, row.p90),
            published=row.published,
            naive={rival: normal_interval(row.series, naive_of(row, rival), spread[rival]) for rival in RIVALS},
        )
        for row, spread in zip(rows, spreads, strict=True)
    ]


def naive_of(row: Row, rival: Rival) -> float:
    """Naive forecast that a row holds. [unit of the series]."""
    return row.naive_last if rival == "last" else row.naive_growth


def naive_spreads(rows: Sequence[Row], known: Known) -> list[dict[Rival, float]]:
    """Standard deviation of each naive forecast's error, of each row. [series' scale].

    A series too short to tell takes the root mean square of its family so far ahead, ``nan`` without that.
    """
    found: list[dict[Rival, float]] = []
    pooled: dict[tuple[str, int, Rival], list[float]] = defaultdict(list)
    for row in rows:
        kind, year = year_of(row.period)
        last, ahead = known.last(kind), year - known.last(kind)
        own = {rival: naive_sd(row.series, row.breakdown, kind, last, rival, ahead) for rival in RIVALS}
        found.append(own)
        for rival, sd in own.items():
            if not math.isnan(sd):
                pooled[family_of(row.series), ahead, rival].append(sd)
    for row, own in zip(rows, found, strict=True):
        kind, year = year_of(row.period)
        for rival, sd in own.items():
            if math.isnan(sd) and (others := pooled[family_of(row.series), year - known.last(kind), rival]):
                own[rival] = math.sqrt(sum(other**2 for other in others) / len(others))
    return found
