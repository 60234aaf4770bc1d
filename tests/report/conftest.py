"""A made-up run for the tests of the report. No figure here means anything."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sencosim.report.inputs import ENGLAND, KEYS, PRESENT_VALUE, TOTAL, ReportInputs, ScenarioText

VIEWS = ("campaign", "central", "sceptic")
YEARS = [f"{year}/{(year + 1) % 100:02d}" for year in range(2025, 2037)]
N_DRAWS, N_REPLICATIONS = 40, 2
PAYERS = ("schools", "council high-needs blocks", "council general funds", "DfE", "HMCTS")
EFFECT = {"campaign": 1.0, "central": 0.3, "sceptic": 0.0}

Money = Callable[[float, float], float]


def free(_ramp: float, _z: float) -> float:
    """No money at all."""
    return 0.0


COSTS: dict[str, Money] = {
    "schools": lambda ramp, z: 4.1e8 * ramp * (1 - 0.12 * z),
    "DfE": lambda ramp, _: 1.3e7 * ramp,
}
SAVINGS: dict[str, Money] = {
    "council high-needs blocks": lambda ramp, z: -7.2e8 * ramp**2 * (0.2 + 1.6 * z),
    "council general funds": lambda ramp, z: -3.3e7 * ramp * (0.8 + 0.3 * z),
    "HMCTS": lambda ramp, _: -4.4e6 * ramp,
}
PEOPLE: tuple[tuple[str, str, str, str, float, Callable[[float, float], float]], ...] = (
    ("plans_on_time", "New plans issued within 20 weeks", "share", "up", 0.46, lambda r, z: 0.021 * r * (1 + z)),
    (
        "requests",
        "Requests for an EHC needs assessment",
        "requests",
        "",
        150_000.0,
        lambda r, z: 2_300.0 * r * (0.2 - z),
    ),
    ("appeals", "Appeals to the tribunal", "appeals", "down", 24_000.0, lambda r, z: -900.0 * r * (0.4 + z)),
    ("suspensions", "Suspensions of pupils with SEN", "suspensions", "down", 410_000.0, lambda r, z: -5_100.0 * r * z),
    (
        "permanent_exclusions",
        "Permanent exclusions of pupils with SEN",
        "pupils",
        "down",
        5_100.0,
        lambda r, z: -80.0 * r * z,
    ),
    (
        "identification_wait",
        "Weeks waited for identification",
        "weeks",
        "down",
        11.5,
        lambda r, z: -2.2 * r * (1 + 0.2 * z),
    ),
)


def wobble(draw: int, replication: int) -> float:
    """A fixed number between -1 and 1 for a draw and a replication, without any chance."""
    return math.sin(12.9898 * (draw + 1)) + 0.02 * math.sin(78.233 * (draw + 1) * (replication + 1))


def _row(
    view: str, draw: int, rep: int, outcome: str, payer: str, year: str, baseline: float, difference: float
) -> tuple:
    return (view, draw, rep, outcome, payer, ENGLAND, year, baseline, baseline + difference, difference)


def _money(view: str, draw: int, rep: int, size: float) -> list[tuple]:
    rows = []
    z = EFFECT[view] * (1.3 + wobble(draw, rep))
    present: dict[tuple[str, str], float] = {}
    for i, year in enumerate(YEARS):
        ramp = size * min(max(i - 1, 0) / 3, 1.0)
        net = 0.0
        for payer in PAYERS:
            cost = COSTS.get(payer, free)(ramp, wobble(draw, rep))
            saving = SAVINGS.get(payer, free)(ramp, z) * EFFECT[view]
            net += cost + saving
            for outcome, value in (("payer_cost", cost), ("payer_saving", saving), ("payer_net", cost + saving)):
                rows.append(_row(view, draw, rep, outcome, payer, year, 0.0, value))
                present[outcome, payer] = present.get((outcome, payer), 0.0) + value / 1.035**i
        rows.append(_row(view, draw, rep, "net_public_cost", "", year, 0.0, net))
        present["net_public_cost", ""] = present.get(("net_public_cost", ""), 0.0) + net / 1.035**i
        rows.append(_row(view, draw, rep, "payer_net", "families", year, 0.0, -1e6 * ramp * EFFECT[view]))
    present["payer_net", "families"] = -9.1e6 * size * EFFECT[view]
    present["npsv", ""] = -present["net_public_cost", ""] - present["payer_net", "families"]
    present["campaign_exclusions", ""] = 3.7e8 * size * z
    return rows + [_row(view, draw, rep, o, payer, PRESENT_VALUE, 0.0, value) for (o, payer), value in present.items()]


def _people(view: str, draw: int, rep: int, size: float) -> list[tuple]:
    rows = []
    z = EFFECT[view] * (1.3 + wobble(draw, rep))
    for outcome, _, unit, _, level, effect in PEOPLE:
        total = 0.0
        for i, year in enumerate(YEARS):
            difference = size * effect(min(max(i - 1, 0) / 3, 1.0), z)
            total += difference
            rows.append(_row(view, draw, rep, outcome, "", year, level * (1 + 0.03 * i), difference))
        if unit not in ("share", "weeks"):
            rows.append(_row(view, draw, rep, outcome, "", TOTAL, level * 14.0, total))
    return rows


def _runs(size: float, n_draws: int, n_replications: int) -> pd.DataFrame:
    rows = [
        row
        for view in VIEWS
        for draw in range(n_draws)
        for rep in range(n_replications)
        for row in (*_money(view, draw, rep, size), *_people(view, draw, rep, size))
    ]
    columns = (
        "view",
        "draw",
        "replication",
        "outcome",
        "payer",
        "area_code",
        "year",
        "baseline",
        "policy",
        "difference",
    )
    return pd.DataFrame(rows, columns=list(columns)).assign(weight=1.0 / n_draws)


def _summary(runs: pd.DataFrame, n_draws: int, n_replications: int) -> pd.DataFrame:
    titles = {name: (title, unit, favourable) for name, title, unit, favourable, _, _ in PEOPLE}
    titles |= {
        "net_public_cost": ("Net cost to the public purse", "GBP", "down"),
        "payer_cost": ("Pays more", "GBP", "down"),
        "payer_saving": ("Pays less", "GBP", "down"),
        "payer_net": ("Net cost", "GBP", "down"),
        "npsv": ("Net present social value", "GBP", "up"),
        "campaign_exclusions": ("Exclusions avoided times the headline saving", "GBP", "up"),
    }
    rows = []
    for key, group in runs.groupby(KEYS, sort=False):
        view, area, year, outcome, payer = key
        title, unit, favourable = titles[outcome]
        by_draw = group.groupby("draw")["difference"].mean().to_numpy()
        between = group.groupby("replication")["difference"].mean().to_numpy()
        error = float(np.std(between, ddof=1) / math.sqrt(n_replications)) if n_replications > 1 else math.nan
        kind = "memo" if outcome.startswith("campaign") else "money" if unit == "GBP" else "people"
        rows.append(
            {
                "view": view,
                "area_code": area,
                "area_name": "England",
                "year": year,
                "outcome": outcome,
                "title": title,
                "unit": unit,
                "payer": payer,
                "baseline": group["baseline"].mean(),
                "policy": group["policy"].mean(),
                "difference": group["difference"].mean(),
                "p10": np.quantile(by_draw, 0.1),
                "p50": np.quantile(by_draw, 0.5),
                "p90": np.quantile(by_draw, 0.9),
                "monte_carlo_error": error,
                "n_draws": n_draws,
                "n_replications": n_replications,
                "price_base": "2025-26",
                "discounted": year == PRESENT_VALUE,
                "kind": kind,
                "favourable": favourable,
            }
        )
    return pd.DataFrame(rows)


def _reconciliation() -> pd.DataFrame:
    made_up = (
        ("pupils_sen_support", "primary", 800_000.0, 806_000.0, 2.0),
        ("pupils_sen_support", "secondary", 450_000.0, 441_500.0, 2.0),
        ("requests", "", 150_000.0, 171_000.0, 5.0),
        ("refused_share", "parental", 0.49, 0.47, 10.0),
        ("plans_on_time_share", "", 0.46, 0.62, 10.0),
        ("appeals", "", 24_000.0, 14_100.0, 25.0),
        ("senco_hours_mean", "primary", 15.0, 15.1, 5.0),
        ("mediations", "", 0.0, 3.0, 25.0),
    )
    rows = []
    for series, breakdown, published, model, tolerance in made_up:
        gap = model - published
        percent = 100 * gap / published if published else math.nan
        verdict = "inside" if abs(percent) <= tolerance else "outside"
        rows.append((series, breakdown, "2024/25", published, model, gap, percent, tolerance, verdict, "made up"))
    columns = ("series", "breakdown", "period", "published", "model", "gap", "gap_pct", "tolerance", "verdict", "note")
    return pd.DataFrame(rows, columns=list(columns))


def _parameters() -> pd.DataFrame:
    rows = [
        (
            "senco_leaving_rate",
            0.11,
            "share per year",
            "evidence",
            "B",
            "A made-up survey, 2026",
            "made up",
            0.11,
            0.11,
            0.11,
        ),
        ("requests_need_relative_rate", 0.97, "ratio", "assumption", "E", None, "made up <b>", 0.8, 0.97, 1.0),
        ("hours_per_request", 12.0, "hours", "evidence", "C", "A made-up diary study", None, 12.0, 12.0, 12.0),
    ]
    columns = ["name", "value", "unit", "kind", "quality", "source", "note", *VIEWS]
    return pd.DataFrame(rows, columns=columns)


def _ledger(view: str) -> pd.DataFrame:
    words = {"view": view, "quantity": "added_hours", "unit": "hours"}
    return pd.DataFrame(
        {name: pd.Categorical([word]) for name, word in words.items()} | {"year": [2027], "value": [1.0]}
    )


def made_up_inputs(size: float = 1.0, n_draws: int = N_DRAWS, n_replications: int = N_REPLICATIONS) -> ReportInputs:
    """A whole made-up run; ``size`` 0 is a policy that does nothing."""
    runs = _runs(size, n_draws, n_replications)
    return ReportInputs(
        scenario=ScenarioText(
            name="made_up",
            title="Full-time SENCOs (made-up figures)",
            description="Every figure on this page is made up to test its layout. Do not quote.",
            resolved_yaml=(
                "schema: 1  # made_up.yaml, line 1\nname: made_up\n"
                "high_needs_pressure_funded_by: councils_then_central  # default\n"
            ),
            differences=("lever protected_time: none becomes full time, all schools, from 2027/28",),
            warnings=("overrides.ehcp_growth is outside the range in the evidence.",),
            policy_start="2027/28",
        ),
        views=VIEWS,
        summary=_summary(runs, n_draws, n_replications),
        runs=runs,
        ledger=lambda: [_ledger("central"), _ledger("sceptic")],
        priced=lambda: [
            pd.DataFrame({"view": view, "year": [2027], "payer": ["schools"], "value_gbp": [1.0]})
            for view in ("central", "sceptic")
        ],
        reconciliation=_reconciliation(),
        parameters=_parameters(),
        draws=pd.DataFrame({"draw": range(n_draws), "senco_leaving_rate": 0.11}),
        population_text="20,227 made-up schools. Nothing was dropped.",
        checks=(("Pupils in equal pupils out and present", True, "to the pupil"),),
        manifest={
            "seed": 2026,
            "draws": n_draws,
            "replications": n_replications,
            "sample_share": 0.05,
            "population_kind": "synthetic",
            "command": "sencosim run scenarios/made_up.yaml",
            "seconds": 1.0,
            "git": {"commit": "0" * 40, "dirty": True},
        },
        public_payers=PAYERS,
        view_descriptions={
            "campaign": "Published headline savings, and every effect at its favourable limit at once.",
            "central": "Audited unit values; every effect drawn from its whole prior.",
            "sceptic": "Audited unit values; no effect on outcomes.",
        },
        unmonetised=(("Time of families in disputes", "less", "D"),),
    )


@pytest.fixture(scope="session")
def inputs() -> ReportInputs:
    """The made-up run."""
    return made_up_inputs()


@pytest.fixture(scope="session")
def nothing() -> ReportInputs:
    """A run whose policy changes nothing."""
    return made_up_inputs(size=0.0, n_draws=3)


@pytest.fixture(scope="session")
def one_draw() -> ReportInputs:
    """A run with one draw and one replication: nothing has a range."""
    return made_up_inputs(n_draws=1, n_replications=1)


@pytest.fixture(scope="session")
def clean(inputs: ReportInputs) -> ReportInputs:
    """A run that needs no banner."""
    manifest = {
        **inputs.manifest,
        "git": {"commit": "0" * 40, "dirty": False},
        "population_kind": "real",
        "sample_share": 1.0,
    }
    return replace(inputs, manifest=manifest)
