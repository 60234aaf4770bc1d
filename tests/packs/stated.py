"""Where each figure of a pack is stated: tables are read as a reader would, and each number gets one name.

A figure is named by view, measure, what it is of (payer or line), year and basis. Two tables may round differently,
and may not disagree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from docx import Document
from openpyxl import load_workbook

from sencosim.costing.budget import STATEMENT
from sencosim.outcomes.catalogue import MONEY_OUTCOME
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE, TOTAL
from sencosim.report.pack.basis import PART_WORDS
from sencosim.report.page import TABLES
from sencosim.report.social import BEARER, LINE, STANDING, WHOLE
from sencosim.report.stored import StoredRun, read_run
from sencosim.report.table import Estimate, Interval, Number, Table
from sencosim.report.words import MINUS, payer_words, sentence_case
from sencosim.vocabulary import PAYER

MILLION = 1e6
POUND = 0.5
"""What two unrounded figures may differ by. [GBP]"""
FINE = 1e-9
"""What two unrounded figures that are not money may differ by, as a part of them."""
COUNCILS = ("council_high_needs", "council_general_fund")
NPSV, PURSE = "npsv", "net_public_cost"


class Key(NamedTuple):
    """Name of one figure."""

    view: str
    measure: str  # an outcome of the summary, or a line of the social statement
    of: str  # payer or line; blank
    year: str
    basis: str  # mean, p10, p90; or what the figure is instead


@dataclass(frozen=True)
class Stated:
    """One figure in one place."""

    key: Key
    value: float  # in GBP or in its own unit
    where: str  # file, and sheet or table
    slack: float = 0.0  # half of what it is rounded to there


@dataclass(frozen=True)
class Pack:
    """A pack and what its tables are read with."""

    folder: Path
    run: StoredRun

    @classmethod
    def of(cls, folder: Path) -> Pack:
        return cls(folder, read_run(folder))

    @cached_property
    def findings(self) -> Findings:
        return Findings(self.run.inputs)

    @property
    def main(self) -> str:
        return self.run.inputs.main_view

    @cached_property
    def views(self) -> Mapping[str, str]:
        """Views by how tables say them."""
        return {f"{sentence_case(view)} view": view for view in self.run.inputs.views}

    @cached_property
    def outcome(self) -> Mapping[str, str]:
        """Outcomes of the summary by title."""
        summary = self.run.inputs.summary
        named = summary[summary["payer"] == ""]
        return dict(zip(named["title"], named["outcome"], strict=True))

    @cached_property
    def payer(self) -> Mapping[str, str]:
        """Payers by how tables say them."""
        words = {sentence_case(payer_words(name)): name for name in PAYER}
        return words | {payer_words(name): name for name in PAYER} | {one.title: name for name, one in PAYER.items()}

    @cached_property
    def line(self) -> Mapping[str, tuple[str, str]]:
        """Part and name of a line of the social statement by its title."""
        rows = self.run.inputs.appraisal["social"].to_dict("records")
        return {str(row["title"]): (str(row["part"]), str(row["name"])) for row in rows if row["part"] != BEARER}

    @cached_property
    def book(self) -> Any:
        return load_workbook(self.folder / "results.xlsx", data_only=True)

    def sheet(self, name: str) -> pd.DataFrame:
        """The table of a sheet; empty if the workbook does not have it."""
        if name not in self.book.sheetnames:
            return pd.DataFrame()
        (one,) = self.book[name].tables.values()
        cells = [[cell.value for cell in row] for row in self.book[name][one.ref]]
        return pd.DataFrame(cells[1:], columns=cells[0])

    def csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv", keep_default_na=False, na_values=[""])


Reader = Callable[[Pack], Iterator[Stated]]


def stated(pack: Pack) -> list[Stated]:
    """Every figure that a table of a pack states."""
    return [one for reader in READERS for one in reader(pack)]


def disagreements(figures: list[Stated]) -> list[str]:
    """Figures that two places state differently, in words; the first place is taken as the standard."""
    found = []
    for key, places in by_key(figures).items():
        first = places[0]
        for other in places[1:]:
            money = key.measure in MONEY or key.measure.startswith(("payer_", "social.", "budget", "new_burdens"))
            own = POUND if money else FINE * max(1.0, abs(first.value))
            if not abs(other.value - first.value) <= own + first.slack + other.slack:
                found.append(f"{key}: {first.value:,.6g} in {first.where}, {other.value:,.6g} in {other.where}")
    return found


MONEY = frozenset(MONEY_OUTCOME)


def by_key(figures: list[Stated]) -> dict[Key, list[Stated]]:
    """Places of each figure."""
    places: dict[Key, list[Stated]] = defaultdict(list)
    for one in figures:
        if one.value == one.value:
            places[one.key].append(one)
    return dict(places)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _amount(value: object, unit: object) -> float | None:
    """A cell of a sheet in GBP or in its own unit; none where it is no number."""
    if not _is_number(value):
        return None
    return float(value) * (MILLION if "£ million" in str(unit) else 1.0)  # type: ignore[arg-type]


# -- the summary and other files of figures ------------------------------------------------------------------------


def summary(pack: Pack) -> Iterator[Stated]:
    """The standard: it comes first."""
    for where in ("summary.parquet", "summary.csv"):
        table = pd.read_parquet(pack.folder / where) if where.endswith("parquet") else pack.csv("summary")
        here = table[table["area_code"] == pack.run.inputs.area_code]
        for row in here.fillna({"payer": ""}).to_dict("records"):
            for basis, column in (("mean", "difference"), ("p10", "p10"), ("p90", "p90")):
                key = Key(row["view"], row["outcome"], row["payer"], row["year"], basis)
                yield Stated(key, float(row[column]), where)


def payers_file(pack: Pack) -> Iterator[Stated]:
    for row in pack.csv("payers").to_dict("records"):
        is_whole = row["payer"] == "public purse"
        net, payer = (PURSE, "") if is_whole else ("payer_net", row["payer"])
        told = {(net, "mean"): row["net_gbp"], (net, "p10"): row["p10"], (net, "p90"): row["p90"]}
        if not is_whole:
            told |= {("payer_cost", "mean"): row["cost_gbp"], ("payer_saving", "mean"): row["saving_gbp"]}
        for (measure, basis), value in told.items():
            yield Stated(Key(row["view"], measure, payer, row["year"], basis), float(value), "payers.csv")


def beside_file(pack: Pack) -> Iterator[Stated]:
    table = pack.csv("beside").rename(columns={"case": "key"})
    yield from _beside(pack, table, "beside.csv", "key", 1.0)


def _beside(pack: Pack, table: pd.DataFrame, where: str, case: str, scale: float) -> Iterator[Stated]:
    basis = {"headline": "mean", "optimism_bias": "biased", "after_horizon": "after", "new_burdens": "burdens"}
    for row in table.to_dict("records"):
        name = str(row[case])
        told = basis.get(name, name)
        for measure in (PURSE, NPSV):
            value = row[measure]
            if told == "burdens" and measure == PURSE:
                yield Stated(Key(pack.main, "new_burdens", "", "first three", "mean"), scale * float(value), where)
            elif _is_number(value) and told != "burdens":
                yield Stated(Key(pack.main, measure, "", PRESENT_VALUE, told), scale * float(value), where)


def social_file(pack: Pack) -> Iterator[Stated]:
    yield from _social(pack.run.inputs.appraisal["social"].to_dict("records"), "appraisal/social.parquet")


def _social(rows: list[Any], where: str) -> Iterator[Stated]:
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        is_whole = row["part"] == WHOLE
        measure, of = (NPSV, "") if is_whole else (f"social.{row['part']}", row["name"])
        for basis, column in (("mean", "difference"), ("p10", "p10"), ("p90", "p90")):
            yield Stated(Key(row["view"], measure, of, PRESENT_VALUE, basis), float(row[column]), where)
        if row["part"] in (LINE, BEARER, STANDING):
            sums[row["view"], row["part"]] += float(row["difference"])
    for (view, part), total in sums.items():
        yield Stated(Key(view, NPSV, "", PRESENT_VALUE, "mean"), total, f"{where}, sum of part {part}")


def budget_file(pack: Pack) -> Iterator[Stated]:
    """By academic year the net costs of the summary; by financial year what the profile is made of."""
    table = pack.csv("budget")
    own = table[table["block"] == STATEMENT]
    for (view, payer, year), amount in own.groupby(["view", "payer", "academic_year"])["real_gbp"].sum().items():
        yield Stated(Key(view, "payer_net", payer, year, "mean"), float(amount), "budget.csv, academic years")

    for (view, year), amount in own.groupby(["view", "academic_year"])["real_gbp"].sum().items():
        yield Stated(Key(view, PURSE, "", year, "mean"), float(amount), "budget.csv, academic years")
    for (view, payer, year), amount in own.groupby(["view", "payer", "financial_year"])["cash_gbp"].sum().items():
        yield Stated(Key(view, "budget_cash", payer, year, "mean"), float(amount), "budget.csv, financial years")
    for (view, year), amount in own.groupby(["view", "financial_year"])["cash_gbp"].sum().items():
        yield Stated(Key(view, "budget_cash", "", year, "mean"), float(amount), "budget.csv, financial years")
    years = sorted(own["academic_year"].unique())[:3]
    soon = own[own["academic_year"].isin(years) & own["payer"].isin(COUNCILS)]
    for view in pack.run.inputs.views:
        amount = float(soon.loc[soon["view"] == view, "real_gbp"].sum())
        yield Stated(Key(view, "new_burdens", "", "first three", "mean"), amount, "budget.csv, first three years")


def profile_file(pack: Pack) -> Iterator[Stated]:
    table = pack.csv("fiscal_profile").fillna({"payer": ""})
    for (view, payer, year), rows in table.groupby(["view", "payer", "financial_year"]):
        key = Key(view, "budget_cash", payer, year, "mean")
        yield Stated(key, float(rows["cash_gbp"].sum()), "fiscal_profile.csv")
        rounded = MILLION * float(rows["scorecard_gbp_million"].sum())
        yield Stated(key, rounded, "fiscal_profile.csv, scorecard", 2.5e6 * len(rows))


def summary_table_file(pack: Pack) -> Iterator[Stated]:
    for row in pack.csv("appraisal_summary").to_dict("records"):
        named = _summary_line(pack, str(row["part"]), str(row["line"]))
        for basis in ("mean", "p10", "p90") if named else ():
            value = row["value" if basis == "mean" else basis]
            own = named[3] if basis == "mean" else basis
            yield Stated(Key(row["view"], *named[:3], own), float(value), "appraisal_summary.csv")


_EXTRA = {
    "New burdens on councils, first three years, undiscounted": ("new_burdens", "", "first three", "mean"),
    "Net cost to the public purse with optimism bias": (PURSE, "", PRESENT_VALUE, "biased"),
    "Net present social value with optimism bias": (NPSV, "", PRESENT_VALUE, "biased"),
    "Benefit-cost ratio, convention B: avoided public spending comes off the cost": (
        "bcr_b",
        "",
        PRESENT_VALUE,
        "mean",
    ),
}
_STATEMENTS = ("Budget statement", "Social statement")
Named = tuple[str, str, str, str]


def _summary_line(pack: Pack, part: str, line: str) -> Named | tuple[()]:
    """What a line of the appraisal summary table states; nothing of words and of what no other table states."""
    if part == "Budget statement" and line in pack.payer:
        return ("payer_net", pack.payer[line], PRESENT_VALUE, "mean")
    if part in _STATEMENTS and line in _EXTRA:
        return _EXTRA[line]
    if part in _STATEMENTS and line in pack.outcome:
        return (pack.outcome[line], "", PRESENT_VALUE, "mean")
    if part in ("Social statement, line by line", "What the social answer stands on"):
        of_part, name = pack.line[line]
        return (f"social.{of_part}", name, PRESENT_VALUE, "mean")
    return _beside_line(line) if part == "Alongside the headline" else ()


def _beside_line(line: str) -> tuple[str, str, str, str]:
    case, _, words = line.partition(": ")
    measure = PURSE if words.startswith("net cost") else NPSV
    law, long = case.startswith("Against"), case.startswith("Over")
    basis = "law_announced" if law else "long_horizon" if long else "after"
    return measure, "", PRESENT_VALUE, basis


def laws_and_forms(pack: Pack) -> Iterator[Stated]:
    """The headline stands in these tables too, where a run has them: today's law, the reference form."""
    if (pack.folder / "structure.csv").is_file():
        rows = pack.csv("structure")
        for row in rows[(rows["key"] == "reference") & rows["outcome"].isin([PURSE, NPSV])].to_dict("records"):
            for basis, column in (("mean", "mean"), ("p10", "p10"), ("p90", "p90")):
                key = Key(pack.main, row["outcome"], "", PRESENT_VALUE, basis)
                yield Stated(key, float(row[column]), "structure.csv")
    if not (pack.folder / "baselines.csv").is_file():
        return
    for row in pack.csv("baselines").to_dict("records"):
        if row["outcome"] in (PURSE, NPSV):
            basis = "mean" if row["law"] == "current_law" else f"law_{row['law']}"
            yield Stated(
                Key(row["view"], row["outcome"], "", PRESENT_VALUE, basis), float(row["difference"]), "baselines.csv"
            )


