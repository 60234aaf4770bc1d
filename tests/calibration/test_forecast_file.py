"""Forecasts on record: what is written is read, what was changed is refused, what ships is what was stored."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sencosim.calibration.forecast_file import judged_by, read_forecast, write_forecast
from sencosim.calibration.published import LATEST, published, year_of
from sencosim.calibration.result import load_result
from sencosim.calibration.scoring import to_scale
from sencosim.errors import InputError

pytestmark = pytest.mark.unit


def test_every_forecast_on_record_has_its_hash_in_the_list(root):
    files = sorted((root / "docs" / "forecasts").glob("*.csv"))
    listed = (root / "docs" / "forecasts" / "README.md").read_text(encoding="utf-8")
    assert files
    for path in files:
        found = read_forecast(path)  # refuses a table that is not of its hash
        assert f"`{path.name}`" in listed
        assert found.sha256 in listed
        assert found.made in listed


def test_the_second_edition_s_forecast_is_the_stored_one(root, tmp_path):
    """Written from rows that are not made again: the same table, whenever it is written."""
    on_record = read_forecast(root / "docs" / "forecasts" / "second_edition.csv")
    assert write_forecast(load_result(), tmp_path / "again.csv") == on_record.sha256
    rows = {(row.series, row.breakdown, row.period): row for row in load_result().rows if row.test == "forecast"}
    for figure in on_record.figures:
        row = rows[figure.key]
        assert (figure.forecast.p10, figure.forecast.p50, figure.forecast.p90) == (row.p10, row.p50, row.p90)
        kind, year = year_of(figure.key[2])
        assert published(*figure.key[:2], kind, year) is None


def test_what_is_written_is_read_with_the_naive_forecasts(tmp_path):
    path = tmp_path / "new" / "forecast.csv"
    digest = write_forecast(replace(load_result(), date="2030-01-02", code="abc"), path)
    found = read_forecast(path)
    assert (found.made, found.code, found.sha256) == ("2030-01-02", "abc", digest)
    requests = found.figures[0]
    value, sd = requests.naive["last"]
    assert value == published("ehcp_initial_requests", "all", "calendar", LATEST.calendar)
    assert sd > 0.0
    judged = judged_by(found, {requests.key: 160_000.0})
    assert len(judged) == 1
    rival = judged[0].naive["last"]
    ends = [to_scale("ehcp_initial_requests", one) for one in (rival.p10, rival.p90)]
    assert ends[1] - ends[0] == pytest.approx(2 * 1.2816 * sd, rel=1e-3)
    weeks = next(one for one in found.figures if one.key[0] == "ehcp_mean_weeks_to_issue")
    assert math.isnan(weeks.naive["last"][0])


def test_a_changed_forecast_is_refused(tmp_path):
    path = tmp_path / "forecast.csv"
    write_forecast(load_result(), path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("162745", "152745"), encoding="utf-8")
    with pytest.raises(InputError, match="changed after it was made"):
        read_forecast(path)
    path.write_text(text.replace("# sha256", "# hash"), encoding="utf-8")
    with pytest.raises(InputError, match="no sha256"):
        read_forecast(path)
