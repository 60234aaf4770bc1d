"""Real schools from official files: who is who, what is dropped and why.

The census (*Compare school performance*, or DfE's school-level SEN file) has pupils with SEN; the characteristics
(*Schools, pupils and their characteristics*) have the rest. Schools are matched by URN, then by council and
establishment number, then through links of predecessors and successors if GIAS files are given.

Schools are brought to the level of another January by one log-odds shift for each council, phase and need. A school's
count is first shrunk towards its phase as far as counting noise requires (the mean of a beta-binomial given its count),
so a school without plans can gain some; the expected change is added to its count and rounded so that councils have
their published shares of the year, applied to the pupils of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.errors import PopulationError, Problem
from sencosim.evidence.councils import load_councils
from sencosim.plain_text import harmless
from sencosim.population import official_read as read
from sencosim.population.recipe import LATEST_YEAR, council_pupils, council_totals, numbers
from sencosim.population.schools import PRIMARY, SCHOOL_TYPES, SECONDARY, Population, fsm_fifths
from sencosim.population.skeleton import round_rows
from sencosim.population.spread import Bool, Float64, Int64, group_sums, round_to_totals, shift_to_totals
from sencosim.randomness import uniform_array

MOST_DIGITS = 9
"""Of a URN; those in use have six."""
_CUMBRIA = "909"
_CUMBRIAN_DISTRICTS = {
    **dict.fromkeys(("E07000026", "E07000028", "E07000029", "E06000063"), "942"),  # Allerdale, Carlisle, Copeland
    **dict.fromkeys(("E07000027", "E07000030", "E07000031", "E06000064"), "943"),  # Barrow, Eden, South Lakeland
}
_ACADEMY_TYPES = re.compile(r"academy|free school|technical college|studio|technology college", re.IGNORECASE)


@dataclass
class _Report:
    """What happened on the way, in words."""

    lines: list[str] = field(default_factory=list)

    def drop(self, rows: pd.DataFrame, keep: Bool, reason: str) -> pd.DataFrame:
        """Keep some rows, and note how many went and why."""
        gone = rows[~keep]
        if len(gone):
            pupils = np.nansum(read.numbers(gone["pupils"]))
            self.lines.append(f"Dropped {len(gone):,} ({pupils:,.0f} pupils): {reason}.")
        return rows[keep]

    def note(self, text: str) -> None:
        """Say something that is not a drop."""
        self.lines.append(text)


def build_population(
    census: str | Path,
    characteristics: str | Path,
    gias: Sequence[str | Path] = (),
    year: int | None = LATEST_YEAR,
) -> Population:
    """All mainstream schools of the files.

    ``census`` is the *Compare school performance* census of any year, or DfE's school-level SEN file; plain, .gz or
    .zip. ``characteristics`` is *Schools, pupils and their characteristics*, school level; if its year is not that of
    the census, its year groups are scaled to the pupils of the census. ``gias`` are supporting files, distinguished by
    their headers: all establishments (units, trusts), links between establishments, academy group links, the
    school-level SEN file (units). SEN Support, plans and free school meals of each council are moved to its published
    shares of January of ``year``, unless that is ``None``: then they stay as published. The report of the
    population says what was dropped and why; all faults of all files are said at once.
    """
    report = _Report()
    census_rows, facts, extras = _read_all(census, characteristics, gias, report)
    rows = _join(census_rows, facts, extras, report)
    rows = _councils(rows, report)
    if rows.empty:
        message = f"No school is left. {' '.join(report.lines)}"
        raise PopulationError(message, (Problem(message, file=str(census)),))
    census_year = _census_year(census, census_rows, rows, report)
    population = _assemble(rows, extras, census_year, report)
    if year is None:
        return population.take(np.arange(population.n_schools), report=_text(report, population))
    return _moved(population, year, report)


def _read_all(
    census: str | Path, characteristics: str | Path, gias: Sequence[str | Path], report: _Report
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[str, pd.DataFrame]]]:
    """Read every file, and say all faults of all files at once."""
    faults: list[PopulationError] = []

    def attempt(reader: Callable[..., Any], *arguments: object) -> Any:
        try:
            return reader(*arguments)
        except PopulationError as error:
            faults.append(error)

    rows = attempt(_census, census, report)
    facts = attempt(_characteristics, characteristics)
    extras = [attempt(read.gias_kind, path) for path in gias]
    if faults:
        problems = tuple(problem for fault in faults for problem in fault.problems)
        raise PopulationError("\n".join(fault.message for fault in faults), problems)
    return rows, facts, extras


def _census(path: str | Path, report: _Report) -> pd.DataFrame:
    rows = read.read_table(path, read.CENSUS, read.CENSUS_OPTIONAL, "census")
    national = ~rows["urn"].str.fullmatch(r"\d+").to_numpy(dtype=bool)
    totals, rows = rows[national], rows[~national]
    if len(totals):
        report.note(f"Left out {len(totals):,} rows of national totals (NAT). {_agreement(totals, rows)}")
    short = (rows["urn"].str.len() <= MOST_DIGITS).to_numpy(dtype=bool)
    rows = report.drop(rows, short, f"a URN of more than {MOST_DIGITS} digits")
    kept = read.mainstream(rows["phase"])
    others = rows["phase"][~kept].value_counts()
    words = ", ".join(f"{count:,} {name}" for name, count in others.items())
    rows = report.drop(rows, kept, f"not State-funded primary or secondary ({words})")
    counts = {name: read.numbers(rows[name]) for name in ("pupils", "sen_support", "ehc_plans")}
    for name in ("sen_support", "ehc_plans"):
        if f"{name}_percent" in rows:
            share = read.numbers(rows[f"{name}_percent"]) / 100
            counts[name] = np.where(np.isnan(counts[name]), np.rint(share * counts["pupils"]), counts[name])
    rows = rows.assign(n_support=counts["sen_support"], n_plans=counts["ehc_plans"], n_pupils=counts["pupils"])
    rows = report.drop(rows, (rows["n_pupils"] > 0).to_numpy(), "nobody on roll, or the number is suppressed")
    known = rows[["n_support", "n_plans"]].notna().all(axis=1).to_numpy()
    rows = report.drop(rows, known, "SEN Support or plans suppressed, without a percentage")
    possible = (rows["n_support"] + rows["n_plans"] <= rows["n_pupils"]).to_numpy()
    rows = report.drop(rows, possible, "more pupils with SEN than pupils")
    read.check_listed_once(Path(path), rows["urn"])
    return rows.reset_index(drop=True)


def _agreement(totals: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Say whether the schools add up to the file's own national rows."""
    words = []
    for label in ("State-funded primary", "State-funded secondary"):
        here, there = rows[rows["phase"] == label], totals[totals["phase"] == label]
        for name in ("pupils", "sen_support", "ehc_plans"):
            gap = np.nansum(read.numbers(here[name])) - np.nansum(read.numbers(there[name]))
            if len(there) and gap:
                words.append(f"{label} {name.replace('_', ' ')} {gap:+,.0f}")
    return f"Schools differ from them: {', '.join(words)}." if words else "Schools add up to them."