def lines_file(pack: Pack) -> Iterator[Stated]:
    """What the mean lines add up to."""
    lines = pack.run.inputs.appraisal["lines"]
    lines = lines[lines["basis"] == "over draws"]
    first = int(pack.findings.years[0][:4])
    lines = lines[lines["year"].between(first, first + len(pack.findings.years) - 1)]
    value = lines["value_gbp"] / 1.035 ** (lines["year"] - first)
    social = -value.where(lines["in_social"] & (lines["nature"] == "resource"), 0.0)
    where = "appraisal/lines.parquet"
    for view, amount in social.groupby(lines["view"]).sum().items():
        yield Stated(Key(str(view), NPSV, "", PRESENT_VALUE, "mean"), float(amount), where)
    purse = value.where(lines["in_budget"] & lines["payer"].map(lambda one: PAYER[one].is_public), 0.0)
    for (view, payer), amount in purse.groupby([lines["view"], lines["payer"].astype(str)]).sum().items():
        if PAYER[payer].is_public:
            yield Stated(Key(str(view), "payer_net", payer, PRESENT_VALUE, "mean"), float(amount), where)
    for view, amount in purse.groupby(lines["view"]).sum().items():
        yield Stated(Key(str(view), PURSE, "", PRESENT_VALUE, "mean"), float(amount), where)


