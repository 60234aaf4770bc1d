"""Official files: what is read, dropped, mended and refused. Small invented files under published headers."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sencosim.errors import PopulationError
from sencosim.population.official import build_population
from sencosim.population.official_read import find_columns, numbers
from sencosim.population.schools import SCHOOL_TYPES

pytestmark = pytest.mark.unit

CENSUS = """URN,LA,ESTAB,SCHOOLTYPE,NOR,TSENELSE,PSENELSE,TSENELK,PSENELK,NUMFSM
100001,886,2001,State-funded primary,210,4,1.90%,30,14.30%,50
100002,886,4001,State-funded secondary,1000,25,2.50%,120,12.00%,200
100003,909,2002,State-funded primary,100,x,3.0%,12,12.0%,NA
100004,909,2003,State-funded primary,90,1,1.1%,9,10.0%,5
100005,886,2005,State-funded primary,80,x,x,9,11.3%,5
100006,886,2006,State-funded primary,0,0,0%,0,0%,0
100007,886,6001,Independent school,300,0,0%,0,0%,NA
100008,886,7001,State-funded special school,90,88,97.8%,1,1.1%,40
100009,123,2009,State-funded primary,70,1,1.4%,7,10.0%,7
100010,886,2010,State-funded primary,60,1,1.7%,6,10.0%,6
100011,886,2011,State-funded primary,55,1,1.8%,5,9.1%,5
NAT,,PRI,State-funded primary,665,8,1.1%,78,12.0%,78
"""
GROUPS = ["Reception", *(f"Year group {g}" for g in range(1, 15))]
FACTS = [
    # urn, la, estab, name, phase, type, district, admissions, rural, headcount, year groups with pupils
    (100001, 886, 2001, "Ashé Primary", "primary", "Community school", "E07000105", "Not applicable", 0, 210, range(7)),
    (
        100002,
        886,
        4001,
        "Elm Grammar",
        "secondary",
        "Academy converter",
        "E07000105",
        "Selective",
        0,
        1000,
        range(7, 14),
    ),
    (
        100003,
        909,
        2002,
        "Fell Junior",
        "primary",
        "Community school",
        "E07000029",
        "Not applicable",
        1,
        100,
        range(3, 7),
    ),
    (100004, 909, 2003, "Tarn Infant", "primary", "Community school", "E07000031", "Not applicable", 1, 90, range(3)),
    (100005, 886, 2005, "Oak", "primary", "Community school", "E07000105", "Not applicable", 0, 80, range(7)),
    (100009, 123, 2009, "Nowhere", "primary", "Community school", "E07000105", "Not applicable", 0, 70, range(7)),
    (
        200010,
        886,
        2010,
        "Yew Academy",
        "primary",
        "Academy sponsor led",
        "E07000105",
        "Not applicable",
        0,
        66,
        range(7),
    ),
    (200099, 886, 2099, "New", "primary", "Free schools", "E07000105", "Not applicable", 0, 0, range(7)),
]


def made_up_facts() -> pd.DataFrame:
    rows = []
    for urn, la, estab, name, phase, kind, district, admissions, rural, headcount, present in FACTS:
        place = "(England/Wales) Rural village" if rural else "(England/Wales) Urban city and town"
        row = {
            "time_period": 202223, "URN": urn, "old_la_code": la, "Estab": estab, "school_name": name,
            "region_name": "South East", "phase-type_grouping": f"State-funded {phase}", "type_of_establishment": kind,
            "district_administrative_code": district, "admissions_policy": admissions, "urban_rural": place,
            "trust": "Yew Trust" if "Academy" in kind else "", "Headcount of  Pupils": headcount,
            "number of pupils known to be eligible for free school meals": "z" if la == 909 else 9,
        }  # fmt: skip
        each = headcount // len(present)
        counts = dict.fromkeys(present, each)
        counts[present[0]] += headcount - each * len(present)
        for position, group in enumerate(GROUPS):
            row[f"Full time girls {group}"] = counts.get(position, 0) // 2
            row[f"Full time boys {group}"] = counts.get(position, 0) - counts.get(position, 0) // 2
        rows.append(row)
    return pd.DataFrame(rows)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    census, facts = tmp_path / "england_census_2022-23.csv", tmp_path / "spc.csv"
    census.write_bytes(b"\xef\xbb\xbf" + CENSUS.encode())
    made_up_facts().to_csv(facts, index=False, encoding="cp1252")
    return census, facts


def test_every_drop_is_counted_and_explained(files: tuple[Path, Path]) -> None:
    schools = build_population(*files, year=None)
    assert schools.urn.tolist() == [100001, 100010, 100002, 100003, 100004]
    for words in (
        "1 rows of national totals (NAT). Schools add up to them",
        "Dropped 2 (390 pupils): not State-funded primary or secondary (1 Independent school, 1 State-funded special",
        "Dropped 1 (0 pupils): nobody on roll",
        "Dropped 1 (80 pupils): SEN Support or plans suppressed, without a percentage",
        "Dropped 1 (55 pupils): in the census but not in the characteristics",
        "Dropped 1 (70 pupils): council codes that are none of the 153 (123)",
        "5 by URN, 1 by number",
        "2 schools of Cumbria divided",
        "2 schools of the characteristics are not used (1 have no pupils)",
        "Free school meals of 1 schools are not given",
        "No file says which schools have SEN units",
        "Kept 5 schools with 1,460 pupils",
    ):
        assert words in schools.report.replace("schools of the census ", ""), words


def test_schools_that_are_listed_twice_are_all_named_with_their_lines(files: tuple[Path, Path]) -> None:
    census, facts = files
    first, second = CENSUS.splitlines()[1:3]
    census.write_text(f"{CENSUS}{first}\n{second}\n{first}\n", encoding="utf-8")
    table = made_up_facts()
    pd.concat([table, table.iloc[[0]]]).to_csv(facts, index=False, encoding="cp1252")
    with pytest.raises(PopulationError) as caught:
        build_population(*files, year=None)
    told = [(Path(str(one.file)).name, one.found, one.line) for one in caught.value.problems]
    last = len(table) + 2
    assert told == [(census.name, "100001", 14), (census.name, "100002", 15), (facts.name, "100001", last)]
    assert "URN 100001 stands in lines 2 and 14 and 16" in caught.value.message


def test_facts_are_read(files: tuple[Path, Path]) -> None:
    schools = build_population(*files, year=None)
    assert schools.la_code.tolist() == [886, 886, 886, 942, 943]
    assert schools.ehc_plans.tolist() == [4, 1, 25, 3, 1]  # the fourth from its percentage
    kinds = [SCHOOL_TYPES[i] for i in schools.school_type]
    assert kinds == ["through_primary", "through_primary", "selective", "junior", "infant"]
    assert schools.name[0] == "Ashé Primary"
    assert schools.rural.tolist() == [False, False, False, True, True]
    assert schools.academy.tolist() == [False, True, True, False, False]
    assert schools.trust.tolist() == [-1, 0, 0, -1, -1]
    assert schools.fsm_share[0] == pytest.approx(50 / 210)
    assert (schools.roll.sum(axis=1) + schools.sixth_form + schools.nursery == schools.pupils).all()
    assert schools.roll[1].sum() == 60  # the census has fewer pupils than the characteristics
    assert schools.sixth_form[2] > 10
    assert (schools.year, schools.kind) == (2023, "real")


def test_levels_move_to_the_year(files: tuple[Path, Path]) -> None:
    schools = build_population(*files, year=2025)
    assert schools.year == 2025
    assert "Moved from January 2023" in schools.report
    assert (schools.sen_support + schools.ehc_plans <= schools.pupils).all()
    assert build_population(*files, year=None).year == 2023


@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_compressed_files_read_the_same(files: tuple[Path, Path], tmp_path: Path, packing: str) -> None:
    census, facts = files
    packed = tmp_path / f"england_census_2022-23.csv.{packing}"
    if packing == "gz":
        packed.write_bytes(gzip.compress(census.read_bytes()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("guidance.txt", "read me")
            archive.write(census, "data/census.csv")
    plain, compressed = build_population(census, facts), build_population(packed, facts)
    assert plain.fingerprint == compressed.fingerprint


def test_supporting_files(files: tuple[Path, Path], tmp_path: Path) -> None:
    links, groups, units = tmp_path / "links.csv", tmp_path / "groups.csv", tmp_path / "units.csv"
    links.write_text("URN,LinkURN,LinkType\n100011,200099,Successor\n")
    groups.write_text("URN,Linked UID,Group Type\n100002,77,Multi-academy trust\n100002,5,School sponsor\n")
    units.write_text("URN,SEN_Unit,RP_Unit\n100001,1,0\n100002,0,0\n")
    schools = build_population(*files, gias=[links, groups, units], year=None)
    assert "1 through links" in schools.report
    assert schools.n_schools == 6
    assert schools.has_unit.sum() == 1
    assert schools.has_unit[schools.urn == 100001].all()
    trusts = schools.trust[np.isin(schools.urn, [100002, 100010])]
    assert trusts[0] != trusts[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"NOR": "HEADS"}, r"1 of 7 columns are missing. No column for pupils. Looked for NOR or Total pupils"),
        ({"URN": "ID", "TSENELK": "K"}, r"2 of 7 columns .*for urn.*for sen support.*Found: ID, LA, ESTAB"),
    ],
)
def test_missing_columns_are_named(files: tuple[Path, Path], change: dict[str, str], message: str) -> None:
    census, facts = files
    text = CENSUS
    for old, new in change.items():
        text = text.replace(old + ",", new + ",", 1)
    census.write_text(text)
    with pytest.raises(PopulationError, match=message) as caught:
        build_population(census, facts)
    assert len(caught.value.problems) == len(change)


def test_swapped_files_are_recognised_and_all_faults_come_at_once(files: tuple[Path, Path]) -> None:
    census, facts = files
    with pytest.raises(
        PopulationError, match="It looks like the characteristics file: are two files swapped"
    ) as caught:
        build_population(facts, census, gias=[census])
    assert "It looks like the census file" in caught.value.message
    assert "none of the supporting files" in caught.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "columns are missing"),
        (CENSUS.split("\n", 1)[0].encode(), "a header but no rows"),
        (b"\x1f\x8bnot gzip", "damaged or cut short"),
        (b"PK\x03\x04broken", "damaged or cut short"),
        (b"\0\0\0", "not a CSV file"),
        (None, "cannot be read: No such file"),
    ],
)
def test_unreadable_files(files: tuple[Path, Path], content: bytes | None, message: str) -> None:
    census, facts = files
    census.unlink()
    if content is not None:
        census.write_bytes(content)
    with pytest.raises(PopulationError, match=message):
        build_population(census, facts)


def test_a_spreadsheet_is_not_a_csv(files: tuple[Path, Path]) -> None:
    census, facts = files
    with zipfile.ZipFile(census, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(PopulationError, match="save it as CSV"):
        build_population(census, facts)


def test_no_year_groups_no_population(files: tuple[Path, Path]) -> None:
    census, facts = files
    table = made_up_facts()
    table[[name for name in table.columns if "time girls" not in name and "time boys" not in name]].to_csv(facts)
    with pytest.raises(PopulationError, match="no pupils by year group"):
        build_population(census, facts)


def test_nothing_left_says_why(files: tuple[Path, Path]) -> None:
    census, facts = files
    census.write_text(CENSUS.split("\n", 1)[0] + "\n100009,123,2009,State-funded primary,70,1,1.4%,7,10.0%,7\n")
    with pytest.raises(PopulationError, match=r"No school is left.*none of the 153"):
        build_population(census, facts)


def test_numbers_and_headers() -> None:
    read = numbers(pd.Series(["1,234", "2.6%", "3.00%", "x", "z", "NA", "SUPP", ""])).tolist()
    assert read[:3] == [1234.0, 2.6, 3.0]
    assert np.isnan(read[3:]).all()
    assert find_columns(["URN ", "phase-type grouping"], {"a": ("urn",), "b": ("phase_type_grouping",)}) == {
        "a": "URN ",
        "b": "phase-type grouping",
    }
