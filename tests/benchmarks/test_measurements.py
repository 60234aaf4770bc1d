"""The measurements of sencosim: a tiny one of each, the page that they give, and that nothing else is on it."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import __main__ as program
from benchmarks import chance, figures, sections, targets
from benchmarks import program as programs
from benchmarks.measure import MEASUREMENTS
from benchmarks.page import SECTIONS, page
from benchmarks.program import watch
from benchmarks.results import FOLDER, PROVENANCE, Results
from benchmarks.workload import fingerprint, first_councils
from sencosim.engine.choose import COMPILING

SMALL = ("--headline-only", "--replications", "1", "--years", "3", "--view", "central")
TINY = sections.Extent(
    repeats=1,
    engines_schools=1,
    schools=(1, 100),
    schools_years=2,
    years=(1, 2),
    years_schools=1,
    replications=3,
    replications_schools=1,
    product=("--council", "Rutland", "--draws", "8", *SMALL),
    commands=("list scenarios",),
    commands_repeats=1,
    council="Rutland",
    draws=(1, 2),
    workers_draws=4,
    sweep_runs=32,
    sweep_schools=("--council", "Rutland", "--years", "2"),
    sweep_points=100,
    chance_years=6,
    chance_replications=4,
    policies=("full_time",),
)
CLONED = dict.fromkeys(("install_seconds", "compile_seconds", "first_answer_seconds", "seconds", "cpu_seconds"), 12.5)


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Results:
    """Everything but the tracer, tiny. Invented are the clone, and all runs but the first, whose figures they get."""
    results = Results(tmp_path_factory.mktemp("results"))
    known: list[dict] = []

    def here(name, **settings):
        return MEASUREMENTS[name](**settings) | {"process_seconds": 5.0}

    def run_once(scenario, options, folder):
        known[:] = known or [run(scenario, options, folder)]
        return known[0]

    run = sections._run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sections, "run_alone", here)
        patch.setattr(sections, "_run", run_once)
        patch.setattr(sections.program, "make_run", lambda *_: CLONED)
        program.measure(list(sections.SECTIONS), TINY, results, quick=True)
    return results


@pytest.mark.engine
def test_every_section_measures_and_has_its_place_on_the_page(measured):
    text = page(measured)
    assert set(measured.table(PROVENANCE)["section"]) == set(sections.SECTIONS)
    assert re.findall(r"^## \d+\. .*\(`(\w+)`\)$", text, re.MULTILINE) == list(program.NAMES) == list(SECTIONS)
    assert re.findall(r"Not measured yet: `python -m benchmarks --only (\w+)`", text) == ["tracer"]
    assert text.count("**A try-out, not for quoting.**") == len(sections.SECTIONS)


@pytest.mark.engine
def test_the_engines_are_given_the_same_and_count_the_same(measured):
    table = measured.table("engines")
    assert set(table["engine"]) == {"reference", "compiled"}
    assert figures.engines_agree(table)
    table.loc[0, "tally"] = "another"
    assert not figures.engines_agree(table)


@pytest.mark.engine
def test_the_page_is_made_from_the_files_alone(measured, tmp_path):
    """The same files give the same page; every number of a section moves when its file does."""
    before = page(measured)
    assert page(Results(measured.folder)) == before
    copy = Results(tmp_path)
    for path in measured.folder.glob("*.csv"):
        table = pd.read_csv(path)
        seconds = [name for name in table.columns if name.endswith(("seconds", "_mb")) or name.startswith("gain")]
        copy.write(path.stem, table.assign(**{name: table[name] * 7.0 for name in seconds}).to_dict("records"))
    after = page(copy)
    rows, other = (
        [line for line in text.split("## 2.")[1].splitlines() if line.startswith("|") and "---" not in line]
        for text in (before, after)
    )
    changed = [a != b for a, b in zip(rows, other, strict=True)]
    headers = [line for line, has_changed in zip(rows, changed, strict=True) if not has_changed]
    assert all(not re.search(r"\d\.\d", line) for line in headers), headers
    assert sum(changed) >= 15


@pytest.mark.engine
def test_a_run_is_watched_from_its_start_to_its_end(measured):
    """What a run says comes in its order, and its processes are seen."""
    first = measured.table("product").iloc[0]
    for step in ("first_answer_seconds", "pairs_seconds"):  # of nine pairs the last may bring the first answer
        assert first["begun_seconds"] <= first[step] <= first["seconds"]
    assert first["begun_seconds"] > 0.0
    assert first["cpu_seconds"] > 0.0
    assert first["pairs"] == 9
    assert first["school_years"] > 0
    if Path("/proc/self/status").is_file():
        assert min(first["main_mb"], first["worker_mb"]) > 50.0


@pytest.mark.unit
def test_a_command_that_fails_is_no_measurement(tmp_path):
    with pytest.raises(RuntimeError, match="code 3:\nwhat went wrong"):
        watch([sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"], tmp_path, os.environ, print)


@pytest.mark.unit
def test_a_clone_is_told_nothing_of_where_it_is_measured_from(tmp_path, monkeypatch):
    """The steps are those that are said, and nothing that was compiled or stored before is used."""
    told = {}

    def watched(command, folder, environment, hear):
        told.update(environment)
        for second, line in enumerate(
            ["full_time: A title", COMPILING, "Compiled in 20 s", "  First answer, after"], 1
        ):
            hear(f"{line}\n", float(second))
        return {"seconds": 9.0, "cpu_seconds": 12.0}

    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setattr(programs.subprocess, "run", lambda *_, **__: None)
    monkeypatch.setattr(programs, "watch", watched)
    found = programs.make_run("full_time", (), tmp_path)
    assert list(found.values()) == [1.0, 1.0, 4.0, 9.0, 12.0]
    assert not {"MAKELEVEL", "PYTHONPATH"} & told.keys()
    assert told["SENCOSIM_COMPILED"].startswith(str(tmp_path))
    monkeypatch.setattr(programs, "watch", lambda *_: {"seconds": 9.0, "cpu_seconds": 12.0})
    with pytest.raises(RuntimeError, match="never said"):
        programs.make_run("full_time", (), tmp_path)


@pytest.mark.unit
def test_a_page_of_nothing_claims_nothing(tmp_path):
    text = page(Results(tmp_path))
    assert text.count("Not measured yet") == len(SECTIONS)
    assert text.count(targets.NOT_MEASURED + " |") == len(targets.TARGETS)


@pytest.mark.unit
def test_targets_are_met_or_not(tmp_path):
    results = Results(tmp_path)
    row = {"repeat": 1, "schools": targets.SCHOOLS_IN_ENGLAND, "years": 10}
    results.write("schools", [row | {"seconds": 11.0, "cpu_seconds": 11.0, "peak_mb": 1600.0}])
    cost, memory = [target for target in targets.TARGETS if target.section == "schools"][:2]
    verdicts = [
        target.verdict(results) for target in (cost, replace(memory, why=""), replace(memory, why="It is large"))
    ]
    assert [(v.measured, v.met) for v in verdicts] == [("11 s", "yes"), ("1,600 MB", "**no**"), ("1,600 MB", "**no**")]
    assert [v.why for v in verdicts] == ["", targets.NO_REASON, "It is large"]
    assert f"measured 1,600 MB: {memory.why or targets.NO_REASON}." in page(results)
    results.sign("schools", quick=True, seen={})
    assert {target.verdict(results).met for target in targets.TARGETS} == {"-"}
    results.sign("schools", quick=False, seen={})
    results.write("schools", [row | {"schools": 250, "seconds": 1.0, "cpu_seconds": 1.0, "peak_mb": 100.0}])
    assert {target.verdict(results).met for target in targets.TARGETS} == {"-"}


@pytest.mark.unit
def test_what_is_missed_on_the_page_of_the_project_has_its_reason():
    missed = [target.verdict(Results()) for target in targets.TARGETS]
    assert targets.NO_REASON not in {verdict.why for verdict in missed}


@pytest.mark.unit
def test_a_whole_measurement_leaves_nothing_of_the_last_one(tmp_path, monkeypatch):
    results = Results(tmp_path)
    results.write("sections_of_old", [{"seconds": 1.0}])
    monkeypatch.setattr(program, "measure", lambda *_: None)
    program.main(["--only", "years", "--out", str(tmp_path)])
    assert not results.table("sections_of_old").empty
    program.main(["--out", str(tmp_path)])
    assert results.table("sections_of_old").empty


@pytest.mark.unit
def test_what_others_say_of_their_sections_stays(tmp_path):
    results = Results(tmp_path)
    results.sign("years", quick=False, seen={"load_before": 0.5})
    results.sign("schools", quick=True, seen={"load_before": 0.1})
    results.sign("schools", quick=False, seen={"load_before": 0.2})
    table = results.table(PROVENANCE)
    assert table[["section", "quick", "load_before"]].to_numpy().tolist() == [
        ["schools", "no", 0.2],
        ["years", "no", 0.5],
    ]


@pytest.mark.unit
def test_a_try_out_does_not_overwrite_what_is_quoted(capsys):
    with pytest.raises(SystemExit) as stop:
        program.main(["--quick", "--out", str(FOLDER)])
    assert stop.value.code == 2
    assert "figures are quoted" in capsys.readouterr().err


@pytest.mark.unit
def test_no_figure_on_the_page_of_the_project_is_a_try_out():
    table = Results().table(PROVENANCE)
    assert table.empty or set(table["quick"]) == {"no"}


@pytest.mark.unit
def test_councils_are_added_up_until_there_are_enough_schools():
    assert [first_councils(n).n_schools >= n for n in (1, 100, 1_000)] == [True, True, True]
    assert first_councils(10**6).n_schools == targets.SCHOOLS_IN_ENGLAND
    whole = first_councils(100)
    assert (whole.weight == 1.0).all()


@pytest.mark.unit
def test_a_fingerprint_sees_a_single_count():
    from sencosim.engine.outcome import Outcome  # noqa: PLC0415

    outcome = Outcome(np.zeros((2, 3, 4), np.int64), np.zeros((1, 1, 4)), (), np.ones(2))
    other = replace(outcome, tally=outcome.tally.copy())
    assert fingerprint(outcome) == fingerprint(other)
    other.tally[1, 2, 3] = 1
    assert fingerprint(outcome) != fingerprint(other)


@pytest.mark.property
@given(st.floats(0.5, 2.0), st.floats(1e-3, 1e3), st.lists(st.integers(1, 10**5), min_size=2, max_size=8, unique=True))
def test_growth_finds_the_power(power, constant, sizes):
    size = pd.Series(sizes, dtype=float)
    found = figures.growth(size, constant * size**power)
    assert found.exponent == pytest.approx(power)
    assert found.cheapest <= 1.0 + 1e-9
    assert found.dearest >= 1.0 - 1e-9


@pytest.mark.property
@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8), st.floats(0.01, 100.0))
def test_the_gain_is_between_its_limits_and_has_no_unit(numbers, unit):
    baseline, noise = np.array(numbers[:4]), np.array(numbers[4:])
    policy = baseline + 0.3 * noise
    found = chance.gain(baseline, policy)
    again = chance.gain(unit * baseline, unit * policy)
    if min(baseline.std(), policy.std(), noise.std()) < 1e-3:
        return
    assert found["gain_low"] <= found["gain"] * (1 + 1e-9)
    assert found["gain"] <= found["gain_high"] * (1 + 1e-9)
    assert again["gain"] == pytest.approx(found["gain"], rel=1e-5)
    spread = baseline.var(ddof=1) + policy.var(ddof=1)
    assert found["gain"] == pytest.approx(spread / (0.09 * noise.var(ddof=1)), rel=1e-5)


@pytest.mark.unit
def test_where_nothing_varies_no_gain_is_claimed():
    same = np.array([1.0, 2.0, 3.0, 4.0])
    assert chance.gain(same, same)["gain"] == 0.0
    assert chance.gain(same, same + 1.0)["gain"] == 0.0


@pytest.mark.unit
def test_two_processes_are_compared_by_the_work_they_did():
    table = pd.DataFrame(
        {"workers": [1, 2], "pairs": [5, 4], "begun_seconds": [2.0, 3.0], "pairs_seconds": [12.0, 7.0]}
    )
    assert figures.speed_up(table) == pytest.approx(2.0)
