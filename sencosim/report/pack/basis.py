"""Sheets on what the results rest on: options, risk, assumptions, data, published figures, checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sencosim.evidence.councils import COUNCILS_SOURCES, NEIGHBOURS_SOURCE
from sencosim.evidence.grants import DEFICITS_SOURCE, GRANT_SOURCE, LUMP_SUM_SOURCE
from sencosim.evidence.register import Parameter, load_register
from sencosim.evidence.series import load_series
from sencosim.outcomes.needed import NEEDED
from sencosim.outcomes.reconcile import OUTSIDE
from sencosim.outcomes.social import BEARER, KAPPA, LINE, STANDING, WHOLE
from sencosim.report.definitions import definitions_sheet
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.laws import LAW_WORDS
from sencosim.report.needed import sheet_frame
from sencosim.report.pack.signing import Signing, log_sheet, swings_of
from sencosim.report.pack.workbook import NOT_APPLICABLE, Note
from sencosim.report.social import STANDING_WORDS
from sencosim.report.table import SHEETS, Cell, Table, table_of, words_in
from sencosim.report.words import joined

DISTRIBUTION, SOCIAL = "Distribution", "Social_value"
PART_WORDS = {
    LINE: "Line",
    BEARER: "Who bears it",
    STANDING: "What it stands on",
    WHOLE: "Whole",
    KAPPA: "Worth of a pound of provision",
}
"""Parts of the social statement."""
MEASURED = {"pv_cost": "policy_cost", "pv_benefit": "policy_benefit", "npsv": "npsv"}
"""Columns of the table by group, and the outcomes of the summary that they are."""
SUM_OF_GROUPS, MEAN_OVER_DRAWS = "all, at the point values", "all, mean over draws"
JUDGEMENT = ("assumption", "calibrated")


def notes() -> list[Note]:
    """Notes of the workbook."""
    return [Note(**note) for note in words_in(SHEETS)["notes"]]


def basis_sheets(signing: Signing, findings: Findings) -> Iterator[Table]:
    """Sheets on what the results rest on."""
    inputs = findings.inputs
    yield table_of(findings, "Options", _options(findings), description=inputs.scenario.description)
    for name, told in words_in(SHEETS)["sheets"].items():
        stored = inputs.appraisal.get(told.get("stored", ""))
        if stored is not None and not stored.empty:
            yield table_of(findings, name, _shown(findings, name, stored))
    yield definitions_sheet(findings)
    yield _assumptions_log(signing, findings)
    yield log_sheet(signing, findings)
    yield table_of(findings, "Data_log", _data_log())
    if not inputs.reconciliation.empty:
        yield replace(table_of(findings, "Published", _worst_first(inputs.reconciliation)), missing=NOT_APPLICABLE)
    yield table_of(
        findings, "Checks", ((name, passed, detail or NOT_APPLICABLE) for name, passed, detail in inputs.checks)
    )


def _worst_first(reconciliation: pd.DataFrame) -> pd.DataFrame:
    """Published figures outside their tolerance first, each kind by the size of its gap."""
    is_within, gap = reconciliation["verdict"].ne(OUTSIDE), -reconciliation["gap_pct"].astype(float).abs()
    return reconciliation.assign(a=is_within, b=gap).sort_values(["a", "b"], kind="stable").drop(columns=["a", "b"])


def _shown(findings: Findings, name: str, stored: pd.DataFrame) -> pd.DataFrame:
    """A stored table as its sheet shows it."""
    if name == DISTRIBUTION:
        return distribution_with_mean(findings, stored)
    if name == SOCIAL:
        told = stored["standing"].map(_standing_words, na_action="ignore").fillna(NOT_APPLICABLE)
        return stored.assign(part=stored["part"].map(PART_WORDS), standing=told)
    if str(words_in(SHEETS)["sheets"][name]["stored"]).startswith(NEEDED):
        return sheet_frame(stored).fillna(NOT_APPLICABLE)
    return stored


def _standing_words(keys: str) -> str:
    return joined([STANDING_WORDS[one] for one in keys.split(", ")])


def distribution_with_mean(findings: Findings, groups: pd.DataFrame) -> pd.DataFrame:
    """Groups at the point values, then their sum, then the mean over draws that other tables state. [GBP]"""
    tables = [groups]
    first = groups["grouping"].iloc[0]
    for view, rows in groups[groups["grouping"] == first].groupby("view", sort=False):
        sums = {name: float(rows[name].sum()) for name in MEASURED}
        known = {name: findings.get(str(view), outcome, PRESENT_VALUE) for name, outcome in MEASURED.items()}
        means = {name: None if one is None else one.difference for name, one in known.items()}
        told = [{"group": SUM_OF_GROUPS, **sums}, {"group": MEAN_OVER_DRAWS, **means}]
        tables.append(pd.DataFrame(told).assign(grouping="all councils", view=view))
    return pd.concat(tables, ignore_index=True)


def _options(findings: Findings) -> Iterator[list[Cell]]:
    scenario = findings.inputs.scenario
    laws = [LAW_WORDS[law] for law in findings.laws]
    beside = f"; alongside it, under {joined(laws[1:])}" if laws[1:] else ""
    yield ["Do nothing", "Baseline", f"Today's policy goes on, under {laws[0]}{beside}"]
    for line in scenario.differences or ("No difference",):
        yield ["Option", scenario.title, line]


def _assumptions_log(signing: Signing, findings: Findings) -> Table:
    """Every parameter of the run with its source, grade, sensitivity, review date and owner; the weightiest first."""
    run, register = signing.run, load_register()
    views, swing = run.inputs.views, swings_of(run)
    rows: list[list[Cell]] = []
    for told in sorted(run.inputs.parameters.to_dict("records"), key=lambda told: -swing.get(str(told["name"]), 0.0)):
        name = str(told["name"])
        known = _known(register[name]) if name in register else [None] * 6
        values = [told.get(view) for view in views]
        told_of = [name, told["kind"] in JUDGEMENT, *values, told["unit"], told["quality"], *known]
        rows.append([*told_of, swing.get(name), told["source"], told["note"], signing.log.owner_of(name)])
    return table_of(findings, "Assumptions", rows, each=views)


def _known(parameter: Parameter) -> list[Cell]:
    low, high = parameter.interval if parameter.interval is not None else (None, None)
    date = None if parameter.source is None else parameter.source.date
    return [parameter.title, low, high, date, parameter.review_by, ", ".join(parameter.used_by)]


def _data_log() -> Iterator[list[Cell]]:
    """Every publication behind the run, with its address and whether it was seen."""
    found: dict[tuple[str, str], list[str]] = {}
    for group, source in COUNCILS_SOURCES.items():
        found.setdefault(source, []).append(f"councils: {group}")
    found.setdefault(NEIGHBOURS_SOURCE, []).append("statistical neighbours")
    for source, use in (
        (GRANT_SOURCE, "grants and units of funding of councils"),
        (DEFICITS_SOURCE, "balances of councils"),
        (LUMP_SUM_SOURCE, "test of worked-out budgets"),
    ):
        found.setdefault(source, []).append(use)
    for point in load_series():
        found.setdefault((point.source_title, point.source_url), []).append(f"{point.status} series")
    for parameter in load_register().values():
        if parameter.source is not None:
            key = (parameter.source.title, parameter.source.link or "")
            found.setdefault(key, []).append(f"{parameter.source.status} parameter")
    for (title, address), uses in sorted(found.items()):
        yield [title, address, len(uses), ", ".join(sorted(set(uses)))]
