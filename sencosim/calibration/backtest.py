"""The back-tests: what was forecast and how it follows from the model, what came, and whether others did better."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.calibrate import FROZEN_START, RECENT_START, Calibration
from sencosim.calibration.fit import Emulator
from sencosim.calibration.forecast import Draws, Series, carried_on, forecast, naive, rolls
from sencosim.calibration.history import Setting, run_history
from sencosim.calibration.published import FROZEN, LATEST, Known, period_of, published
from sencosim.calibration.result import AHEAD, FITTED_ON, BacktestResult, Row, Score, fingerprint
from sencosim.calibration.targets import DECIDED_SHARE, SCHOOL_AGE, sample_offsets
from sencosim.engine.pair import read_evidence
from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.units import PHASES

FIRST_YEARS = {"calendar": TIMES.frozen.first, "january": TIMES.frozen.first, "school_year": TIMES.frozen.start_year}
LAST_YEARS = {"calendar": BASE_YEAR + 1, "january": BASE_YEAR + 2, "school_year": BASE_YEAR}
FORECAST_RUNS = 40
"""Draws of the evidence that the forecast is made of."""
QUANTILES = (0.1, 0.5, 0.9)
ALL_PUPILS_GROWTH = 0.004
"""Assumed growth of pupils of all schools after the last year known. [per year]"""
PLANS = ("plans_primary", "plans_secondary")
SUPPORT = ("support_primary", "support_secondary")
OF_STAGE = {"sen_support": "support", "ehcp": "plan"}
STATE_SCHOOLS = {"sen_support": ("pupils_sen_support", 0.924), "ehcp": ("pupils_with_ehcp", 0.916)}
"""Series of pupils of all schools, and the share of them in state schools (2022/23, by school type)."""
EXCLUSION = (
    ("suspensions", "suspension_rate", "suspensions"),
    ("permanent_exclusions", "permanent_exclusion_rate", "exclusions"),
)
"""Series of counts, series of rates, and the model's quantity."""

Model = Callable[[Draws, int], FloatArray]


# -- what is forecast, and how well -----------------------------------------------------------------------------------


def backtest(calibration: Calibration) -> BacktestResult:
    """Make and score the back-tests, today."""
    rows = run_backtests(calibration)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return BacktestResult(today, fingerprint(), rows, (*scores(rows, "from_2018"), *scores(rows, "from_2022")))


def run_backtests(calibration: Calibration) -> tuple[Row, ...]:
    """Both back-tests with the frozen posterior, and the forecast with the evidence as it ships."""
    recent = Setting(RECENT_START)
    offsets = sample_offsets(recent)
    units = carried_on(calibration.frozen.units)

    def emulated(emulator: Emulator) -> dict[str, FloatArray]:
        return dict(zip(emulator.keys, emulator.predict(units).T, strict=True))

    from_2018 = Draws.of(emulated(calibration.from_2018), sample_offsets(Setting(FROZEN_START)), FROZEN_START)
    from_2022 = Draws.of(emulated(calibration.from_2022), offsets, RECENT_START, from_2018)
    shipped = Draws.of_runs(shipped_runs(recent), offsets, RECENT_START, from_2018)
    return (
        *_rows("from_2018", from_2018, FROZEN),
        *_rows("from_2022", from_2022, FROZEN),
        *_rows("forecast", shipped, LATEST),
    )


def shipped_runs(setting: Setting) -> list[dict[str, float]]:
    """Runs of the baseline at draws of the evidence as it ships: what every run of a scenario starts from."""
    evidence = (read_evidence(setting.scenario, "central", draw, setting.seed) for draw in range(1, FORECAST_RUNS + 1))
    return [run_history(reading, setting) for reading in evidence]


def _rows(test: str, draws: Draws, known: Known) -> Iterator[Row]:
    for number, series in enumerate(all_series(known)):
        latest = series.latest(known)
        first = draws.start if series.kind == "school_year" else draws.start + 1  # of which the run can say something
        for year in range(max(first, FIRST_YEARS[series.kind]), LAST_YEARS[series.kind] + 1):
            ahead = latest is None or year > latest[0]
            predicted = forecast(series, draws, known, year, number) if ahead or test != "forecast" else None
            if predicted is not None:
                yield _row(test, series, known, year, predicted, AHEAD if ahead else FITTED_ON)


