"""A comparison as a folder: whether runs may be compared, then text, page, spreadsheets, data."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.errors import InputError
from sencosim.experiment.finished import RESOLVED
from sencosim.fingerprint import MADE_WITH, check_still, differing, made_with
from sencosim.report.charts.style import Chart
from sencosim.report.compare.charts import comparison_charts
from sencosim.report.compare.ranks import Pair, ranks_table, same_answer, separations
from sencosim.report.compare.table import (
    budget_share,
    comparison_table,
    uses_comparison,
    uses_frame,
)
from sencosim.report.compare.terms import not_ranked, unlike_terms
from sencosim.report.compare.views import names_of, net_costs, numbered, shared_baseline, views_comparison
from sencosim.report.findings import Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.looks import BY_UNIT, with_looks
from sencosim.report.manifest import software, write_manifest
from sencosim.report.outputs import new_folder, write_charts, write_csv, write_text
from sencosim.report.pack.ods import write_ods
from sencosim.report.pack.workbook import NOT_APPLICABLE, Note, Workbook
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.page import picture_of
from sencosim.report.showing import CAUTIONS, NOT_LIKE_FOR_LIKE, banners, cautions_by_title, gate
from sencosim.report.stored import StoredRun
from sencosim.report.table import TOLD, Table, rows_of, words_in
from sencosim.report.template import render
from sencosim.report.terminal import WIDTH, table_text
from sencosim.report.words import in_a_sentence, joined, sentence_case
from sencosim.scenario.load import load_scenario

BUDGET_SHARE = "duty_share_of_budgets"
"""Row of the summary of a comparison: cost of the duty once in force, of the core budgets of all schools. [%]"""
FOLDER = "comparisons"
"""Folder of comparisons, alongside those of runs."""
MOST_NAMED = 3
"""Options that a title names."""
KEPT_COLUMNS = (
    *("option", "view", "outcome", "payer", "unit", "year"),
    *("baseline", "policy", "difference", "p10", "p90", "monte_carlo_error"),
)
"""Of the summary, in the spreadsheet."""


@dataclass(frozen=True)
class Comparison:
    """Options side by side."""

    options: tuple[Findings, ...]
    runs: tuple[StoredRun, ...]
    views: Table  # net cost in every view, against both baselines
    table: Table
    uses: Table  # the eight uses of the hours that each adds
    same: tuple[str, ...]  # a sentence for each pair
    ranks: Table | None  # the same by option; nothing where no two are paired
    charts: tuple[Chart, ...]
    stamps: tuple[str, ...]  # sentences that stand on every output
    summary: pd.DataFrame  # rows of all runs for their area and of differences between options, by ``option``
    decomposition: Table | None = None  # by mechanism, if it was asked for

    @property
    def title(self) -> str:
        """What is compared: options by their titles, or how many there are."""
        baseline = shared_baseline(self.options)
        if len(self.options) > MOST_NAMED:
            return f"{len(self.options)} options against {baseline}"
        first, *others = (option.inputs.scenario.title for option in self.options)
        return f"{joined([first, *(in_a_sentence(title) for title in others)])} against {baseline}"


def unlike(runs: Sequence[StoredRun]) -> list[str]:
    """What differs between runs that may not differ, in words; empty if they are alike."""
    first, *others = (_facts(run) for run in runs)
    found = [
        f"{words} ({_short(first[words])} and {_short(other[words])})"
        for other in others
        for words in first
        if first[words] != other[words]
    ]
    asked, *beside = (_settings(run) for run in runs)
    found += [words for other in beside for words in asked if asked[words] != other[words]]
    return list(dict.fromkeys(found))


def _settings(run: StoredRun) -> dict[str, Any]:
    """Settings that must be alike and that no fact of the run says, by their words."""
    settings = load_scenario(run.folder / RESOLVED).scenario.settings()
    settings |= {f"run.{name}": value for name, value in settings["run"].items()}
    return {words: settings[name] for name, words in words_in(TOLD)["alike_settings"].items()}


def _facts(run: StoredRun) -> dict[str, Any]:
    findings = Findings(run.inputs)
    told = {words: run.inputs.manifest.get(name) for name, words in words_in(TOLD)["alike"].items()}
    return told | {
        "the years": findings.period() if not findings.years else f"{findings.years[0]} to {findings.years[-1]}",
        "the price base": findings.headline(run.inputs.main_view).price_base,
        "the area": findings.area_name,
        "the views": ", ".join(run.inputs.views),
        "the main view": run.inputs.main_view,
    }


def _short(value: Any) -> str:
    text = str(value)
    return f"{text[:8]}…" if len(text) == 64 else text


def check_alike(runs: Sequence[StoredRun], *, anyway: bool) -> tuple[str, ...]:
    """Refuse runs that are not alike with an InputError, or say what stamps every output if compared ``--anyway``."""
    reasons = unlike(runs)
    if not reasons:
        return ()
    listed = "; ".join(reasons)
    if not anyway:
        raise InputError(
            f"These runs are not like for like: they differ in {listed}. Nothing was compared. Run the options again "
            "with the same settings, or add  --anyway : every output will then carry this sentence, and ranges "
            "between options are left out."
        )
    return (f"{NOT_LIKE_FOR_LIKE}, compared all the same: the runs differ in {listed}.",)


def compare(runs: Sequence[StoredRun], stamps: tuple[str, ...]) -> Comparison:
    """Put finished runs of one option each side by side; with any stamp of :func:`check_alike`, none are paired."""
    options = tuple(Findings(run.inputs) for run in runs)
    apart = [] if stamps else separations(options)
    said = (*stamps, *dict.fromkeys(sentence for option in options for sentence in banners(option)), *older(runs))
    named = list(zip(options, names_of(options), strict=True))
    here = ((option, name, option.summary["area_code"] == option.inputs.area_code) for option, name in named)
    parts = [option.summary[is_here].assign(option=name) for option, name, is_here in here]
    headline = options[0].headline(options[0].inputs.main_view)
    told = {"view": headline.view, "outcome": NET_PUBLIC_COST, "unit": "GBP", "year": headline.year}
    alike = zip(combinations(runs, 2), apart, strict=False)
    pairs = [_on_terms(one, two, pair) for (one, two), pair in alike]
    between = [
        told | vars(pair.found) | {"option": f"{pair.first} less {pair.second}"}
        for pair in pairs
        if pair.found is not None
    ]
    of_budgets = {"view": headline.view, "outcome": BUDGET_SHARE, "unit": "% of core budgets", "year": TOTAL}
    between += [
        of_budgets | {"option": name, "mean": share}
        for option, name in named
        if math.isfinite(share := budget_share(option))
    ]
    if between:
        parts.append(pd.DataFrame(between).rename(columns={"mean": "difference"}))
    summary = pd.concat(parts, ignore_index=True)
    return Comparison(
        options=options,
        runs=tuple(runs),
        views=views_comparison(options),
        table=comparison_table(options),
        uses=uses_comparison(options),
        same=tuple(same_answer(pair) for pair in pairs),
        ranks=ranks_table(options, pairs) if pairs else None,
        charts=tuple(comparison_charts(options, runs)),
        stamps=said,
        summary=summary,
    )


def older(runs: Sequence[StoredRun]) -> tuple[str, ...]:
    """That runs are of another model than the one that is here now, by their titles; empty if all are of this one."""
    told: dict[str, list[str]] = {}
    for run in runs:
        if changed := differing(run.inputs.manifest, made_with()):
            told.setdefault(changed, []).append(f"“{run.inputs.scenario.title}”")
    return tuple(
        f"Made with other {changed} than is read now: {joined(list(dict.fromkeys(titles)))}. A new run may give other "
        "figures."
        for changed, titles in told.items()
    )


def made_by(runs: Sequence[StoredRun]) -> dict[str, Any]:
    """The model that made the runs, by fact; where they are of several, that of each by its run id."""
    found: dict[str, Any] = {}
    for name in MADE_WITH:
        of_run = {run.run_id: run.inputs.manifest.get(name) for run in runs}
        found[name] = next(iter(of_run.values())) if len(set(of_run.values())) == 1 else of_run
    return found


def _on_terms(one: StoredRun, two: StoredRun, pair: Pair) -> Pair:
    """The pair, without its difference where the two ask for their policies on other terms."""
    differ = unlike_terms(one, two)
    return pair._replace(found=None, barred=not_ranked(one, two, differ)) if differ else pair


def comparison_text(found: Comparison) -> str:
    """The comparison for a terminal."""
    stamps, same = ([textwrap.fill(sentence, WIDTH) for sentence in said] for said in (found.stamps, found.same))
    blocks = [
        *(f"! {stamp}" for stamp in stamps),
        table_text(found.views),
        table_text(found.table),
        table_text(found.uses),
        *same,
    ]
    if found.decomposition is not None:
        blocks.append(table_text(found.decomposition))
    return "\n\n".join(blocks) + "\n"


def _kept(found: Comparison) -> pd.DataFrame:
    """Figures for all years together, of the options and between them."""
    return found.summary[found.summary["year"].isin([TOTAL, PRESENT_VALUE])]


def _workbook(found: Comparison) -> Workbook:
    """The comparison as sheets: the table as printed, then its figures as numbers."""
    columns, rows = rows_of(_kept(found), {name: sentence_case(name.replace("_", " ")) for name in KEPT_COLUMNS})
    rows = with_looks(rows, columns, dict.fromkeys(columns[KEPT_COLUMNS.index("baseline") :], BY_UNIT))
    sheets = [
        _as_sheet(found.views, "Net_cost", "Net cost in every view, against both baselines [note 1]"),
        _as_sheet(found.table, "Comparison", "The options side by side [note 1]"),
        _as_sheet(found.uses, "Uses", "What becomes of the hours that each option adds [note 1]"),
        Table("Figures", "The figures behind it [note 1]", columns, rows, about="Unrounded; money in £ million."),
    ]
    if found.ranks is not None:
        sheets.append(_as_sheet(found.ranks, "Ranks", "Which costs less, where draws part the options [note 1]"))
    if found.decomposition is not None:
        sheets.append(_as_sheet(found.decomposition, "Mechanisms", "The difference by mechanism [note 1]"))
    cover = (*found.stamps, *found.same, found.table.caption)
    return Workbook(found.title, cover, tuple(sheets), [Note(" ".join(found.table.notes))])


def _as_sheet(table: Table, name: str, title: str) -> Table:
    return replace(table, key=name, caption=title, about=table.caption, missing=NOT_APPLICABLE)


def worst_facts(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the gate judges, of the worst of some runs: a comparison may be quoted only if each of its runs may."""
    least = ("draws", "fewest_draws", "replications", "sample_share", "schools_per_run")
    found: dict[str, Any] = {
        name: min(facts[name] for facts in told) for name in least if all(name in facts for facts in told)
    }
    found["quick"] = any(facts.get("quick") for facts in told)
    found["checks"] = [check for facts in told for check in facts.get("checks", ())]
    dirty = [facts["git"] for facts in told if (facts.get("git") or {}).get("dirty")]
    found["git"] = dirty[0] if dirty else told[0].get("git")
    found["warnings"] = [one for facts in told for one in facts.get("warnings", ())]
    found["replaced_mechanisms"] = {
        name: code for facts in told for name, code in (facts.get("replaced_mechanisms") or {}).items()
    }
    emulators = [item for facts in told for item in (facts.get("emulators") or {}).items()]
    found["emulators"] = dict(sorted(emulators, key=lambda item: -item[1].get("r_squared", 1.0)))  # the worst is last
    every = [facts.get("precision") or {} for facts in told]
    precisions = [one for one in every if one.get("half_width_95_gbp") is not None]
    if precisions:
        found["precision"] = min(precisions, key=_leniency)
    return found