def _characteristics(path: str | Path) -> pd.DataFrame:
    table = read.read_table(path, read.CHARACTERISTICS, read.CHARACTERISTICS_OPTIONAL, "characteristics", True)
    table = table[read.mainstream(table["phase"])]
    groups = read.year_groups(table)
    if not groups:
        message = (
            f"{path}: this characteristics file has no pupils by year group (such as Full time girls Year group 1)."
        )
        raise PopulationError(message, (Problem(message, file=str(path)),))
    keep = [name for name in table.columns if read.YEAR_GROUP.match(str(name)) is None]
    blank = np.zeros(len(table))
    counts = pd.DataFrame({f"group_{g}": groups.get(g, blank) for g in ("nursery", *map(str, range(15)))}, table.index)
    read.check_listed_once(Path(path), table["urn"])
    return pd.concat([table[keep], counts], axis=1).reset_index(drop=True)


def _number(la: pd.Series[str], estab: pd.Series[str]) -> pd.Series[str]:
    """Council and establishment number, usually stable when a school becomes an academy."""
    return la + "/" + estab.str.lstrip("0")


def _join(
    census: pd.DataFrame, facts: pd.DataFrame, extras: Sequence[tuple[str, pd.DataFrame]], report: _Report
) -> pd.DataFrame:
    """Give each school of the census its characteristics."""
    row_of_urn = pd.Series(np.arange(len(facts)), index=facts["urn"])
    row_of_number = pd.Series(np.arange(len(facts)), index=_number(facts["la"], facts["estab"]))
    row_of_number = row_of_number[~row_of_number.index.duplicated()]
    by_urn = census["urn"].map(row_of_urn)
    by_number = _number(census["la"], census["estab"]).map(row_of_number)
    match = by_urn.fillna(by_number)
    words = [f"{int(by_urn.notna().sum()):,} by URN", f"{int((by_urn.isna() & by_number.notna()).sum()):,} by number"]
    for kind, links in extras:
        if kind == "establishment links":
            linked = _through_links(census["urn"][match.isna()], links, row_of_urn)
            match = match.fillna(linked)
            words.append(f"{len(linked):,} through links")
    again = match.notna() & match.duplicated()
    report.note(f"Matched {int(match.notna().sum()):,} schools of the census to characteristics: {', '.join(words)}.")
    census = census.assign(match=match.to_numpy())
    census = report.drop(census, ~again.to_numpy(), "a second school of the census with the same characteristics")
    census = report.drop(census, census["match"].notna().to_numpy(), "in the census but not in the characteristics")
    unused = facts[~np.isin(np.arange(len(facts)), census["match"].to_numpy(dtype=int))]
    empty = read.numbers(unused["pupils"]) == 0
    if len(unused):
        report.note(
            f"{len(unused):,} schools of the characteristics are not used ({int(empty.sum()):,} have no pupils)."
        )
    joined = facts.loc[census["match"].astype(int)].reset_index(drop=True).add_prefix("s_")
    return pd.concat([census.reset_index(drop=True), joined], axis=1)


