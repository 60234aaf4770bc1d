"""Write ``validation.md`` and its charts from the calibration and the back-test that are kept as evidence."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from sencosim.calibration.forecast import DAMPING
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.result import BacktestResult, Row, load_result
from sencosim.calibration.rolling_origin import damping, damping_text
from sencosim.calibration.verdict import account, in_words, sentence_of
from sencosim.cli.score import SCORES_EXPLAINED, account_sentences, family_rows
from sencosim.evidence.posterior import FOLDER, MADE_BY_FILE, load_posterior
from sencosim.evidence.register import evidence_folder
from sencosim.report.backtest import kept_backtest
from sencosim.report.charts.lines import horizontal_grid
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, LIGHT_BLUE, ORANGE, Chart, Wording, sheet

CHARTS = (
    ("ehcp_initial_requests", "all", "Requests for an EHC needs assessment"),
    ("ehcp_new_plans", "all", "New EHC plans"),
    ("ehcp_issued_within_20_weeks_share", "excluding_exceptions", "Plans issued within 20 weeks, %"),
    ("ehcp_caseload", "all_ages_0_25", "EHC plans in force, all ages"),
    ("pupils_with_ehcp_share", "state_secondary", "Secondary pupils with a plan, %"),
    ("tribunal_appeals_registered", "calendar_year", "Appeals registered"),
)
CHART_NAMES = tuple(f"{series}.svg" for series, _, _ in CHARTS)
TESTS = {"from_2018": "September 2018", "from_2022": "September 2022"}
MARKS = (("from_2018", DARK_BLUE, -0.15), ("from_2022", LIGHT_BLUE, 0.0), ("forecast", ORANGE, 0.15))
KEPT = evidence_folder() / FOLDER
INTRODUCTION = Path(__file__).with_name("validation_text.md")


def page() -> str:
    """The whole page, but for charts."""
    result, state = kept_backtest()
    made_by = json.loads((KEPT / MADE_BY_FILE).read_text(encoding="utf-8"))
    text = ["# How well the model reproduces and predicts England", ""]
    text += ["Made by `make docs` from the runs of `sencosim calibrate --write`.", ""]
    text += [f"**{sentence_of(result, state)}** Made on {result.date}.", ""]
    sections = _sections(INTRODUCTION.read_text(encoding="utf-8"))
    text += [sections["method"], "", *_posterior(made_by), *_mixing(), sections["chains"], "", sections["tests"], ""]
    for test, start in TESTS.items():
        text += list(_scores(result, test, start))
    text += ["### By family of series", "", *_families(result)]
    told = damping_text(damping(result.named, DAMPING), DAMPING)
    text += ["### Damping of trends", "", sections["damping"], "", f"Damping: {told}", ""]
    text += [sections["bad"], ""]
    for series, _, title in CHARTS:
        text += [f"![{title}: forecasts and published figures](charts/{series}.svg)", ""]
    text += ["## The forecast", "", sections["forecast"], "", *_forecast(result)]
    text += ["## Acceptance", "", *_acceptance(), *_projections()]
    text += ["## Structure tests", "", sections["structure"], "", *_structure()]
    text += ["## How the baseline moves", "", sections["dynamics"], "", *_dynamics()]
    text += ["## Base year and money", "", sections["money"], "", *_reconciliation()]
    return "\n".join(text).rstrip() + "\n"


def chart(name: str) -> str:
    """One chart as SVG, by its file name."""
    series, breakdown, title = next(one for one in CHARTS if f"{one[0]}.svg" == name)
    return fan(load_result(), series, breakdown, title).svg


def fan(result: BacktestResult, series: str, breakdown: str, title: str) -> Chart:
    """Intervals of both tests and the forecast, with the published figures on top."""
    rows = [row for row in result.rows if (row.series, row.breakdown) == (series, breakdown)]
    words = Wording(
        name=series,
        title=title,
        subtitle=(
            "Bars: 80 % intervals of the model, started in September 2018 (dark) and 2022 (light), and the forecast of "
            "what is kept aside (orange). Dots: published. Years after 2022 were not known to the two tests."
        ),
        source="Sources: sencosim back-test; DfE and MoJ, see the national series.",
    )
    with sheet(words, 2.9) as page:
        axes = page.axes(0.10, 0.86, foot=0.07 * page.height, head=0.03 * page.height)
        for test, colour, shift in MARKS:
            for row in (row for row in rows if row.test == test):
                x = _year(row) + shift
                axes.plot([x, x], [row.p10, row.p90], color=colour, linewidth=5, solid_capstyle="butt")
                axes.plot([x - 0.06, x + 0.06], [row.p50, row.p50], color="white", linewidth=1.2)
        points = sorted({(_year(row), row.published) for row in rows if not math.isnan(row.published)})
        axes.plot([x for x, _ in points], [y for _, y in points], "o", color=DARK_GREY, markersize=5)
        axes.set_ylim(bottom=0)
        axes.set_xticks(sorted({_year(row) for row in rows}))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        horizontal_grid(axes)
        data = pd.DataFrame([vars(row) for row in rows])
        text = f"{title}: model intervals and published figures by year; the numbers are those of the back-test."
        return page.chart(data, text)


def _year(row: Row) -> int:
    return int(row.period[-4:]) if "/" not in row.period else int(row.period[:4])


def _sections(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split("<!-- ")[1:]:
        name, _, body = part.partition(" -->")
        found[name.strip()] = body.strip()
    return found


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _posterior(made_by: dict) -> Iterator[str]:
    rows = []
    for one in FITTED:
        told = []
        for which in ("frozen", "shipped"):
            low, middle, high = made_by[which]["parameters"][one.name]
            told.append(f"{middle:.3g} ({low:.3g} to {high:.3g})")
        rows.append((f"`{one.name}`", one.title, f"{one.low:g} to {one.high:g}", *told))
    yield from _table(("Parameter", "What", "Limits", "Frozen at 2022/23", "Through 2024/25"), rows)


def _mixing() -> Iterator[str]:
    """How well the chains had mixed, of both fits."""
    for fit, name in (("frozen", "Frozen at 2022/23"), ("shipped", "Through 2024/25")):
        yield f"- {name}: {load_posterior().mixing(fit)}."
    yield ""


def _scores(result: BacktestResult, test: str, start: str) -> Iterator[str]:
    won, of = result.beaten(test)
    inside, figures = result.covered(test)
    yield f"### Started in {start}"
    yield ""
    yield (
        f"Nearer than both naive forecasts on {won} of {of} series; 80 % intervals cover {inside} of {figures} figures "
        f"({100.0 * inside / figures:.0f} %)."
    )
    yield ""
    rows = [
        (
            f"`{score.series}`",
            score.breakdown.replace("|", ", "),
            f"{score.error:.1f}",
            f"{score.bias:+.1f}",
            _number(score.naive_last),
            _number(score.naive_growth),
            f"{score.covered} of {score.periods}",
            "yes" if score.beats_naive else "no",
        )
        for score in result.of(test)
    ]
    head = ("Series", "Breakdown", "Error, %", "Bias, %", "Last value, %", "Last growth, %", "In 80 %", "Beats both")
    yield from _table(head, rows)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f}"


def _amount(value: float) -> str:
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _forecast(result: BacktestResult) -> Iterator[str]:
    rows = [
        (f"`{r.series}`", r.breakdown.replace("|", ", "), r.period, _amount(r.p10), _amount(r.p50), _amount(r.p90))
        for r in result.rows
        if r.test == "forecast" and math.isnan(r.published)
    ]
    yield from _table(("Series", "Breakdown", "Period", "p10", "p50", "p90"), rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _families(result: BacktestResult) -> Iterator[str]:
    """Account of both tests by family."""
    yield SCORES_EXPLAINED
    yield ""
    for test, start in TESTS.items():
        found = account(result, test)
        head, *rows = family_rows(found)
        yield f"**Started in {start}.** The forecasts {in_words(found)}"
        yield ""
        yield from _table(head, rows)
        yield from (f"- {told}" for told in account_sentences(found))
        yield ""


ACCEPTANCE = Path(__file__).with_name("results") / "acceptance.csv"
PROJECTED = (
    ("Plans, ages 0 to 25", "Department for Education by the audit office, 2024", "2032/33", "about 1,000,000"),
    ("Plans, ages 0 to 25, with the reform", "Department for Education, 2026, the peak", "2029/30", "about 910,000"),
    ("Plans, ages 0 to 25, with the reform", "Department for Education, 2026", "2034/35", "about 640,000"),
    ("Plans, if request rates stay", "Mime", "2040", "920,000"),
    ("High-needs spending", "Institute for Fiscal Studies, September 2025", "2029", "£15bn"),
    ("High-needs funding and gap", "Office for Budget Responsibility, November 2025", "2028-29", "about £18bn"),
)
"""What others project, and for when; sources in the registers (policy of 2026)."""


def _acceptance() -> Iterator[str]:
    """What the model must show, and what was measured."""
    yield "Measured by `python docs/acceptance.py`: policies on a twentieth of England in whole councils, the"
    yield "no-policy arm on all schools. A row without a bound is printed, not judged. The tests hold each row on a"
    yield "smaller sample."
    yield ""
    rows = [
        (one["test"], one["what"], one["case"], _number(float(one["value"])), one["bound"], one["verdict"])
        for one in _read(ACCEPTANCE)
        if one["test"] not in ("no policy", "past")
    ]
    yield from _table(("Test", "What", "Case", "Measured", "Must be", "Verdict"), rows)


def _projections() -> Iterator[str]:
    """England without a policy, alongside its own past and what others project."""
    yield "England without a policy, year by year. The model has pupils from Reception on, and after Year 11 only those"
    yield "who left mainstream with a plan: published counts of all ages are about an eighth higher."
    yield ""
    found = [one for one in _read(ACCEPTANCE) if one["test"] == "no policy"]
    years = list(dict.fromkeys(one["case"] for one in found))
    value = {(one["what"], one["case"]): float(one["value"]) for one in found}
    names = list(dict.fromkeys(one["what"] for one in found))
    yield from _table(
        ("No policy", *years), [(name, *(_amount(value[name, year]) for year in years)) for name in names]
    )
    past = [one for one in _read(ACCEPTANCE) if one["test"] == "past"]
    yield from _table(
        ("Published", "Year", "Figure"), [(p["what"], p["case"], _amount(float(p["value"]))) for p in past]
    )
    yield from _table(("Projection", "By", "For", "Figure"), PROJECTED)


def _structure() -> Iterator[str]:
    rows = [
        (line["quantity"].replace("_", " "), line["model"], line["published"])
        for line in _read(KEPT / "dynamics.csv")
        if line["run"] == "structure"
    ]
    yield from _table(("Test", "Model", "Published"), rows)


def _dynamics() -> Iterator[str]:
    lines = _read(KEPT / "dynamics.csv")
    value = {(line["run"], line["quantity"], int(line["year"])): float(line["model"]) for line in lines}
    years = (2024, 2025, 2027, 2029, 2031, 2033, 2035)
    quantities = [key[1] for key in value if key[0] == "baseline"]
    rows = [
        (quantity.replace("_", " "), *(_amount(value.get(("baseline", quantity, year), math.nan)) for year in years))
        for quantity in dict.fromkeys(quantities)
    ]
    yield from _table(("Baseline", *(str(year) for year in years)), rows)
    yield "Difference from the baseline in per cent, when a tenth more pupils are on SEN Support at the start:"
    yield ""
    rows = []
    for quantity in ("support_primary", "support_secondary", "requests"):
        gaps = []
        for year in years:
            base = value.get(("baseline", quantity, year), math.nan)
            other = value.get(("sen_support_at_start_10_pct_more", quantity, year), math.nan)
            gaps.append(f"{100.0 * (other / base - 1.0):+.1f}")
        rows.append((quantity.replace("_", " "), *gaps))
    yield from _table(("Gap, %", *(str(year) for year in years)), rows)
    yield "Volume and timeliness of 2024 when councils' capacity is another:"
    yield ""
    runs = ["baseline", *dict.fromkeys(key[0] for key in value if key[0].startswith("capacity"))]
    rows = [
        (
            run.replace("_", " "),
            _amount(value[run, "new_plans", 2024]),
            f"{100 * value[run, 'on_time_share', 2024]:.1f}",
        )
        for run in runs
    ]
    yield from _table(("Run", "New plans", "Within 20 weeks, %"), [*rows, ("published", "97,747", "46.4")])


def _reconciliation() -> Iterator[str]:
    rows = [
        (
            f"`{row['series']}`",
            row["breakdown"],
            row["period"],
            _amount(float(row["published"])),
            _amount(float(row["model"] or "nan")),
            _number(float(row["gap_pct"] or "nan")),
            f"{float(row['tolerance']):g}",
            row["verdict"],
            row["note"],
        )
        for row in _read(KEPT / "reconciliation.csv")
    ]
    head = ("Series", "Breakdown", "Period", "Published", "Model", "Gap, %", "Tolerance, %", "Verdict", "Note")
    yield from _table(head, rows)
