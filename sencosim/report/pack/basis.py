"""Sheets on what the results rest on: options, risk, assumptions, data, published figures, checks."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sencosim.evidence.councils import COUNCILS_SOURCES, NEIGHBOURS_SOURCE
from sencosim.evidence.register import Parameter, load_register
from sencosim.evidence.series import load_series
from sencosim.report.findings import Findings
from sencosim.report.pack.results import discount_table
from sencosim.report.pack.sheet import NOT_APPLICABLE, Note, Sheet, from_rows, tidy
from sencosim.report.stored import StoredRun

JUDGEMENT = ("assumption", "calibrated")
NO_OWNER = "to be named"

NOTES = (
    Note(
        "Ranges are 80 % intervals. They run from p10 to p90 of the paired difference over draws of the uncertain "
        "parameters. Simulation error is the standard error of the mean over replications, a separate thing."
    ),
    Note(
        "Three views share one model and one no-policy arm. They differ in the routes from SENCO time to pupils and in "
        "values that rest on causal claims; see the sheet Assumptions. Nobody has measured what SENCO time causes."
    ),
    Note("A cost is above zero and a saving below. Transfers between public payers cancel in the sum."),
    Note(
        "The Green Book of HM Treasury. Discounting at the standard rate in force, year 0 is the first year shown.",
        "https://www.gov.uk/government/publications/the-green-book-appraisal-and-evaluation-in-central-government",
    ),
    Note(
        "A figure of a council is modelled there, or a share of England's by pupils, or England's own where shares "
        "make no sense; the last column says which. For modelled figures the width from uncertain evidence is the "
        "area's share of England's."
    ),
    Note(
        "Prices of a worksheet over draws are effective ones. They are mean amount over mean units, apart for draws in "
        "which there is more of a thing and draws in which there is less. Their products add up to the mean exactly."
    ),
    Note("Grades of evidence. A measured nationally, B good study, C weak study or association, D judgement, E guess."),
    Note(
        "Guidance on spreadsheets that everybody can use. This workbook follows the Analysis Function's checklist.",
        "https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/",
    ),
)


def basis_sheets(run: StoredRun, findings: Findings) -> Iterator[Sheet]:
    """Sheets on what the results rest on."""
    yield _options(findings)
    yield Sheet("Discounting", "Discount factors [note 4]", "Standard rate in force.", discount_table(findings))
    yield from _tables(run, findings)
    yield _unpriced(findings)
    yield assumptions_log(run)
    yield data_log()
    if not findings.inputs.reconciliation.empty:
        yield _reconciliation(findings)
    yield _checks(findings)


def _options(findings: Findings) -> Sheet:
    scenario = findings.inputs.scenario
    rows = [["Do nothing", "Baseline", "Today's policy goes on; also the do-minimum, since no lever is pulled"]]
    rows += [["Option", scenario.title, " ".join(line.split())] for line in scenario.differences or ("No difference",)]
    return Sheet(
        "Options",
        "The options and how they differ",
        scenario.description,
        from_rows(rows, ["Kind", "Option", "What it is"]),
    )


_TABLES: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    (
        "Sensitivity",
        "sensitivity",
        "Sensitivity of the appraisal to conventions [note 4]",
        "One change at a time, at the point values, GBP. A ratio is missing where there is nothing to divide by.",
        {
            "title": "Case",
            "view": "View",
            "basis": "Basis",
            "npsv": "Net present social value",
            "change_gbp": "Change",
            "pv_cost": "Cost",
            "pv_benefit": "Benefit",
            "bcr_a": "Ratio A",
            "bcr_b": "Ratio B",
            "pv_public_net": "Net cost to the public purse",
        },
    ),
    (
        "Unit_costs",
        "unit_cost_swings",
        "Unit costs at their low and high ends, and where the answer would turn [note 7]",
        "Main view, at the point values, GBP; ends are the 95 % interval of the evidence.",
        {
            "title": "Unit cost",
            "parameter": "Parameter",
            "unit": "Unit",
            "quality": "Grade",
            "low": "Low",
            "central": "Central",
            "high": "High",
            "npsv_low": "NPSV at low",
            "npsv_high": "NPSV at high",
            "swing_gbp": "Swing",
            "switching_value": "Switching value",
            "reading": "Reading",
        },
    ),
    (
        "Unpriced_counts",
        "effects",
        "Counted effects without a price, and what a unit would have to be worth [note 7]",
        "At the point values; present value of units at the standard rate. Not in any total.",
        {
            "effect": "Effect",
            "view": "View",
            "direction": "Direction",
            "grade": "Grade",
            "unit": "Unit",
            "units": "Units",
            "pv_units": "Units, discounted",
            "switching_value_gbp_per_unit": "Switching value, GBP per unit",
            "reading": "Reading",
        },
    ),
    (
        "After_the_horizon",
        "after_horizon",
        "After the horizon, pupils already affected [note 3]",
        "Outside the headline. At the point values, GBP, present value at the same base.",
        {
            "payer": "Payer",
            "view": "View",
            "public": "Public money",
            "undiscounted_gbp": "Undiscounted",
            "present_value_gbp": "Present value",
            "cashable_gbp": "Cashable",
        },
    ),
    (
        "Distribution",
        "distribution",
        "Who gains, by region and by deprivation of councils",
        "At the point values, unweighted, GBP, present value; groups that no sampled council belongs to are missing.",
        {
            "grouping": "Grouping",
            "group": "Group",
            "view": "View",
            "pv_cost": "Cost",
            "pv_benefit": "Benefit",
            "npsv": "Net present social value",
        },
    ),
)


def _tables(run: StoredRun, findings: Findings) -> Iterator[Sheet]:
    for name, key, title, about, headers in _TABLES:
        table = run.inputs.appraisal.get(key)
        if table is not None and not table.empty:
            yield Sheet(name, title, f"{findings.area_name}. {about}", tidy(table, headers))


def _unpriced(findings: Findings) -> Sheet:
    rows = [list(effect) for effect in findings.inputs.unmonetised] or [[NOT_APPLICABLE] * 3]
    columns = ["Effect", "Direction", "Grade"]
    return Sheet("Unpriced", "Effects without a price [note 7]", "Not in any total.", from_rows(rows, columns))


def assumptions_log(run: StoredRun) -> Sheet:
    """Every parameter of the run with its source, grade, sensitivity and review date; judgements are marked."""
    register = load_register()
    swings = run.inputs.appraisal.get("unit_cost_swings", pd.DataFrame(columns=["parameter", "swing_gbp"]))
    swing = dict(zip(swings["parameter"], swings["swing_gbp"], strict=True))
    rows = []
    for told in run.inputs.parameters.to_dict("records"):
        name = str(told["name"])
        known = _known(register[name]) if name in register else [None] * 6
        values = [told.get(view) for view in run.inputs.views]
        told_of = [name, told["kind"] in JUDGEMENT, *values, told["unit"], told["quality"], *known]
        rows.append([*told_of, swing.get(name), told["source"], told["note"], NO_OWNER])
    columns = [
        *("Parameter", "Decided by judgement", *(f"Value, {view} view" for view in run.inputs.views)),
        *("Unit", "Grade", "Title", "Low, 95 %", "High, 95 %", "Date of source", "Review by", "Used by"),
        *("Swing in NPSV, GBP", "Source", "Note", "Owner"),
    ]
    about = (
        "Swings are of unit costs, low to high end, main view. Owners are named by the people who sign the quality log."
    )
    return Sheet("Assumptions", "Assumptions log [note 7]", about, from_rows(rows, columns))


def _known(parameter: Parameter) -> list[object]:
    low, high = parameter.interval if parameter.interval is not None else (None, None)
    date = parameter.source.date if parameter.source is not None else None
    return [parameter.title, low, high, date, parameter.review_by, ", ".join(parameter.used_by)]


def data_log() -> Sheet:
    """Every publication behind the run, with its address and whether it was seen."""
    found: dict[tuple[str, str], list[str]] = {}
    for group, (title, address) in COUNCILS_SOURCES.items():
        found.setdefault((title, address), []).append(f"councils: {group}")
    found.setdefault(NEIGHBOURS_SOURCE, []).append("statistical neighbours")
    for point in load_series():
        found.setdefault((point.source_title, point.source_url), []).append(f"{point.status} series")
    for parameter in load_register().values():
        if parameter.source is not None:
            key = (parameter.source.title, parameter.source.link or "")
            found.setdefault(key, []).append(f"{parameter.source.status} parameter")
    rows = [
        [title, address, len(uses), ", ".join(sorted(set(uses)))] for (title, address), uses in sorted(found.items())
    ]
    columns = ["Source", "Address", "Figures used", "What for, and whether seen"]
    return Sheet(
        "Data_log", "Data log", "Every publication that a figure of the run comes from.", from_rows(rows, columns)
    )


def _reconciliation(findings: Findings) -> Sheet:
    headers = {
        "series": "Series",
        "breakdown": "Breakdown",
        "period": "Period",
        "published": "Published",
        "model": "Model",
        "gap": "Gap",
        "gap_pct": "Gap, per cent",
        "tolerance": "Tolerance, per cent",
        "verdict": "Verdict",
        "note": "Note",
    }
    about = f"{findings.area_name}. The baseline at the point values of the main view."
    table = tidy(findings.inputs.reconciliation, headers, NOT_APPLICABLE)
    return Sheet("Published", "Is it in line with published figures?", about, table)


def _checks(findings: Findings) -> Sheet:
    rows = [[name, passed, detail or NOT_APPLICABLE] for name, passed, detail in findings.inputs.checks]
    return Sheet("Checks", "Checks after the run", "Made on every run.", from_rows(rows, ["Check", "Passed", "Detail"]))