def _through_links(urns: pd.Series[str], links: pd.DataFrame, row_of_urn: pd.Series[int]) -> pd.Series[float]:
    """Row of the characteristics of a successor or predecessor, up to three steps away."""
    pairs = dict(zip(links["urn"], links["link"], strict=True))
    found = {}
    for index, urn in urns.items():
        current, steps = urn, 0
        while current in pairs and current not in row_of_urn.index and steps < 3:
            current, steps = pairs[current], steps + 1
        if current in row_of_urn.index:
            found[index] = float(row_of_urn[current])
    return pd.Series(found, dtype=float)


def _councils(rows: pd.DataFrame, report: _Report) -> pd.DataFrame:
    """Put every school in a council of 2023, Cumbria by district."""
    code = rows["s_la"].where(rows["s_la"] != _CUMBRIA, rows["s_district"].map(_CUMBRIAN_DISTRICTS))
    index = {str(council.la_code): i for i, council in enumerate(load_councils())}
    position = code.map(index)
    if (rows["s_la"] == _CUMBRIA).any():
        report.note(f"{int((rows['s_la'] == _CUMBRIA).sum()):,} schools of Cumbria divided among its two successors.")
    rows = rows.assign(council=position.to_numpy())
    unknown = ", ".join(sorted(rows["s_la"][position.isna()].unique())[:8])
    return report.drop(rows, position.notna().to_numpy(), f"council codes that are none of the 153 ({unknown})")