# -- sheets of the workbook ----------------------------------------------------------------------------------------


def answer_sheet(pack: Pack) -> Iterator[Stated]:
    for row in pack.sheet("Answer").to_dict("records"):
        yield from _with_range(row, "Answer", row["View"], pack.outcome[row["Measure"]], "", PRESENT_VALUE, row["Unit"])


def people_sheet(pack: Pack) -> Iterator[Stated]:
    for row in pack.sheet("People").to_dict("records"):
        year = TOTAL if row["When"] == "whole horizon" else row["When"]
        yield from _with_range(row, "People", row["View"], pack.outcome[row["Outcome"]], "", year, row["Unit"])


def _with_range(
    row: Mapping[Any, Any], sheet: str, view: str, measure: str, of: str, year: str, unit: str
) -> Iterator[Stated]:
    heads = {"mean": "Difference", "p10": "Lower end p10", "p90": "Upper end p90"}
    for basis, head in heads.items():
        column = next(name for name in row if str(name).startswith(head))
        if (value := _amount(row[column], f"{unit} {column}")) is not None:
            yield Stated(Key(view, measure, of, year, basis), value, f"results.xlsx, {sheet}")


def payers_sheet(pack: Pack) -> Iterator[Stated]:
    where = "results.xlsx, Payers"
    for row in pack.sheet("Payers").to_dict("records"):
        payer = pack.payer[row["Payer"]]
        heads = {
            ("payer_cost", "mean"): "Pays more, £ million",
            ("payer_saving", "mean"): "Pays less, £ million",
            ("payer_net", "mean"): "Net, £ million",
            ("payer_net", "p10"): "Lower end p10, £ million",
            ("payer_net", "p90"): "Upper end p90, £ million",
        }
        for (measure, basis), head in heads.items():
            if (value := _amount(row[head], head)) is not None:
                yield Stated(Key(row["View"], measure, payer, PRESENT_VALUE, basis), value, where)


