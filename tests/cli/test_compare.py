"""``compare`` from the command line: runs what is missing like what is there, and distinguishes mechanisms."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from sencosim.fingerprint import MADE_WITH, made_with
from sencosim.report.manifest import manifest_problems, write_manifest

pytestmark = pytest.mark.engine

Call = Callable[..., Result]
SMALL = (
    *("--council", "Rutland", "--years", "1", "--replications", "1", "--draws", "1", "--view", "central"),
    *("--set", "run.warm_up_years=1", "--workers", "1", "--headline-only"),
)


@pytest.fixture
def stored(call: Call) -> Call:
    """A folder with one small finished run of full_time."""
    result = call("run", "full_time", *SMALL)
    assert result.exit_code == 0, result.stderr
    return call


def comparison(result: Result) -> Path:
    assert result.exit_code == 0, result.stderr
    (folder,) = Path("outputs/comparisons").iterdir()
    assert manifest_problems(folder) == []
    return folder


def manifest_of(scenario: str) -> dict[str, object]:
    (path,) = Path("outputs").glob(f"{scenario}/*/manifest.json")
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_missing_run_is_refused_unless_it_may_be_run(stored: Call) -> None:
    result = stored("compare", "full_time", "slt_seat")
    assert result.exit_code == 2
    assert "No finished run is called 'slt_seat'" in result.stderr
    assert not Path("outputs/slt_seat").exists()


def test_a_missing_run_is_made_like_the_one_that_is_there(stored: Call) -> None:
    result = stored("compare", "slt_seat", "full_time", "--run")
    folder = comparison(result)
    first, second = manifest_of("full_time"), manifest_of("slt_seat")
    for name in ("seed", "draws", "replications", "sample_share", "councils", "engine", "quick"):
        assert first[name] == second[name], name
    text = (folder / "comparison.txt").read_text(encoding="utf-8")
    assert "Not like for like" not in text
    assert text.index("A seat on the senior") < text.index("A full-time SENCO")  # in the order of the command
    assert "running it like" in result.stderr


def test_a_run_that_is_named_twice_is_one_option(stored: Call) -> None:
    folder = comparison(stored("compare", "full_time", str(manifest_of("full_time")["run_id"])))
    assert set(pd.read_csv(folder / "net_costs.csv")["option"]) == {"full_time"}


def test_mechanisms_add_up_exactly_in_every_output(stored: Call) -> None:
    result = stored("compare", "full_time", "--apart", "overtime_displacement")
    folder = comparison(result)
    assert "4 sets of groups" in result.stderr
    summary = pd.read_parquet(folder / "summary.parquet")
    parts = summary[summary["outcome"].str.startswith("mechanism.")].set_index("outcome")["difference"]
    assert set(parts.index) == {f"mechanism.{name}" for name in ("overtime_displacement", "others", "rest", "total")}
    total = Fraction(parts.pop("mechanism.total"))
    assert float(sum(map(Fraction, parts))) == pytest.approx(float(total), rel=1e-12)
    for name in ("comparison.txt", "comparison.html"):
        assert "Added time first gives SENCOs their evenings back" in (folder / name).read_text(encoding="utf-8")


def test_a_decomposition_says_its_schools_and_what_made_it(stored: Call) -> None:
    folder = comparison(stored("compare", "full_time", "--apart", "overtime_displacement"))
    text = " ".join((folder / "comparison.txt").read_text(encoding="utf-8").split())
    assert "on all schools of Rutland, 1 replication" in text
    assert "% of England" not in text
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {name: told[name] for name in MADE_WITH} == made_with()


def test_a_run_of_other_evidence_code_schools_or_rules_is_not_decomposed(stored: Call) -> None:
    (folder,) = Path("outputs/full_time").iterdir()
    was = manifest_of("full_time")
    for told, said in (
        ({"evidence_fingerprint": "0" * 64}, "was made with other evidence than is read now"),
        ({"code_fingerprint": "0" * 64}, "was made with other code than is read now"),
        ({"population_fingerprint": "0" * 16}, "full_time had schools of its own"),
        (
            {"replaced_mechanisms": {"patience": {"function": "mine", "code_sha256": "0"}}},
            "full_time had some replaced",
        ),
    ):
        write_manifest(folder, was | told)
        result = stored("compare", "full_time", "--mechanisms")
        assert result.exit_code == 2, result.output
        assert said in " ".join(result.stderr.split())
        assert "sets of groups" not in result.stderr
    assert not Path("outputs/comparisons").exists()


def test_a_name_that_is_no_mechanism_is_refused_before_anything_is_read(call: Call) -> None:
    result = call("compare", "full_time", "--apart", "patiense")
    assert result.exit_code == 2
    assert "patience" in result.stderr


def test_the_baseline_alone_is_no_comparison(call: Call) -> None:
    result = call("compare", "baseline")
    assert result.exit_code == 2
    assert "at least one option" in result.stderr