def _census_year(path: str | Path, census: pd.DataFrame, rows: pd.DataFrame, report: _Report) -> int:
    """January of the census: from its time period, or the file's name, or that of the characteristics."""
    for text in (census["time_period"].iloc[0] if "time_period" in census and len(census) else "", Path(path).name):
        match = re.search(r"(20\d\d)\D?(\d\d)(?!\d)", text)
        if match and (int(match.group(1)) + 1) % 100 == int(match.group(2)):
            return int(match.group(1)) + 1
    period = rows["s_time_period"].iloc[0] if "s_time_period" in rows else ""
    year = int(period[:4]) + 1 if period[:4].isdigit() else LATEST_YEAR
    report.note(f"The file does not say the year of the census: taken as January {year}, that of the characteristics.")
    return year


def _types(rows: pd.DataFrame, groups: Float64) -> Int64:
    """Type of each school from flags and year groups. Columns of groups: nursery, Reception to Year 14."""
    primary = (rows["phase"].str.casefold() == "state-funded primary").to_numpy()
    kind = rows["s_type"].str.casefold()
    blank = pd.Series("", index=rows.index)
    flags = {name: rows.get(f"s_{name}", blank).str.casefold() for name in ("middle", "all_through", "admissions")}
    infants, juniors, sixth = groups[:, 1:4].sum(axis=1), groups[:, 4:8].sum(axis=1), groups[:, 13:15].sum(axis=1)
    conditions = (
        ("infant", primary & (juniors == 0) & (infants > 0)),
        ("junior", primary & (infants == 0) & (juniors > 0)),
        ("through_primary", primary),
        ("sixteen_to_nineteen", kind.str.contains("16 to 19|16-19").to_numpy()),
        ("technical", kind.str.contains("technical college|studio").to_numpy()),
        ("middle", flags["middle"].str.contains("secondary").to_numpy()),
        ("all_through", flags["all_through"].isin(["yes", "all-through", "1"]).to_numpy()),
        ("selective", (flags["admissions"] == "selective").to_numpy()),
        ("secondary_with_sixth_form", sixth > 10),
    )
    places = [np.full(len(rows), SCHOOL_TYPES.index(name)) for name, _ in conditions]
    plain = SCHOOL_TYPES.index("secondary_without_sixth_form")
    chosen: Int64 = np.select([condition for _, condition in conditions], places, plain).astype(np.int64)
    return chosen


def _rolls(rows: pd.DataFrame) -> tuple[Int64, Int64, Float64]:
    """Year groups and sixth form that add up to the census's pupils with the nursery."""
    groups = rows[["s_group_nursery", *(f"s_group_{g}" for g in range(15))]].to_numpy(dtype=float)
    pupils = np.array(rows["n_pupils"], dtype=np.int64)
    total = groups.sum(axis=1, keepdims=True)
    scaled = np.divide(groups, total, out=np.full_like(groups, 1 / groups.shape[1]), where=total > 0) * pupils[:, None]
    urns = np.array(rows["urn"].tolist(), dtype=np.int64)
    whole = round_rows(scaled, pupils, uniform_array(0, 0, "population_other", urns, 50))
    return whole[:, 1:13], whole[:, 13:].sum(axis=1), groups


def _trusts(rows: pd.DataFrame, academy: Bool, extras: Sequence[tuple[str, pd.DataFrame]]) -> Int64:
    """Number of the trust of each academy: from GIAS if given, otherwise by name."""
    key = rows.get("s_trust", pd.Series("", index=rows.index))
    for kind, table in extras:
        if kind == "group links":
            table = table[table["kind"].str.contains("academy trust", case=False)]  # noqa: PLW2901
        if kind in {"group links", "establishments"}:
            from_file = table[table["trust"] != ""].drop_duplicates("urn").set_index("urn")["trust"]
            key = pd.Series([from_file.get(urn, own) for urn, own in zip(rows["s_urn"], key, strict=True)], rows.index)
            key = key.astype(object)
    key = key.where(academy & (key != "") & (key.str.casefold() != "z"))
    return pd.factorize(key, sort=True)[0].astype(np.int64)