def years_sheets(pack: Pack) -> Iterator[Stated]:
    for row in pack.sheet("Payers_by_year").to_dict("records"):
        if row["Payer"] in pack.payer:
            payer = pack.payer[row["Payer"]]
            yield from _with_range(row, "Payers_by_year", row["View"], "payer_net", payer, row["Academic year"], "")
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in pack.sheet("Flows_by_year").to_dict("records"):
        outcome = pack.outcome[row["Measure"]]
        unit = "" if outcome != "bcr" else "ratio"
        yield from _with_range(row, "Flows_by_year", row["View"], outcome, "", row["Academic year"], unit)
        sums[row["View"], outcome] += MILLION * float(row["Discounted difference, £ million"])
    for (view, outcome), total in sums.items():
        where = "results.xlsx, Flows_by_year, discounted"
        yield Stated(Key(view, outcome, "", PRESENT_VALUE, "mean"), total, where)


def appraisal_sheet(pack: Pack) -> Iterator[Stated]:
    named = {
        "Benefit-cost ratio A: avoided spending is a benefit": ("bcr", PRESENT_VALUE),
        "Benefit-cost ratio B: avoided spending comes off the cost": ("bcr_b", PRESENT_VALUE),
        "New burdens on councils, first three years": ("new_burdens", "first three"),
    }
    for row in pack.sheet("Appraisal").to_dict("records"):
        title = str(row["Measure"])
        measure, year = named.get(title, (pack.outcome.get(title, ""), PRESENT_VALUE))
        for basis, head in (("mean", "Mean"), ("biased", "Mean with optimism bias")):
            if measure and (value := _amount(row[head], row["Unit"])) is not None:
                yield Stated(Key(row["View"], measure, "", year, basis), value, "results.xlsx, Appraisal")


