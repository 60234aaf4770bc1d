"""``score``, on made-up published figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sencosim.calibration.forecast_file import read_forecast
from sencosim.evidence.register import cautions_of_evidence
from sencosim.report.backtest import mark_evidence

pytestmark = pytest.mark.unit

Call = Callable[..., Result]


@pytest.fixture
def forecast(root: Path) -> str:
    """The forecast that ships."""
    return str(root / "docs" / "forecasts" / "second_edition.csv")


def _made_up(path: Path, forecast: str, where: float) -> str:
    """Figures that lie so far from the median to p90 (1) or p10 (-1), those of last places alone left away."""
    lines = ["series,breakdown,period,value,note"]
    for figure in read_forecast(Path(forecast)).figures:
        low, middle, high = figure.forecast.p10, figure.forecast.p50, figure.forecast.p90
        value = middle + where * (high - middle if where > 0 else middle - low)
        lines.append(",".join([*figure.key, "" if figure.key[2] == "2023" else repr(value), "made up"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_figures_inside_are_counted_and_bias_is_told(call: Call, forecast: str, tmp_path: Path) -> None:
    published = _made_up(tmp_path / "published.csv", forecast, 0.5)
    result = call("score", forecast, "--published", published)
    assert result.exit_code == 0
    assert "held 41 of 41 figures" in result.stdout
    assert "11 of 11 families figures came above the median: forecasts are biased low" in result.stdout
    assert "Missed" not in result.stdout


def test_the_day_of_a_forecast_is_said_to_be_its_own_word(call: Call, forecast: str, tmp_path: Path) -> None:
    """No digest covers the day, so an earlier one can be written into the file."""
    published = _made_up(tmp_path / "published.csv", forecast, 0.5)
    text = Path(forecast).read_text(encoding="utf-8")
    (tmp_path / "earlier.csv").write_text(text.replace("# made: 2026-", "# made: 2016-"), encoding="utf-8")
    said = call("score", str(tmp_path / "earlier.csv"), "--published", published).stdout
    assert "Forecasts made on 2016-11-29, by their own file, held" in said
    assert f"which covers neither the day nor a caution: {read_forecast(Path(forecast)).sha256}" in said


def test_a_forecast_of_evidence_of_ones_own_says_so_when_it_is_scored(
    call: Call, forecast: str, tmp_path: Path, other_evidence: Path, name_evidence: Callable[[Path], None]
) -> None:
    name_evidence(other_evidence)
    mark_evidence()  # else it is made again, which takes a while
    (caution,) = cautions_of_evidence()
    result = call("backtest", "--forecast-file", "put.csv", "--json")
    assert json.loads(result.stdout)["cautions"] == [caution]
    published = _made_up(tmp_path / "published.csv", forecast, 0.5)
    assert f"When these forecasts were made: {caution}" in call("score", "put.csv", "--published", published).stdout
    assert json.loads(call("score", "put.csv", "--published", published, "--json").stdout)["cautions"] == [caution]
    assert read_forecast(tmp_path / "put.csv").sha256 == read_forecast(Path(forecast)).sha256


def test_misses_are_listed(call: Call, forecast: str, tmp_path: Path) -> None:
    published = _made_up(tmp_path / "published.csv", forecast, -2.0)
    result = call("score", forecast, "--published", published)
    assert "held 0 of 41 figures" in result.stdout
    assert "41 were below p10" in result.stdout
    assert result.stdout.count(" below") >= 41


def test_json_holds_the_same(call: Call, forecast: str, tmp_path: Path) -> None:
    published = _made_up(tmp_path / "published.csv", forecast, 0.5)
    found = json.loads(call("score", forecast, "--published", published, "--json").stdout)
    assert found["sha256"] == read_forecast(Path(forecast)).sha256
    assert found["coverage"]["inside"] == len(found["figures"]) == 41
    assert found["pit_fifths"] == [0, 0, 0, 41, 0]
    assert found["biased"] is True
    assert {one["family"] for one in found["families"]} >= {"Requests", "Placements"}
    weeks = next(one for one in found["figures"] if one["series"] == "ehcp_mean_weeks_to_issue")
    assert weeks["naive"]["last"]["p50"] is None


def test_every_fault_of_the_published_file_is_told_at_once(call: Call, forecast: str, tmp_path: Path) -> None:
    path = tmp_path / "published.csv"
    rows = [
        "series,breakdown,period,value",
        "ehcp_initial_request,all,2025,160000",
        "ehcp_initial_requests,every,2025,160000",
        "ehcp_initial_requests,all,2026,160000",
        "ehcp_refused_share,all,2025,125",
        "ehcp_new_plans,all,2025,about 100000",
        "pupils_with_ehcp,all_schools,Jan 2026,500000",
        "pupils_with_ehcp,all_schools,Jan 2026,500000",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = call("score", forecast, "--published", str(path))
    assert result.exit_code == 2
    for line in (2, 3, 4, 5, 6, 8):
        assert f"{line}" in result.stderr
    for words in (
        "ehcp_initial_requests",
        "no series '",
        "no breakdown '",
        "no period '",
        "between 0 and 100",
    ):
        assert words in result.stderr
    assert "above 0" in result.stderr
    assert "given twice" in result.stderr


def test_one_figure_alone_is_scored_without_intervals_that_nobody_knows(
    call: Call, forecast: str, tmp_path: Path
) -> None:
    path = tmp_path / "published.csv"
    path.write_text("series,breakdown,period,value\nehcp_new_plans,all,2025,150000\n", encoding="utf-8")
    found = json.loads(call("score", forecast, "--published", str(path), "--json").stdout)
    assert "nan" not in found["told"]
    assert found["ratios"]["last"]["value"] > 1.0
    assert found["ratios"]["last"]["low"] is None
    path.write_text("series,breakdown,period,value\nehcp_mean_weeks_to_issue,all,2025,25\n", encoding="utf-8")
    assert "weighted interval score" not in call("score", forecast, "--published", str(path)).stdout.split("\n\n")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series,period,value\n", "it lacks breakdown"),
        ("series,breakdown,period,value\n", "no figure that the forecast speaks of"),
    ],
)
def test_a_file_that_says_nothing_is_refused(call: Call, forecast: str, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "published.csv"
    path.write_text(text, encoding="utf-8")
    result = call("score", forecast, "--published", str(path))
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_the_back_test_prints_its_account_the_damping_and_the_chains(call: Call, tmp_path: Path) -> None:
    result = call("backtest", "--forecast-file", "put/forecast.csv")
    assert "Damping of trends: assumed 0.85; from rolling origins" in result.stdout
    assert "Chains of the shipped fit: R-hat" in result.stdout
    assert "Sign test of bias" in result.stdout
    digest = read_forecast(tmp_path / "put" / "forecast.csv").sha256
    assert digest in result.stderr
    on_record = tmp_path / "put" / "other.csv"
    on_record.write_text("of another day", encoding="utf-8")
    refused = call("backtest", "--forecast-file", "put/other.csv")
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "other.csv is there already, and nothing is written over" in " ".join(refused.stderr.split())
    assert on_record.read_text(encoding="utf-8") == "of another day"
    found = json.loads(call("backtest", "--json").stdout)
    assert found["accounts"]["from_2022"]["biased"] is True
    assert found["damping"]["low"] <= found["damping"]["best"] <= found["damping"]["high"]