def _units(rows: pd.DataFrame, extras: Sequence[tuple[str, pd.DataFrame]], report: _Report) -> Bool:
    """Which schools have a SEN unit or resourced provision, if any file says so."""
    tables = [("census", rows)] if "sen_unit" in rows and "resourced_provision" in rows else []
    tables += [(kind, table) for kind, table in extras if kind in {"SEN school level", "establishments"}]
    has = np.zeros(len(rows), bool)
    for kind, table in tables:
        if kind == "establishments":
            named = table[~table["provision"].str.casefold().isin(["", "not applicable", "none"])]["urn"]
        else:
            named = table[(table["sen_unit"] == "1") | (table["resourced_provision"] == "1")]["urn"]
        has |= rows["urn"].isin(named).to_numpy() | rows["s_urn"].isin(named).to_numpy()
    if not tables:
        report.note(
            "No file says which schools have SEN units, so none is marked; their pupils are counted all the same."
        )
    return has


def _fsm_share(rows: pd.DataFrame, report: _Report) -> Float64:
    """Eligible pupils over all, from the census, otherwise the characteristics, otherwise the council's share."""
    pupils = rows["n_pupils"].to_numpy(dtype=float)
    nothing = np.full(len(rows), np.nan)
    here = read.numbers(rows["fsm"]) / pupils if "fsm" in rows else nothing
    there = (
        read.numbers(rows["s_fsm"]) / np.maximum(1.0, read.numbers(rows["s_pupils"])) if "s_fsm" in rows else nothing
    )
    share = np.where(np.isnan(here), there, here)
    council = np.array([council.fsm_share for council in load_councils()])[rows["council"].to_numpy(dtype=int)]
    missing = int(np.isnan(share).sum())
    if missing:
        report.note(f"Free school meals of {missing:,} schools are not given: their council's share is used.")
    return np.clip(np.where(np.isnan(share), council, share), 0.0, 1.0)


def _assemble(rows: pd.DataFrame, extras: Sequence[tuple[str, pd.DataFrame]], year: int, report: _Report) -> Population:
    """Order the schools and put the columns together."""
    phase = (rows["phase"].str.casefold() == "state-funded secondary").astype(int)
    order = np.lexsort((rows["urn"].astype(int), phase, rows["council"]))
    rows = rows.iloc[order].reset_index(drop=True)
    roll, sixth_form, groups = _rolls(rows)
    flag = rows.get("s_academy_flag", pd.Series("", index=rows.index)).str.casefold()
    named = rows["s_type"].str.contains(_ACADEMY_TYPES).to_numpy(dtype=bool)
    academy = np.where((flag == "").to_numpy(), named, (flag == "academy").to_numpy())
    return Population.of(
        council=np.array(rows["council"], dtype=np.int64),
        phase=np.array(phase)[order],
        urn=np.array(rows["urn"].tolist(), dtype=np.int64),
        name=list(map(harmless, rows["s_name"])),
        school_type=_types(rows, groups),
        pupils=rows["n_pupils"],
        roll=roll,
        sen_support=rows["n_support"],
        ehc_plans=rows["n_plans"],
        fsm_share=_fsm_share(rows, report),
        rural=rows["s_urban_rural"].str.contains("rural", case=False),
        academy=academy,
        trust=_trusts(rows, academy, extras),
        has_unit=_units(rows, extras, report),
        sixth_form=sixth_form,
        year=year,
        kind="real",
        report="",
    )


def _text(report: _Report, population: Population) -> str:
    return "\n".join(
        [
            *map(harmless, report.lines),
            f"Kept {population.n_schools:,} schools with {population.pupils.sum():,} pupils.",
        ]
    )