def summary_sheet(pack: Pack) -> Iterator[Stated]:
    table, where = pack.sheet("Summary_table"), "results.xlsx, Summary_table"
    heads = {head: ("", view) for head, view in pack.views.items()}
    heads |= {name: (f"p{name[11:13]}", pack.main) for name in map(str, table.columns) if name[6:9] == "end"}
    for row in table.to_dict("records"):
        named = _summary_line(pack, row["Part"], row["Line"])
        for head, (basis, view) in heads.items() if named else ():
            if (value := _amount(row[head], row["Unit"])) is not None:
                yield Stated(Key(view, *named[:3], basis or named[3]), value, where)


def social_sheet(pack: Pack) -> Iterator[Stated]:
    parts, rows = {words: part for part, words in PART_WORDS.items()}, []
    for row in pack.sheet("Social_value").to_dict("records"):
        part, title = parts[row["Part"]], str(row["Line"])
        name = (
            next(name for name, one in PAYER.items() if one.title == title) if part == BEARER else pack.line[title][1]
        )
        heads = {"difference": "Difference", "p10": "Lower end p10", "p90": "Upper end p90"}
        told = {column: _amount(row[head], row["Unit"]) for column, head in heads.items()}
        rows.append(
            {
                "part": part,
                "name": name,
                "view": row["View"],
                **{k: float("nan") if v is None else v for k, v in told.items()},
            }
        )
    yield from _social(rows, "results.xlsx, Social_value")


