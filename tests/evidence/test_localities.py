"""Postcodes and constituencies lead to councils, say why, and list choices rather than guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import EvidenceError, InputError
from sencosim.evidence.councils import load_councils
from sencosim.evidence.localities import (
    ENOUGH,
    Counts,
    constituency_counts,
    find_locality,
    postcode_counts,
    postcode_parts,
)

CODES = {council.la_code for council in load_councils()}
CONSTITUENCIES_OF_ENGLAND = 533


@pytest.mark.unit
@pytest.mark.parametrize("counts", [postcode_counts(), constituency_counts()], ids=["postcodes", "constituencies"])
def test_tables_name_known_councils_once_each_and_most_schools_first(counts: Counts) -> None:
    for name, councils in counts.items():
        codes, schools = zip(*councils, strict=True)
        assert set(codes) <= CODES, name
        assert len(set(codes)) == len(codes), name
        assert list(schools) == sorted(schools, reverse=True), name
        assert min(schools) >= 1, name


@pytest.mark.unit
def test_every_constituency_is_there_and_every_council_has_a_postcode() -> None:
    assert len(constituency_counts()) == CONSTITUENCIES_OF_ENGLAND
    for counts in (postcode_counts(), constituency_counts()):
        assert {code for councils in counts.values() for code, _ in councils} == CODES


@pytest.mark.unit
def test_sectors_are_kept_where_the_outward_part_does_not_settle_it_and_add_up_to_it() -> None:
    counts = postcode_counts()
    sectors: dict[str, dict[int, int]] = {}
    for code, councils in counts.items():
        outward, space, _ = code.partition(" ")
        for council, schools in councils if space else ():
            sectors.setdefault(outward, {}).setdefault(council, 0)
            sectors[outward][council] += schools
    assert set(sectors) == {code for code, councils in counts.items() if " " not in code and len(councils) > 1}
    assert {outward: dict(counts[outward]) for outward in sectors} == sectors


@pytest.mark.unit
@pytest.mark.parametrize("text", ["NR1", "nr1", " NR1 1AA", "nr1 1aa", "NR11AA"])
def test_a_postcode_leads_to_its_council_and_says_so(text: str) -> None:
    found = find_locality(text)
    assert found.council.name == "Norfolk"
    assert found.sentence.startswith("Postcode NR1 lies in Norfolk")


@pytest.mark.unit
def test_the_sentence_never_repeats_a_whole_postcode() -> None:
    assert "1AA" not in find_locality("NR1 1AA").sentence
    assert "7AB" not in find_locality("PE14 7AB").sentence


@pytest.mark.unit
def test_a_sector_settles_what_its_outward_part_leaves_open() -> None:
    assert find_locality("PE14 7AB").council.name == "Norfolk"
    with pytest.raises(EvidenceError, match=r"more than one council.*Norfolk \(9\); Cambridgeshire \(8\)"):
        find_locality("PE14")


@pytest.mark.unit
def test_names_and_codes_of_councils_are_taken_as_they_are_and_before_constituencies() -> None:
    assert "Bedford" in constituency_counts()
    for name in ("Bedford", "E10000020", "926", 926):
        assert find_locality(name).sentence == ""


@pytest.mark.unit
def test_a_constituency_leads_to_its_council_and_says_of_when_it_is() -> None:
    found = find_locality("norwich south")
    assert found.council.name == "Norfolk"
    assert "Norwich South (as drawn from 2010 to 2024) lies in Norfolk" in found.sentence


@pytest.mark.unit
def test_a_few_schools_across_a_border_are_told_and_many_are_not_passed_over() -> None:
    assert "lies mostly in Buckinghamshire: 48 of its 50 schools" in find_locality("Beaconsfield").sentence
    councils = {council.name for council in load_councils()}
    shared = {name: counts for name, counts in constituency_counts().items() if name not in councils}
    open_ones = [name for name, counts in shared.items() if counts[0][1] < ENOUGH * _total(counts)]
    assert open_ones
    for name in open_ones:
        with pytest.raises(EvidenceError, match="more than one council") as caught:
            find_locality(name)
        assert all(str(schools) in str(caught.value) for _, schools in constituency_counts()[name])


def _total(counts: tuple[tuple[int, int], ...]) -> int:
    return sum(schools for _, schools in counts)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("Norfolc", "Nearest: Norfolk"),
        ("Norwich Suth", "Norwich South"),
        ("CF10", "No school of England has a postcode that begins with CF10"),
        ("London", "is a region of 33 councils"),
        ("zzzzzz", "sencosim list councils"),
    ],
)
def test_what_is_not_there_gets_the_nearest_names_and_exit_code_2(wrong: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        find_locality(wrong)
    assert caught.value.exit_code == 2
    assert [problem.found for problem in caught.value.problems] == [wrong]


@pytest.mark.property
@given(st.from_regex(r"\A[A-Z]{1,2}[0-9][A-Z0-9]?\Z"), st.from_regex(r"\A[0-9][A-Z]{2}\Z"))
def test_a_postcode_is_read_alike_with_and_without_its_space(outward: str, inward: str) -> None:
    assert postcode_parts(f"{outward} {inward}") == postcode_parts(f"{outward}{inward}".lower())
    assert postcode_parts(f"{outward} {inward}") == (outward, f"{outward} {inward[0]}")
