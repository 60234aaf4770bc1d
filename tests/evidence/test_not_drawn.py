"""Principle 5: everything uncertain is drawn, or stands on a list with its reason."""

from __future__ import annotations

import pytest

from sencosim.evidence import distributions
from sencosim.evidence.explain import not_drawn, why_not_drawn
from sencosim.evidence.register import load_register

pytestmark = pytest.mark.unit

UNCERTAIN = "CDE"


def test_everything_uncertain_is_drawn_or_has_a_reason() -> None:
    silent = [
        name
        for name, parameter in load_register().items()
        if parameter.quality in UNCERTAIN and parameter.uncertainty is None and why_not_drawn(parameter) is None
    ]
    assert silent == []


def test_the_list_names_only_what_needs_a_reason_and_each_once() -> None:
    register = load_register()
    names = [name for group in not_drawn().values() for name in group]
    assert len(names) == len(set(names))
    for name in names:
        parameter = register.get(name)
        assert parameter.uncertainty is None, name
        assert parameter.quality in UNCERTAIN, name
        assert parameter.kind != "calibrated", name
    assert all(list(group) == sorted(group) for group in not_drawn().values())


def test_distributions_lie_about_the_point_value() -> None:
    for name, parameter in load_register().items():
        if parameter.uncertainty is None or parameter.kind == "calibrated" or parameter.payer is not None:
            continue
        low, high = distributions.limits(parameter.uncertainty)
        assert low <= parameter.numbers[0] <= high, name
        assert abs(distributions.mean(parameter.uncertainty) - parameter.numbers[0]) <= 0.2 * (high - low), name


def test_task_times_and_volumes_spread_about_their_point_values() -> None:
    register = load_register()
    for name, parameter in register.items():
        wide = {"task_hours_": 0.25, "volume_": 0.3}
        s = next((s for prefix, s in wide.items() if name.startswith(prefix)), None)
        if s is None or parameter.uncertainty is None:
            continue
        assert parameter.uncertainty.family == "lognormal", name
        assert parameter.uncertainty.s == s, name
        assert distributions.mean(parameter.uncertainty) == pytest.approx(parameter.numbers[0], rel=1e-3), name


def test_a_drawn_middle_of_a_spread_stays_between_its_ends() -> None:
    register = load_register()
    modes = [name for name in register if name.endswith("_weeks_mode")]
    assert len(modes) == 7
    for name in modes:
        uncertainty = register[name].uncertainty
        assert uncertainty is not None, name
        low, high = distributions.limits(uncertainty, 1e-9, 1.0 - 1e-9)
        stem = name.removesuffix("mode")
        assert register.number(f"{stem}min") <= low <= high <= register.number(f"{stem}max") + 1e-9, name