def beside_sheet(pack: Pack) -> Iterator[Stated]:
    table = pack.sheet("Beside_the_headline")
    if table.empty:
        return
    table = table.rename(columns={f"{pack_title(one)}, £ million": one for one in (PURSE, NPSV)})
    cases = pack.csv("beside")["case"].tolist()
    yield from _beside(pack, table.assign(case=cases), "results.xlsx, Beside_the_headline", "case", MILLION)


def pack_title(outcome: str) -> str:
    return MONEY_OUTCOME[outcome].title


def sensitivity_sheet(pack: Pack) -> Iterator[Stated]:
    heads = {
        NPSV: "Net present social value, £ million",
        "policy_cost": "Cost, £ million",
        "policy_benefit": "Benefit, £ million",
        PURSE: "Net cost to the public purse, £ million",
        "bcr": "Ratio A",
        "bcr_b": "Ratio B",
    }
    for row in pack.sheet("Sensitivity").to_dict("records"):
        case = str(row["Case"])
        basis = "mean" if case == "Central case" else "biased" if case.startswith("Optimism bias") else ""
        for measure, head in heads.items():
            if basis and (value := _amount(row[head], head)) is not None:
                yield Stated(Key(row["View"], measure, "", PRESENT_VALUE, basis), value, "results.xlsx, Sensitivity")


def recompute_sheet(pack: Pack) -> Iterator[Stated]:
    for row in pack.sheet("Recompute").to_dict("records"):
        outcome = pack.outcome[row["Measure"]]
        told = {"In the summary": "mean", "From the worksheet": "mean", "Lower end p10": "p10", "Upper end p90": "p90"}
        for head, basis in told.items():
            if (value := _amount(row[head], "")) is not None:
                yield Stated(
                    Key(row["View"], outcome, "", PRESENT_VALUE, basis), value, f"results.xlsx, Recompute, {head}"
                )


def after_sheet(pack: Pack) -> Iterator[Stated]:
    table = pack.sheet("After_the_horizon")
    if table.empty:
        return
    where, public = "results.xlsx, After_the_horizon", table[table["Public money"] == "yes"]
    for view, rows in public.groupby("View"):
        amount = MILLION * float(rows["In budgets, £ million"].sum())
        yield Stated(Key(str(view), PURSE, "", PRESENT_VALUE, "after"), amount, where)
    for view, rows in table.groupby("View"):
        amount = MILLION * float(pd.to_numeric(rows["Net present social value, £ million"]).sum())
        yield Stated(Key(str(view), NPSV, "", PRESENT_VALUE, "after"), amount, where)


def budget_sheet(pack: Pack) -> Iterator[Stated]:
    for name in ("Budget", "Budget_academic"):
        yield from _budget_rows(pack, name)


def _budget_rows(pack: Pack, name: str) -> Iterator[Stated]:
    table = pack.sheet(name)
    for row in table.to_dict("records"):
        is_purse = row["Line"] == "Public purse, net"
        if row["Part"] != "Budgets" or not (is_purse or row["Line"] in pack.payer):
            continue
        payer = "" if is_purse else pack.payer[str(row["Line"])]
        if not is_purse and not PAYER[payer].is_public:
            continue
        for head in table.columns[4:]:
            year = str(head).removesuffix(", £ million")
            if not re.match(r"^20\d\d", year) or not _is_number(row[head]):
                continue
            academic = "/" in year
            if academic and row["Cash or real"] == "real":
                key = Key(row["View"], PURSE if is_purse else "payer_net", payer, year, "mean")
            elif not academic and row["Cash or real"] == "cash":
                key = Key(row["View"], "budget_cash", payer, year, "mean")
            else:
                continue
            yield Stated(key, float(row[head]) * _budget_scale(pack, name), f"results.xlsx, {name}")


def _budget_scale(pack: Pack, name: str) -> float:
    """Whether the sheet tells pounds or millions, as it says itself."""
    text = " ".join(str(cell.value) for row in pack.book[name].iter_rows(max_row=4) for cell in row if cell.value)
    return MILLION if "£ million" in text else 1.0