def _moved(population: Population, year: int, report: _Report) -> Population:
    """Levels of another January."""
    before = Counts(population.sen_support, population.ehc_plans, population.fsm_share * population.pupils)
    after = move_levels(population, before, year)
    report.note(
        f"Moved from January {population.year} to council shares of January {year}: SEN Support"
        f" {before.sen_support.sum():,.0f} to {after.sen_support.sum():,.0f}, plans {before.ehc_plans.sum():,.0f} to"
        f" {after.ehc_plans.sum():,.0f}. Numbers on roll are those of January {population.year}."
    )
    fsm_share = after.fsm / np.maximum(1, population.pupils)
    return population.take(
        np.arange(population.n_schools),
        sen_support=after.sen_support.astype(np.int32),
        ehc_plans=after.ehc_plans.astype(np.int32),
        fsm_share=fsm_share,
        fsm_fifth=fsm_fifths(population.phase, fsm_share),
        year=year,
        report=_text(report, population),
    )


# -- another January ---------------------------------------------------------------------------------------------------

N_COUNCILS = 153
_FSM_RHO = 0.1
_STREAMS = ("population_sen_support", "population_ehc_plan", "population_fsm")


@dataclass(frozen=True)
class Counts:
    """Pupils by need. [pupils, shape (n_schools,)]"""

    sen_support: npt.NDArray[np.integer]
    ehc_plans: npt.NDArray[np.integer]
    fsm: Float64


def move_levels(population: Population, before: Counts, year: int) -> Counts:
    """Counts of the same schools in January of a year."""
    support, plans, fsm = (np.zeros(population.n_schools, np.int64) for _ in range(3))
    for phase in (PRIMARY, SECONDARY):
        rows = np.flatnonzero(population.phase == phase)
        part = population.take(rows)
        support[rows] = _move(part, phase, 0, before.sen_support[rows], year, part.pupils)
        plans[rows] = _move(part, phase, 1, before.ehc_plans[rows], year, part.pupils - support[rows])
        fsm[rows] = _move(part, phase, 2, before.fsm[rows], year, part.pupils)
    return Counts(support, plans, fsm.astype(float))


def _move(
    part: Population, phase: int, kind: int, counts: npt.ArrayLike, year: int, most: npt.NDArray[np.integer]
) -> Int64:
    """Counts of one need of the schools of one phase."""
    need = ("sen_support", "ehc_plans", "fsm")[kind]
    council = part.council.astype(np.int64)
    pupils = part.pupils.astype(float)
    now = np.asarray(counts, float)
    here = group_sums(pupils, council, N_COUNCILS)
    known = council_pupils(phase)
    published = np.divide(council_totals(phase, need, year), known, out=np.zeros(N_COUNCILS), where=known > 0)
    room = group_sums(most, council, N_COUNCILS)
    totals = np.minimum(np.rint(published * here), room).astype(np.int64)
    rho = numbers("need_rho")[2 * phase + kind] if kind < 2 else _FSM_RHO
    mean = np.clip(now.sum() / max(1.0, pupils.sum()), 1e-6, 1 - 1e-6)
    strength = 1 / rho - 1
    latent = (now + mean * strength) / (pupils + strength)
    base = group_sums(latent * pupils, council, N_COUNCILS)
    change = totals - group_sums(now, council, N_COUNCILS)
    wanted = np.clip(base + change, 0.001 * here, 0.999 * here)
    moved = shift_to_totals(latent, pupils, council, wanted)
    values = np.maximum(0.0, now + (moved - latent) * pupils)
    codes = np.zeros(N_COUNCILS, np.int64)
    codes[council] = part.la_code
    start = uniform_array(0, 2, _STREAMS[kind], codes, phase)
    return round_to_totals(values, council, totals, start, (0, most.astype(np.int64)))
