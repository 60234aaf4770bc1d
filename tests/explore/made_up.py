"""Data of the explorer that are made up: every part of the schema, few quantities, numbers that mean nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.evidence.councils import load_councils
from sencosim.vocabulary import WORDS_OF_USES, Payer

YEARS, DRAWS = 10, 40
QUANTITIES = (
    *("added_hours", "leaked_hours", "idle_hours", "seats", "admin_hours", "team_hours", "requests", "new_plans"),
    *("appeals", "exclusions", "weeks", "pupils"),
    *WORDS_OF_USES,
)
CONTROLS = (
    ("hours_per_sen_pupil", "hours", "Hours a week for each pupil with SEN", "number", 0, 0.5, 0.01, 0),
    ("least_hours", "hours", "Hours a week at least (a floor)", "number", 0, 32.4, 0.05, 0),
    ("most_hours", "hours", "Hours a week at most (a cap)", "number", 3.2, 32.4, 0.05, 32.4),
    ("primary", "covered", "Primary schools are covered", "switch", 0, 1, 1, 1),
    ("secondary", "covered", "Secondary schools are covered", "switch", 0, 1, 1, 1),
    ("smallest_school", "covered", "Smallest school with a duty of hours", "number", 0, 300, 1, 0),
    ("shared_below", "sharing", "Primary schools with at most so many pupils share", "number", 0, 210, 1, 0),
    ("administrator_hours", "administrators", "Administrator hours a week in each school", "number", 0, 13, 0.5, 0),
    ("assistant_hours_per_sen_pupil", "team", "Assistant hours for each pupil with SEN", "number", 0, 0.35, 0.001, 0),
    ("leadership_seat", "seat", "Paid seat on the senior leadership team", "switch", 0, 1, 1, 0),
    ("start", "timing", "September in which it begins", "number", 2027, 2030, 1, 2027),
    ("phase_in_years", "timing", "Years over which schools join", "number", 1, 6, 1, 3),
)
OFF = {row[0]: float(row[-1]) for row in CONTROLS}
FULL_TIME = OFF | {"least_hours": 32.4}
BY_NEED = OFF | {"hours_per_sen_pupil": 0.2}
ENGINE, PRICES = 5, 8
REFUSED = ("outcome.permanent_exclusions", "payer_net.council_high_needs", "payer_net.families")
LEVELS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]


def chance(*shape: int, seed: int) -> Any:
    """Numbers between 0 and 1 that are the same every time."""
    n = np.arange(int(np.prod(shape)), dtype=np.float64) + 1.0
    return np.modf(np.abs(np.sin(n * 12.9898 + seed * 78.233) * 43758.5453))[0].reshape(shape)


def belief(kind: str, column: int, moves: float) -> dict[str, Any]:
    """One belief; even ones are fixed by the campaign view."""
    middle = 0.5 + column
    fixed = column % 2 == 0 and kind == "engine"
    name = f"{kind}_{column}"
    if kind == "engine":
        name = {
            0: "hours_intercept_primary",
            1: "hours_intercept_secondary",
            2: "hours_drift_primary",
            4: "legal_floor_compliance",
        }.get(column, name)
    if kind == "price":
        name = {0: "real_pay_growth", 1: "released_hours_value"}.get(column, name)
        middle = {0: 0.01, 1: 0.5}.get(column, middle)
    quantiles = [middle * (0.4 + 1.2 * level) for level in LEVELS]
    return {
        "name": name,
        "title": f"A belief of kind {kind}, number {column}",
        "unit": "share",
        "kind": kind,
        "low": 0.2 * middle,
        "high": 2.0 * middle,
        "step": 0.01 * middle,
        "values": [middle * f for f in (1.2, 1.0, 0.8)],
        "bands": [None if fixed else [0.52 * middle, 1.48 * middle], *[[0.52 * middle, 1.48 * middle]] * 2],
        "quantiles": [None if fixed else quantiles, quantiles, quantiles],
        "grade": "C",
        "grade_words": "a study of few schools",
        "source": "A report, 2024",
        "source_url": None,
        "said": "A research institute",
        "moves": moves,
        "group": "Effects" if kind == "engine" else "Prices",
        "log": column == 3,
        "views_fix": [fixed, False, False],
        "middle": middle if column != 3 else 1.0,
        "half": 0.5 * middle,
        "column": column,
        "no_effect": 0.0,
    }


def charge(q: int, payer: int, category: str, side: str, price: list[Any], **more: Any) -> dict[str, Any]:
    """One charge; plain unless more is said."""
    plain = {"transfer": False, "budget": True, "social": True, "lever": "", "funder": ""}
    return {
        "q": q,
        "payer": payer,
        "category": category,
        "item": category,
        "side": side,
        **plain,
        "price": price,
        "labour": [[0.8, []]],
        "cash": [[0.5, []]],
        **more,
    }


def made_up_data() -> dict[str, Any]:
    """The data, of schema 1."""
    n = len(QUANTITIES)
    beliefs = [belief("engine", k, 0.3 / (k + 1)) for k in range(ENGINE)]
    beliefs += [belief("price", k, 0.1 / (k + 1)) for k in range(PRICES)]
    terms = [[a, -1, -1, -1, -1] for a in range(18)] + [[0, k, -1, -1, -1] for k in range(ENGINE)]
    terms += [[1, 0, 1, 0, -1], [13, -1, -1, 3, -1], [2, -1, -1, 2, 4], [17, 2, -1, 1, -1]]
    modes, times = 4, 4  # of the emulator, of its time
    size = np.array([4e5, -3e4, 2e4, 50, 1e5, 2e5, 900, -300, -60, -30, 40, 0, *[6e4] * 8])
    stored = {
        name: [
            [
                (scale * (1 + 0.1 * view + 0.05 * law) * np.linspace(0.3, 1.0, YEARS)[:, None] * size)
                .ravel()
                .round(6)
                .tolist()
                for view in range(3)
            ]
            for law in range(2)
        ]
        for name, scale in (("full_time", 8.0), ("hours_by_need", 4.0), ("training", 1.0))
    }
    schools = {
        "phase": [0, 0, 0, 1, 1],
        "low": [30, 100, 210, 400, 1000],
        "high": [99, 209, 600, 999, 1800],
        "sen": [9, 35, 80, 130, 240],
        "today": [4.0, 9.0, 15.0, 20.0, 28.0],
        "weight": [0.2, 0.4, 0.25, 0.1, 0.05],
    }
    payers = [one.key for one in Payer]
    charges = [
        charge(
            0,
            payers.index("schools"),
            "time",
            "policy",
            [[30.0, []], [2.0, [2]]],
            lever="protected_time",
            funder="schools",
        ),
        charge(
            0,
            payers.index("dfe"),
            "time",
            "policy",
            [[30.0, []], [2.0, [2]]],
            lever="protected_time",
            funder="national_grant",
        ),
        charge(1, payers.index("schools"), "released_hours", "consequence", [[900.0, [1]]]),
        charge(4, payers.index("schools"), "administrators", "policy", [[14.0, []]]),
        charge(7, payers.index("council_high_needs"), "plans", "consequence", [[3000.0, [3]]]),
        charge(8, payers.index("moj_hmcts"), "appeals", "consequence", [[900.0, [4]]], transfer=True),
        charge(6, payers.index("families"), "time_of_families", "consequence", [[20.0, [5]]], budget=False),
        charge(n, payers.index("schools"), "teachers", "consequence", [[5000.0, []]]),
    ]
    places = chance(2, 36, seed=5)
    rows = [
        {
            "code": one.la_code,
            "name": one.name,
            "region": one.region,
            "schools": one.primary_schools + one.secondary_schools,
            "pupils": 1000 + one.la_code,
            "neighbours": [other.la_code for other in load_councils()[:3]],
            "figures": {
                name: {"hours_a_year": 1e4, "posts": one.la_code / 3, "schools_gbp_a_year": 1e6 * one.la_code / 300}
                for name in ("full_time", "hours_by_need")
            },
        }
        for one in load_councils()
    ]
    payer_rows = [
        {"name": one.key, "title": one.title, "words": one.words, "is_public": one.is_public} for one in Payer
    ]
    outcomes = [
        ("senco_work_hours", "SENCO hours worked on SEN", "hours a year", [12, 13, 14], [], 1.0, "up"),
        ("requests", "Requests for an EHC plan", "requests a year", [6], [], 1.0, ""),
        ("weeks_to_file", "Weeks that a request waits", "weeks", [10], [6], 1.0, "down"),
        ("permanent_exclusions", "Permanent exclusions", "pupils a year", [9], [], 1.0, "down"),
    ]
    names = ["net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving", "released_hours_worth"]
    names += [f"payer_net.{key}" for key in payers] + [f"outcome.{row[0]}" for row in outcomes]
    errors = {
        name: {
            "r2": 0.9,
            "power": 0.4 + 0.01 * i,
            "bands": [
                [(1e5 if i < 17 else 1.0) * (1.0 + 0.2 * view + 0.1 * law) for law in range(2)] for view in range(3)
            ],
            "share_inside": 0.8,
            "n": 120,
            "refused": name in REFUSED,
            "noise": ((chance(DRAWS, seed=i) - 0.5) * 2.0).tolist(),
        }
        for i, name in enumerate(names)
    }
    funders = {"protected_time": "schools"}
    scenarios = [
        {
            "name": name,
            "title": title,
            "description": f"{title}.",
            "covered": controls is not None,
            "controls": controls,
            "funders": funders,
            "levers": ["protected_time"],
            "command": f"sencosim run {name}",
            "law": "",
            "cautions": ["It is a made-up caution."] if name == "training" else [],
            "stored": stored.get(name),
            "stored_as": "",
            "base": None,
            "chance": {one: [[2e5] * 3] * 2 for one in names[:17]} if name == "full_time" else None,
        }
        for name, title, controls in (
            ("full_time", "A full-time SENCO in every school", FULL_TIME),
            ("hours_by_need", "SENCO hours by pupils with SEN", BY_NEED),
            ("training", "Training for teachers", None),
            ("mine", "A policy from a file of mine", BY_NEED | {"administrator_hours": 2.0}),
        )
    ]
    beliefs_draws = [
        [
            [one["low"] + (one["high"] - one["low"]) * u for one, u in zip(beliefs[:ENGINE], row, strict=True)]
            for row in chance(DRAWS, ENGINE, seed=11 + view)
        ]
        for view in range(3)
    ]
    prices_draws = [
        [
            [one["low"] + (one["high"] - one["low"]) * u for one, u in zip(beliefs[ENGINE:], row, strict=True)]
            for row in chance(DRAWS, PRICES, seed=21 + view)
        ]
        for view in range(3)
    ]
    categories = [
        ("time", "SENCO time"),
        ("administrators", "Administrators"),
        ("teachers", "Teachers taken from classes"),
        ("released_hours", "Hours given back to teaching"),
        ("plans", "EHC plans"),
        ("appeals", "Appeals"),
        ("time_of_families", "Time of families"),
    ]
    return {
        "schema": 1,
        "cautions": [],
        "hash": "000000000000",
        "made": {"date": "made up"},
        "years": list(range(2027, 2027 + YEARS)),
        "base_year_pay": 2025,
        "price_base": "2025-26",
        "discount_default": 0.035,
        "views": [
            {"name": name, "title": name.capitalize(), "label": name, "description": f"The {name} view."}
            for name in ("campaign", "central", "sceptic")
        ],
        "laws": [
            {"name": "current_law", "title": "Today's law goes on"},
            {"name": "announced", "title": "The announced law, in both arms"},
        ],
        "payers": payer_rows,
        "categories": [{"name": name, "title": title} for name, title in categories],
        "quantities": [{"name": name, "unit": "a year"} for name in QUANTITIES],
        "controls": [
            {
                "name": name,
                "group": group,
                "title": title,
                "unit": "",
                "kind": kind,
                "low": low,
                "high": high,
                "step": step,
                "off": off,
                "words": title.lower() + ": {:g}",
                "why": "Made up.",
            }
            for name, group, title, kind, low, high, step, off in CONTROLS
        ],
        "beliefs": beliefs,
        "not_here": [{"name": "x", "title": "Something else"}],
        "schools": schools,
        "drift_secondary": 0.1,
        "timing": {"knots": [0, 1, 2, 4, 6, 9], "shapes": (chance(7, 4, seed=3) - 0.3).tolist()},
        "features": {"policy": [f"a{i}" for i in range(18)], "terms": terms},
        "emulator": {
            "P": (chance(len(terms), modes, seed=1) - 0.4).tolist(),
            "V": ((chance(modes, times * n, seed=2) - 0.3) * np.tile(np.abs(size) + 1, times) / 4).tolist(),
        },
        "anchors": {
            "scenarios": ["full_time", "hours_by_need"],
            "places": places.tolist(),
            "length": 2.0,
            "scale": [1.0 + i for i in range(18)],
            "weights": (chance(2, 2, seed=6) - 0.2).tolist(),
        },
        "scenarios": scenarios,
        "base": [(np.abs(size) * 10 + 1 + np.arange(YEARS)[:, None]).ravel().tolist()] * 2,
        "charges": charges,
        "prices_draws": prices_draws,
        "beliefs_draws": beliefs_draws,
        "outcomes": [
            {
                "name": name,
                "title": title,
                "unit": unit,
                "favourable": way,
                "definition": title,
                "of": of,
                "per": per,
                "scale": scale,
                "per_baseline": False,
            }
            for name, title, unit, of, per, scale, way in outcomes
        ],
        "errors": errors,
        "error_size": {"weights": [1.0] * 18},
        "uses": [
            {"name": name, "words": words, "of": [12 + i]} for i, (name, words) in enumerate(WORDS_OF_USES.items())
        ],
        "share_central": {
            "councils_then_central": [0.0, 1.0, *[1.0] * 8],
            "councils": [0.0] * 10,
            "shared": [0.5] * 10,
        },
        "teachers": {"added": 0, "released": [1, 2], "hours_a_year": 1264.0},
        "funders": funders,
        "funded_levers": ["protected_time"],
        "quantile_levels": LEVELS,
        "frontier": {
            "current": True,
            "rule": [],
            "aims": [
                {
                    "aim": "senco_work_hours",
                    "title": "SENCO hours worked on SEN",
                    "unit": "hours a year",
                    "sign": 1.0,
                    "points": [
                        {
                            "name": f"point_{i}",
                            "title": f"Point {i}",
                            "cost": i * 1e9,
                            "gain": 4e6 * i**0.5,
                            "cost_error": 1e7,
                            "gain_error": 1e5,
                        }
                        for i in (1, 2, 4)
                    ],
                    "shipped": [
                        {
                            "name": "full_time",
                            "title": "A full-time SENCO in every school",
                            "cost": 3.5e9,
                            "gain": 5e6,
                            "cost_error": 1e7,
                            "gain_error": 1e5,
                        },
                        {
                            "name": "training",
                            "title": "Training for teachers",
                            "cost": 1.5e9,
                            "gain": 1e6,
                            "cost_error": 1e7,
                            "gain_error": 1e5,
                        },
                    ],
                },
                {
                    "aim": "weeks_to_file",
                    "title": "Weeks that a request waits",
                    "unit": "weeks",
                    "sign": -1.0,
                    "shipped": [],
                    "points": [
                        {
                            "name": "point_1",
                            "title": "Point 1",
                            "cost": 1e9,
                            "gain": 0.4,
                            "cost_error": 1e7,
                            "gain_error": 0.1,
                        }
                    ],
                },
            ],
        },
        "councils": {"scenarios": ["full_time", "hours_by_need"], "words": "Made up.", "rows": rows},
        "refusals": {
            "no_belief": "There is no belief {name}.",
            "not_covered": "“{title}” is stored as it is: {command}",
            "poor": "too little is explained",
        },
    }
