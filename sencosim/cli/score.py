"""``sencosim score``: hold a forecast that was put on record against what was published since."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.errors import DAMAGE, InputError
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

    FORECAST is a file of docs/forecasts/; one whose table was changed is refused. When it was made is what the file
    says: the history of the project shows when it was put there. Series, breakdown and period of a published figure
    are written as the forecast writes them; figures that are not out yet are left out.

    Example:  sencosim score docs/forecasts/second_edition.csv --published published.csv
    """
    from sencosim.calibration.forecast_file import judged_by, read_forecast, read_published
    from sencosim.calibration.scoring import account_of
    from sencosim.calibration.verdict import in_words
    from sencosim.report.backtest import cautions_on_record

    try:
        on_record = read_forecast(forecast)
        cautions = list(cautions_on_record(forecast))
        found = account_of(judged_by(on_record, read_published(published, on_record)))
    except (csv.Error, *DAMAGE) as error:
        raise InputError(f"{forecast} or {published} is not the table that it should be: {error}.") from error
    told = f"Forecasts made on {on_record.made}, by their own file, {in_words(found)}"
    if as_json:
        origin = {"made": on_record.made, "code": on_record.code, "sha256": on_record.sha256, "told": told}
        console.json(origin | {"cautions": cautions} | account_for_programs(found))
        return
    digest = f"SHA-256 of the table of the forecasts, which covers neither the day nor a caution: {on_record.sha256}"
    against = "".join(f"When these forecasts were made: {caution}\n" for caution in cautions)
    console.data(f"{against}{told}\n\n{account_text(found)}\n{digest}")


SCORES_EXPLAINED = (
    "Score: weighted interval score of the median and the 80 % interval, in per cent of the published figure. To last "
    "value, to last growth: over the score of the naive forecast, with a 90 % interval; below 1 is better. Above: "
    "figures above p90. Stands: mean place of figures in the forecast, in standard deviations above its median."
)


def account_text(found: Account) -> str:
    """Scores by family and in all, where figures stand in their forecasts, and the figures that were missed."""
    told = (table(family_rows(found)), SCORES_EXPLAINED, *account_sentences(found), *_missed(found))
    return "\n".join(told)


def family_rows(found: Account) -> list[tuple[str, ...]]:
    """Head, a row a family, and one for all families, each with the same weight."""
    from sencosim.calibration.scoring import RIVALS

    held = found.coverage
    head = ("Family", "Series", "Score, %", *(f"To {name}" for name in RIVALS.values()), "Inside", "Above", "Stands")
    rows = [
        (
            one.family,
            str(one.series),
            f"{one.score:.1f}",
            *(ratio_text(one.ratios[rival]) for rival in RIVALS),
            f"{one.inside} of {one.figures}",
            str(one.above),
            f"{one.standing:+.1f}",
        )
        for one in found.families
    ]
    ratios = (ratio_text(found.ratios[rival]) for rival in RIVALS)
    inside, above = f"{held.inside} of {held.figures}", str(found.missed[0])
    return [head, *rows, ("All", str(found.by_series.of), "", *ratios, inside, above, "")]


def account_sentences(found: Account) -> tuple[str, ...]:
    """Coverage, bias and where figures stand."""
    from sencosim.calibration.scoring import pit_histogram

    held, family, series = found.coverage, found.by_family, found.by_series
    return (
        f"Inside, figures of one family are correlated by {held.within:.2f}: {held.figures} are worth "
        f"{held.effective:.0f} independent ones, and the share inside is {100 * held.share:.0f} % "
        f"({100 * held.low:.0f} to {100 * held.high:.0f} %).",
        f"Sign test of bias: published figures stand above the median in {family.above} of {family.of} families "
        f"(p = {family.chance:.2g}), and in {series.above} of {series.of} series (p = {series.chance:.2g}, though "
        "series of a family are not independent).",
        f"Figures by fifth of their forecast, from the lowest: {', '.join(map(str, pit_histogram(found.pits)))}.",
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