def _leniency(precision: Mapping[str, Any]) -> tuple[int, float]:
    """How lightly the gate takes a simulation error: 0 if it forbids quoting, 1 if it cautions, 2 if it says nothing.

    Among those it takes alike, the one that is largest against its headline comes first.
    """
    judged = min((0 if reason.forbids else 1 for reason in gate({"precision": precision})), default=2)
    return judged, -precision["half_width_95_gbp"] / max(abs(precision["mean_gbp"]), 1.0)


def write_comparison(found: Comparison, root: Path) -> Path:
    """Write a comparison, all of it or nothing, as ``root/comparisons/<names>``, and say where it is."""
    name = "-and-".join(run.name for run in found.runs)
    by_title = ((run.inputs.scenario.title, run.inputs.manifest.get(CAUTIONS) or ()) for run in found.runs)
    worst = worst_facts([run.inputs.manifest for run in found.runs]) | {CAUTIONS: cautions_by_title(by_title)}
    with new_folder(root / FOLDER, name) as (folder, taken):
        write_text(folder / "comparison.txt", comparison_text(found))
        write_text(
            folder / "comparison.html",
            render("comparison.html", found=found, charts=[picture_of(chart) for chart in found.charts]),
        )
        workbook = _workbook(found)
        write_xlsx(workbook, folder / "comparison.xlsx")
        write_ods(workbook, folder / "comparison.ods")
        found.summary.to_parquet(folder / "summary.parquet", index=False)
        write_csv(folder / "comparison.csv", _kept(found).reindex(columns=list(KEPT_COLUMNS)))
        write_csv(folder / "uses.csv", uses_frame(found.options))
        write_csv(folder / "net_costs.csv", net_costs(found.options))
        write_charts(folder / "charts", found.charts, worst)
        names = numbered(run.name for run in found.runs)
        runs = dict(zip(names, (run.run_id for run in found.runs), strict=True))
        facts = {"kind": "comparison", "software": software(), "runs": runs, **made_by(found.runs)}
        write_manifest(folder, {**facts, **worst, "stamps": list(found.stamps)})
        check_still(facts)
    return root / FOLDER / taken