def profile_sheet(pack: Pack) -> Iterator[Stated]:
    table = pack.sheet("Fiscal_profile")
    for row in table.to_dict("records"):
        if row["Department"] != "Public sector net cost":
            continue
        exact = row["Figure"].startswith("Exact")
        for head in [name for name in table.columns if re.match(r"^20\d\d", str(name))]:
            value = float(row[head]) * MILLION
            key = Key(pack.main, "budget_cash", "", str(head), "mean")
            yield Stated(key, value, f"results.xlsx, Fiscal_profile, {row['Figure']}", 0.0 if exact else 2.5e6)


# -- tables of the pages, as Table objects ---------------------------------------------------------------------------


def _cell(cell: object, scale: float, slack: float = 0.0) -> Iterator[tuple[str, float, float]]:
    """Basis, value and slack of what a cell states."""
    if isinstance(cell, Number):
        yield "mean", scale * cell.value, scale * slack
    elif isinstance(cell, Interval):
        yield from (("p10", scale * cell.low, 0.0), ("p90", scale * cell.high, 0.0))
    elif isinstance(cell, Estimate):
        yield from _cell(cell.middle, scale, slack)
        yield from _cell(cell.interval, scale)


def page_tables(pack: Pack) -> Iterator[Stated]:
    for name, reader in _PAGE.items():
        table = TABLES[name](pack.findings)
        yield from reader(pack, table, f"report.html, {name}")


def _payer_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    scale = MILLION if "£ million" in table.caption else 1.0
    for row in table.rows:
        title = str(row[0]).removesuffix(" (not public money)")
        if title == "Public purse, net":
            measures, payer = ("", "", PURSE, PURSE), ""
        elif title in pack.payer:
            measures, payer = ("payer_cost", "payer_saving", "payer_net", "payer_net"), pack.payer[title]
        else:
            continue
        for measure, cell in zip(measures, row[1:5], strict=True):
            step = cell.step if isinstance(cell, Number) else 0.0
            # Rounded so that rows and columns add up: by a unit from plain rounding, a total by a unit a row.
            moved = step * (1.5 if payer else 1.5 * len(table.rows))
            for basis, value, slack in _cell(cell, scale, moved):
                if measure:
                    yield Stated(Key(pack.main, measure, payer, PRESENT_VALUE, basis), value, where, slack)


def _by_view(pack: Pack, table: Table, named: Callable[[str], tuple[str, str] | None], where: str) -> Iterator[Stated]:
    """Tables with a row for each measure and a column for each view."""
    for row in table.rows:
        found = named(str(row[0]))
        if found is None:
            continue
        for head, cell in zip(table.columns, row, strict=True):
            if head in pack.views:
                scale = MILLION if "£ million" in f"{table.caption} {row[0]}" else 1.0
                for basis, value, slack in _cell(cell, scale):
                    yield Stated(Key(pack.views[head], *found, PRESENT_VALUE, basis), value, where, slack)


def _value_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    def named(title: str) -> tuple[str, str] | None:
        outcome = pack.outcome.get(title.removesuffix(", £ million"), "")
        return (outcome, "") if outcome in MONEY else None

    yield from _by_view(pack, table, named, where)


def _social_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    def named(title: str) -> tuple[str, str] | None:
        if title not in pack.line:
            return None
        part, name = pack.line[title]
        return (NPSV, "") if part == WHOLE else (f"social.{part}", name)

    yield from _by_view(pack, table, named, where)


def _bearers_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    titles = {one.title: name for name, one in PAYER.items()}
    yield from _by_view(
        pack, table, lambda title: (f"social.{BEARER}", titles[title]) if title in titles else None, where
    )


def _people_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    for row in table.rows:
        title = next((one for one in pack.outcome if str(row[0]).startswith(f"{one}, ")), None)
        if title is None:
            continue
        outcome = pack.outcome[title]
        figure = pack.findings.over_the_run(pack.main, outcome)
        for head, cell in zip(table.columns, row, strict=True):
            view = str(head).removeprefix("Difference, ") if str(head).startswith("Difference, ") else ""
            if view in pack.run.inputs.views or head == "80 % interval":
                for basis, value, slack in _cell(cell, 0.01 if figure.unit in ("share", "fraction") else 1.0):
                    yield Stated(Key(view or pack.main, outcome, "", figure.year, basis), value, where, slack)