def _row(test: str, series: Series, known: Known, year: int, predicted: FloatArray, when: str) -> Row:
    p10, p50, p90 = np.quantile(predicted, QUANTILES).tolist()
    rivals = naive(series, known, year) if when == AHEAD else (None, None)
    came, last, growth = (math.nan if value is None else float(value) for value in (series.at(year), *rivals))
    period = period_of(series.kind, year)
    return Row(test, series.series, series.breakdown, period, p10, p50, p90, came, last, growth, when)


def scores(rows: Sequence[Row], test: str) -> tuple[Score, ...]:
    """Score of each series of a test on the periods ahead that were published since."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.test == test and row.when == AHEAD and not math.isnan(row.published):
            groups.setdefault((row.series, row.breakdown), []).append(row)
    return tuple(_score(found) for found in groups.values())


def _score(rows: Sequence[Row]) -> Score:
    came = np.array([row.published for row in rows])

    def off(forecasts: Sequence[float]) -> FloatArray:
        result: FloatArray = 100.0 * (np.array(forecasts) - came) / came
        return result

    error = off([row.p50 for row in rows])
    return Score(
        test=rows[0].test,
        series=rows[0].series,
        breakdown=rows[0].breakdown,
        error=float(np.abs(error).mean()),
        bias=float(error.mean()),
        covered=sum(row.p10 <= row.published <= row.p90 for row in rows),
        periods=len(rows),
        naive_last=float(np.abs(off([row.naive_last for row in rows])).mean()),
        naive_growth=float(np.abs(off([row.naive_growth for row in rows])).mean()),
    )


# -- how each series follows from the model ---------------------------------------------------------------------------


def all_series(known: Known) -> tuple[Series, ...]:
    """Every series that is compared, in the order of the tables."""
    return (*_process(), *_pupils(known), *_places(known), *_exclusion(known), *_exclusion_by_need(known))


def _of(quantity: str, times: float = 1.0) -> Model:
    return lambda draws, year: times * draws.at(quantity, year)


def _per_100(model: Model, base: Callable[[Draws, int], FloatArray | float]) -> Model:
    return lambda draws, year: 100.0 * model(draws, year) / base(draws, year)


def _sum(*quantities: str) -> Model:
    return lambda draws, year: draws.sum(quantities, year)


def _process() -> Iterator[Series]:
    refused, on_time = _of("refused_of_decided", 100.0 * DECIDED_SHARE), _of("on_time_share", 100.0)
    yield Series("ehcp_initial_requests", "all", "calendar", _of("requests"), direct=True, step_sd=0.05)
    yield Series("ehcp_refused_share", "all", "calendar", refused, share=True, direct=True, step_sd=0.07)
    yield Series("ehcp_new_plans", "all", "calendar", _of("new_plans"), direct=True, step_sd=0.04)
    for which in ("excluding_exceptions", "including_exceptions"):
        direct = which == "excluding_exceptions"
        series = "ehcp_issued_within_20_weeks_share"
        yield Series(series, which, "calendar", on_time, share=True, direct=direct, step_sd=0.2)
    yield Series("ehcp_mean_weeks_to_issue", "all", "calendar", _of("mean_weeks"), direct=True)
    appeals, over_years = _of("appeals"), _appeals_by_school_year
    yield Series("tribunal_appeals_registered", "calendar_year", "calendar", appeals, trend=True, step_sd=0.12)
    yield Series("tribunal_appeals_registered", "academic_year", "school_year", over_years, trend=True, step_sd=0.12)


def _appeals_by_school_year(draws: Draws, year: int) -> FloatArray:
    return draws.at("appeals", year) / 3.0 + draws.at("appeals", year + 1) * 2.0 / 3.0


def _everywhere(draws: Draws, year: int) -> FloatArray:
    """Plan-holders of school age: mainstream and special."""
    return draws.sum(PLANS, year) + draws.at("special", year) / SCHOOL_AGE


def _pupils(known: Known) -> Iterator[Series]:
    last = min(known.january, TIMES.counted_january)

    def all_pupils(_: Draws, january: int) -> float:
        then = published("pupils", "all_schools", "school_year", min(january, last) - 1) or math.nan
        return float(then * (1.0 + ALL_PUPILS_GROWTH) ** max(0, january - last))

    models = {"pupils_with_ehcp": _everywhere, "pupils_sen_support": _sum(*SUPPORT)}
    for name, model in models.items():
        yield Series(name, "all_schools", "january", model, step_sd=0.012)
    for name, model in models.items():
        share = _per_100(model, all_pupils)
        yield Series(f"{name}_share", "all_schools", "january", share, share=True, step_sd=0.012)
    for phase, of_phase in enumerate(PHASES):
        on_roll = _rolls(known, phase)
        for name, quantity in (("pupils_with_ehcp", "plans"), ("pupils_sen_support", "support")):
            share, state = _per_100(_of(f"{quantity}_{of_phase}"), on_roll), f"state_{of_phase}"
            yield Series(f"{name}_share", state, "january", share, share=True, direct=True, step_sd=0.02)


def _rolls(known: Known, phase: int, later: int = 0) -> Callable[[Draws, int], float]:
    return lambda _, year: rolls(phase, year + later, known)


def _exclusion(known: Known) -> Iterator[Series]:
    def both_rolls(_: Draws, year: int) -> float:
        return rolls(0, year + 1, known) + rolls(1, year + 1, known)

    for _, series, model in EXCLUSION:
        for phase, name in enumerate(PHASES):
            rate = _per_100(_sum(f"{model}_support_{name}", f"{model}_plan_{name}"), _rolls(known, phase, 1))
            yield Series(series, f"state_{name}", "school_year", rate, trend=True, step_sd=0.12)
        rate = _per_100(_by_stage(model, *OF_STAGE.values()), both_rolls)
        yield Series(series, "all_state_schools", "school_year", rate, trend=True, step_sd=0.12)
    for series, _, model in EXCLUSION:
        count = _by_stage(model, *OF_STAGE.values())
        yield Series(series, "state_primary_secondary_special", "school_year", count, trend=True, step_sd=0.12)


def _by_stage(model: str, *stages: str) -> Model:
    return _sum(*(f"{model}_{stage}_{phase}" for stage in stages for phase in PHASES))


def leaving_share(known: Known) -> float:
    """Plans that end or go elsewhere in a year, of those of its January: mean over the years known. [share].

    From the published stocks and flows of all ages themselves: caseload + new plans - next caseload.
    """
    found = []
    for year in range(2018, known.calendar + 1):
        stock = published("ehcp_caseload", "all_ages_0_25", "january", year)
        later = published("ehcp_caseload", "all_ages_0_25", "january", year + 1)
        new = published("ehcp_new_plans", "all", "calendar", year)
        if stock is not None and later is not None and new is not None:
            found.append((stock + new - later) / stock)
    return float(np.mean(found))


def _places(known: Known) -> Iterator[Series]:
    leaving = leaving_share(known)

    def caseload(draws: Draws, january: int) -> FloatArray:
        """Plans of all ages by stock and flow: the engine's new plans, less the published share that leaves."""
        first = draws.start + 1
        level = np.full(draws.n, published("ehcp_caseload", "all_ages_0_25", "january", first) or math.nan)
        for year in range(first, january):
            level = level * (1.0 - leaving) + draws.at("new_plans", year)
        return level

    yield Series("ehcp_caseload", "all_ages_0_25", "january", caseload, step_sd=0.012)
    after_16, few = _of("after_16", 0.4), lambda draws, year: 0.01 * caseload(draws, year)
    models: dict[str, Model] = {
        "mainstream_all": _sum(*PLANS),
        "special_all": lambda draws, year: draws.at("special", year) / SCHOOL_AGE,
        **dict.fromkeys(("further_education", "educated_elsewhere_all"), after_16),
        **dict.fromkeys(("ap_pru", "non_maintained_early_years"), few),
    }
    for name, model in models.items():
        own, share = model is after_16, _per_100(model, caseload)
        yield Series("ehcp_placement", name, "january", model, trend=own, step_sd=0.02)
        yield Series("ehcp_placement_share", name, "january", share, share=True, trend=own, step_sd=0.03)


def _exclusion_by_need(known: Known) -> Iterator[Series]:
    for need, stage in OF_STAGE.items():
        for series, rate, quantity in EXCLUSION:
            model, anchor = _by_stage(quantity, stage), _anchor(rate, need, known)
            whom = f"all_state|{need}"
            yield Series(series, whom, "school_year", model, trend=True, step_sd=0.12, anchor=anchor)


def _anchor(rate: str, need: str, known: Known) -> tuple[int, float] | None:
    """Count of the latest year from an earlier rate by need, moved by the rate of all pupils since. [count]."""
    now = published(rate, "all_state_schools", "school_year", known.school_year)
    series, share = STATE_SCHOOLS[need]
    pupils = published(series, "all_schools", "january", known.school_year + 1)
    for year in range(known.school_year, 2015, -1):
        by_need = published(rate, f"all_state|{need}", "school_year", year)
        of_all = published(rate, "all_state_schools", "school_year", year)
        if by_need and of_all and now and pupils:
            return known.school_year, by_need * now / of_all / 100.0 * pupils * share
    return None
