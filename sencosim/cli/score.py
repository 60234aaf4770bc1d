"""``sencosim score``: hold a forecast that was put on record against what was published since."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.terminal.console import Console, pass_console, table
from sencosim.terminal.options import Command

if TYPE_CHECKING:
    from sencosim.calibration.scoring import Account, Ratio

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.argument("forecast", type=FILE)
@click.option("--published", type=FILE, required=True, help="Table (CSV): series, breakdown, period, value.")
@click.option("--json", "as_json", is_flag=True, help="Print every score as JSON.")
@pass_console
def score(console: Console, forecast: Path, published: Path, as_json: bool) -> None:
    """Score a forecast with figures that were published after it was made.

    FORECAST is a file of docs/forecasts/; one that was changed is refused. Series, breakdown and period of a published
    figure are written as the forecast writes them; figures that are not out yet are left away.

    Example:  sencosim score docs/forecasts/second_edition.csv --published published.csv
    """
    from sencosim.calibration.forecast_file import judged_by, read_forecast, read_published
    from sencosim.calibration.scoring import account_of
    from sencosim.calibration.verdict import in_words

    on_record = read_forecast(forecast)
    found = account_of(judged_by(on_record, read_published(published, on_record)))
    told = f"Forecasts made on {on_record.made} {in_words(found)}"
    if as_json:
        origin = {"made": on_record.made, "code": on_record.code, "sha256": on_record.sha256, "told": told}
        console.json(origin | account_for_programs(found))
        return
    console.data(f"{told}\n\n{account_text(found)}")


def account_text(found: Account) -> str:
    """Scores by family and in all, where figures stand in their forecasts, and the figures that were missed."""
    from sencosim.calibration.scoring import RIVALS, pit_histogram

    head = ("Family", "series", "figures", "score %", *(f"to {name}" for name in RIVALS.values()), "inside", "stands")
    rows = [
        (
            one.family,
            str(one.series),
            str(one.figures),
            f"{one.score:.1f}",
            *(ratio_text(one.ratios[rival]) for rival in RIVALS),
            f"{one.inside} of {one.figures}",
            f"{one.standing:+.1f}",
        )
        for one in found.families
    ]
    held = found.coverage
    series = len({(one.series, one.breakdown) for one in found.judged})
    inside = f"{held.inside} of {held.figures}"
    rows.append(("All", str(series), str(held.figures), "", *(ratio_text(found.ratios[r]) for r in RIVALS), inside, ""))
    return "\n".join(
        [
            table([head, *rows]),
            "score: weighted interval score, % of the published figure; to: over that of the naive forecast, with 90 % "
            "interval; stands: mean place of figures in the forecast, in standard deviations above the median.",
            f"Correlation within families {held.within:.2f}: {held.figures} figures are worth {held.effective:.0f} "
            "independent ones.",
            f"Sign test of bias: figures above the median in {found.by_family.above} of {found.by_family.of} families "
            f"(p = {found.by_family.chance:.2g}), {found.by_series.above} of {found.by_series.of} series "
            f"(p = {found.by_series.chance:.2g}; series of a family are not independent).",
            "Figures by fifth of their forecast, from the lowest: "
            + ", ".join(map(str, pit_histogram(found.pits)))
            + ".",
            *_missed(found),
        ]
    )


def _missed(found: Account) -> list[str]:
    """Figures outside their intervals."""
    rows = [
        (
            f"{one.series} {one.breakdown}",
            one.period,
            f"{amount(one.forecast.p10)} to {amount(one.forecast.p90)}",
            amount(one.published),
            "above" if one.place > 0 else "below",
        )
        for one in found.judged
        if one.place
    ]
    return ["", table([("Missed", "period", "p10 to p90", "published", ""), *rows])] if rows else []


def amount(value: float) -> str:
    """A figure of any series, short.

    Examples
    --------
    >>> amount(154489.0), amount(46.41)
    ('154,489', '46.4')
    """
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def ratio_text(found: Ratio) -> str:
    """A ratio with its interval, as far as they are known.

    Examples
    --------
    >>> from sencosim.calibration.scoring import Ratio
    >>> ratio_text(Ratio(0.5, 0.4, 0.6)), ratio_text(Ratio(0.5, math.nan, math.nan))
    ('0.50 (0.40 to 0.60)', '0.50')
    """
    if math.isnan(found.value):
        return ""
    return f"{found.value:.2f}" + ("" if math.isnan(found.low) else f" ({found.low:.2f} to {found.high:.2f})")


def account_for_programs(found: Account) -> dict[str, Any]:
    """The same for a program: numbers that are not known are null."""
    from dataclasses import asdict

    from sencosim.calibration.scoring import pit_histogram

    figures = [
        asdict(one) | {"pit": pit, "place": one.place} for one, pit in zip(found.judged, found.pits, strict=True)
    ]
    told = {
        "coverage": asdict(found.coverage) | {"share": found.coverage.share},
        "ratios": {rival: asdict(ratio) for rival, ratio in found.ratios.items()},
        "biased": found.biased,
        "by_family": asdict(found.by_family),
        "by_series": asdict(found.by_series),
        "above": found.missed[0],
        "below": found.missed[1],
        "pit_fifths": pit_histogram(found.pits),
        "families": [asdict(one) for one in found.families],
        "figures": figures,
    }
    plain: dict[str, Any] = known_numbers(told)
    return plain


def known_numbers(value: Any) -> Any:
    """A structure with ``None`` for every number that is not known."""
    if isinstance(value, dict):
        return {name: known_numbers(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [known_numbers(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