def _beside_table(pack: Pack, table: Table, where: str) -> Iterator[Stated]:
    scale = MILLION if "£ million" in table.caption else 1.0
    cases = [case for case in pack.csv("beside")["case"] if not str(case).startswith("sample_")]
    rows = [
        {
            "case": case,
            **{
                name: cell.value if isinstance(cell, Number) else None
                for name, cell in zip((PURSE, NPSV), row[1:3], strict=True)
            },
        }
        for case, row in zip(cases, table.rows, strict=True)
    ]
    yield from _beside(pack, pd.DataFrame(rows).astype(object), where, "case", scale)


_PAGE: Mapping[str, Callable[[Pack, Table, str], Iterator[Stated]]] = {
    "payer_table": _payer_table,
    "value_table": _value_table,
    "social_table": _social_table,
    "standings_table": _social_table,
    "bearers_table": _bearers_table,
    "people_table": _people_table,
    "beside_table": _beside_table,
}


# -- printed text ----------------------------------------------------------------------------------------------------


def note(pack: Pack) -> Iterator[Stated]:
    """Tables of the note: numbers as printed."""
    payers, standing, _ = Document(str(pack.folder / "note.docx")).tables
    where = "note.docx"
    printed = [_printed(row.cells[3].text) for row in payers.rows[1:]]
    step = min((slack for value, slack in printed if value), default=0.5)  # a zero does not show what it is rounded to
    for row in payers.rows[1:]:
        title, *cells = (cell.text for cell in row.cells)
        named = title.removesuffix(" (not public money)")
        if named != "Public purse, net" and named not in pack.payer:
            continue
        payer = pack.payer.get(named, "")
        (value, slack), scale = _printed(cells[2]), _note_scale(pack)
        if slack:
            slack = step if value == 0.0 else slack
            key = Key(pack.main, "payer_net" if payer else PURSE, payer, PRESENT_VALUE, "mean")
            yield Stated(key, scale * value, where, scale * slack * (3 if payer else 3 * len(payers.rows)))
    for row in standing.rows[1:]:
        title, amount, _ = (cell.text for cell in row.cells)
        part, name = pack.line[title]
        value, slack = _printed(amount)
        key = Key(
            pack.main, NPSV if part == WHOLE else f"social.{part}", "" if part == WHOLE else name, PRESENT_VALUE, "mean"
        )
        yield Stated(key, MILLION * value, where, MILLION * slack)


def _note_scale(pack: Pack) -> float:
    return MILLION if "£ million" in TABLES["payer_table"](pack.findings).caption else 1.0


def _printed(text: str) -> tuple[float, float]:
    """A printed number, and half of its last digit; no slack where it is no number.

    Examples
    --------
    >>> _printed("+1,230"), _printed("0.25")
    ((1230.0, 5.0), (0.25, 0.005))
    """
    plain = text.replace("\N{WORD JOINER}", "").replace(MINUS, "-").replace(",", "").replace("+", "")
    found = re.fullmatch(r"-?(\d+)(?:\.(\d+))?", plain)
    if found is None:
        return 0.0, 0.0
    digits = len(found[2] or "")
    zeros = 0 if found[2] else len(found[1]) - len(found[1].rstrip("0"))
    return float(plain), 0.5 * 10.0 ** (zeros - digits)


READERS: tuple[Reader, ...] = (
    *(summary, payers_file, beside_file, social_file, budget_file, profile_file, summary_table_file, laws_and_forms),
    *(lines_file, answer_sheet, people_sheet, payers_sheet, years_sheets, appraisal_sheet, summary_sheet, social_sheet),
    *(beside_sheet, sensitivity_sheet, recompute_sheet, after_sheet, budget_sheet, profile_sheet, page_tables, note),
)
"""Of every table of a pack, the summary first."""
