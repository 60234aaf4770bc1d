"""Explaining a parameter leaves nothing out."""

from __future__ import annotations

import pytest

from sencosim.errors import EvidenceError
from sencosim.evidence.distributions import describe
from sencosim.evidence.explain import explain_parameter
from sencosim.evidence.register import load_register

pytestmark = pytest.mark.unit

LABELS = ("Value", "Allowed", "Interval", "Uncertainty", "Kind", "Quality", "Used by", "Second entry", "View")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_parameter_is_explained_whole() -> None:
    for name, parameter in load_register().items():
        text = flat(explain_parameter(name))
        expected = [name, parameter.title, parameter.unit, parameter.review_by, parameter.note, *parameter.used_by]
        expected += [parameter.price_year or "", parameter.payer or "", parameter.recurrence or ""]
        if parameter.source is not None:
            expected += [parameter.source.title, parameter.source.date, parameter.source.link or "no page"]
        if parameter.uncertainty is not None:
            expected.append(describe(parameter.uncertainty))
        for words in expected:
            assert flat(words) in text, (name, words)
        for label in LABELS:
            assert label in text, (name, label)


def test_an_effect_shows_its_value_in_each_view() -> None:
    text = flat(explain_parameter("effect_permanent_exclusion"))
    assert "View campaign 0.79 (the favourable limit)" in text
    assert "View central 0.9668 (the whole distribution)" in text
    assert "View sceptic 1 (no effect)" in text
    assert "0.79 to 1.12: what the evidence allows, from 2.5 % to 97.5 %" in text


def test_a_headline_price_says_that_it_is_a_memorandum() -> None:
    text = flat(explain_parameter("headline_exclusion_lifetime"))
    assert "370,000 (as published, in a memorandum only, never in net present social value)" in text
    assert "View central 370,000 (not used)" in text


def test_an_override_is_shown() -> None:
    register = load_register().override({"effect_suspensions": 0.9})
    text = flat(explain_parameter("effect_suspensions", register))
    assert "Views the same in all: 0.9" in text
    assert "a scenario has set this value" in text


def test_lines_are_short() -> None:
    for name in ("effect_requests_need", "notice_rate_by_year_group", "headline_exclusion_lifetime"):
        assert all(len(line) <= 110 or "http" in line for line in explain_parameter(name).splitlines())


def test_unknown_name() -> None:
    with pytest.raises(EvidenceError, match="Did you mean"):
        explain_parameter("effect_suspension")


def test_says_why_a_parameter_is_not_drawn() -> None:
    assert "not drawn. A switch" in explain_parameter("filing_route")
    assert "with weight 0.6 always 1" in explain_parameter("unidentified_request_ratio")
