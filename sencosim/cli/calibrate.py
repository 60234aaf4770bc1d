"""``sencosim calibrate`` and ``sencosim backtest``: fit the model to England, and say how well it predicts."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.score import account_for_programs, account_text, amount, known_numbers
from sencosim.terminal.console import Console, pass_console, table
from sencosim.terminal.options import Command

if TYPE_CHECKING:
    from sencosim.calibration.calibrate import Calibration
    from sencosim.calibration.result import BacktestResult
    from sencosim.calibration.verdict import State

FOLDER = Path("outputs") / "calibration"
TESTS = ("from_2018", "from_2022")
EVERY = 10
"""Runs between two lines of progress."""

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where finished runs are kept, to go on from.",
)


@click.command(cls=Command)
@folder_option
@click.option("--write", is_flag=True, help="Put the posterior into the registers, and keep the back-test.")
@pass_console
def calibrate(console: Console, folder: Path, write: bool) -> None:
    """Fit entry, exit, requests, refusals, placement and capacity to the published series. Effects are never fitted.

    Takes about 20 minutes of one core; stopped, it goes on where it was, and the evidence is as before.

    Example:  sencosim calibrate
    """
    fitted = _fit(console, folder)
    from sencosim.calibration.design import intervals_of
    from sencosim.evidence.posterior import Mixing

    found = intervals_of(fitted.shipped.units)
    rows = [(one.name, *(f"{value:.4g}" for value in values), one.title) for one, values in found]
    console.data(table([("parameter", "p10", "p50", "p90", ""), *rows]))
    for name, fit in (("frozen", fitted.frozen), ("shipped", fitted.shipped)):
        console.data(f"Chains of the {name} fit: {Mixing(fit.r_hat, fit.effective)}.")
    if write:
        from sencosim.cli.evidence_before import all_or_as_before
        from sencosim.evidence.register import evidence_folder

        with all_or_as_before(evidence_folder(), folder):
            _write(console, fitted)


@click.command(cls=Command)
@folder_option
@click.option("--again", is_flag=True, help="Make it again, even if nothing has changed since it was made.")
@click.option("--json", "as_json", is_flag=True, help="Print p10, p50 and p90 of every series and year as JSON.")
@click.option(
    "--forecast-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Put the forecast of figures not published yet on record in this file; `sencosim score` reads it. One that is "
    "there stays.",
)
@pass_console
def backtest(console: Console, folder: Path, again: bool, as_json: bool, forecast_file: Path | None) -> None:
    """Predict published years from what was known before, and compare with two naive forecasts.

    Starts in September 2018 and in September 2022 with what was known by 2022/23, and forecasts calendar 2025 and
    January 2026 with what is known now. If nothing has changed since the shipped one was made, that is printed.

    Example:  sencosim backtest
    """
    from sencosim.report.backtest import kept_backtest, put_on_record
    from sencosim.report.outputs import check_new

    if forecast_file is not None:
        check_new(forecast_file)  # before a back-test that takes hours
    result, state = kept_backtest()
    if again or state in ("stale", "missing"):
        fitted = _fit(console, folder)
        from sencosim.calibration.backtest import backtest as make
        from sencosim.calibration.result import fingerprint
        from sencosim.calibration.verdict import state_of

        result = make(fitted)
        state = state_of(result, fingerprint())
    if forecast_file is not None:
        digest = put_on_record(result, forecast_file)
        console.note(f"Forecast written to {forecast_file}; SHA-256 of its table: {digest}")
    if as_json:
        console.json(_for_programs(result, state))
        return
    console.data(_in_words(result, state))


def _fit(console: Console, folder: Path) -> Calibration:
    from sencosim.cli.evidence_before import check_whole
    from sencosim.evidence.register import evidence_folder

    check_whole(evidence_folder())  # before any of it is read
    from sencosim.calibration.calibrate import calibrate as fit
    from sencosim.cli.design_folder import check_folder, facts_of_design, open_folder

    def told(what: str, done: int, total: int) -> None:
        if done % EVERY == 0 or done == total:
            console.note(f"{what}: {done} of {total} runs")
            check_folder(folder)

    open_folder(folder, facts_of_design())
    try:
        return fit(folder, told)
    finally:
        check_folder(folder)


def _write(console: Console, fitted: Calibration) -> None:
    from sencosim.calibration.backtest import backtest as make
    from sencosim.calibration.dynamics import dynamics, write_lines
    from sencosim.calibration.result import write_result
    from sencosim.calibration.shipping import forget_registers, ship
    from sencosim.evidence.posterior import FOLDER
    from sencosim.evidence.register import evidence_folder
    from sencosim.outcomes.reconcile import baseline_tables
    from sencosim.report.backtest import mark_evidence

    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    changed = ship(fitted, today, console.note, baseline_tables)
    console.note(f"Put into the registers: {', '.join(changed)}")
    forget_registers()
    write_result(make(fitted))
    write_lines(dynamics(lambda name: console.note(f"dynamics: {name}")), evidence_folder() / FOLDER)
    baseline_tables().to_csv(evidence_folder() / FOLDER / "reconciliation.csv", index=False, lineterminator="\n")
    mark_evidence()


def _for_programs(result: BacktestResult, state: State) -> dict[str, Any]:
    from sencosim.calibration.forecast import DAMPING
    from sencosim.calibration.rolling_origin import damping
    from sencosim.calibration.verdict import account, sentence_of
    from sencosim.evidence.register import all_cautions

    return {
        "cautions": all_cautions(),
        "date": result.date,
        "state": state,
        "verdict": sentence_of(result, state),
        "series": [known_numbers(dataclasses.asdict(row)) for row in result.rows],
        "scores": [
            known_numbers(dataclasses.asdict(score)) | {"beats_naive": score.beats_naive} for score in result.scores
        ],
        "accounts": {test: account_for_programs(account(result, test)) for test in TESTS},
        "damping": dataclasses.asdict(damping(result.named, DAMPING)) | {"assumed": DAMPING},
    }


def _in_words(result: BacktestResult, state: State) -> str:
    from sencosim.calibration.forecast import DAMPING
    from sencosim.calibration.rolling_origin import damping, damping_text
    from sencosim.calibration.verdict import account, sentence_of
    from sencosim.evidence.posterior import load_posterior
    from sencosim.evidence.register import all_cautions

    lines = [*all_cautions(), sentence_of(result, state), ""]
    for test in TESTS:
        head = (f"Test {test}", "error %", "bias %", "last value %", "last growth %", "in 80 %", "")
        rows = [
            (
                f"{score.series} {score.breakdown}",
                f"{score.error:.1f}",
                f"{score.bias:+.1f}",
                f"{score.naive_last:.1f}",
                f"{score.naive_growth:.1f}",
                f"{score.covered} of {score.periods}",
                "better than both" if score.beats_naive else "",
            )
            for score in result.of(test)
        ]
        lines += [table([head, *rows]), "", f"Test {test} by family", account_text(account(result, test)), ""]
    lines += [f"Damping of trends: {damping_text(damping(result.named, DAMPING), DAMPING)}", ""]
    lines += [f"Chains of the {fit} fit: {load_posterior().mixing(fit)}." for fit in ("frozen", "shipped")]
    ahead = [
        (f"{row.series} {row.breakdown}", row.period, *(amount(value) for value in (row.p10, row.p50, row.p90)))
        for row in result.rows
        if row.test == "forecast"
    ]
    lines += ["", table([("Forecast", "period", "p10", "p50", "p90"), *ahead])]
    return "\n".join(lines)
