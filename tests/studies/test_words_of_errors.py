"""Whatever is wrong with what is given from Python, the error is ours and so are its words."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

import sencosim as ss
from sencosim.errors import SencosimError
from sencosim.evidence import appraisal, base_year, correlations, views
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.faults import fault_in_words, faults_in_words
from sencosim.evidence.register import evidence_folder

pytestmark = pytest.mark.unit

FOREIGN = (
    *(
        "pydantic",
        "ValidationError",
        "Extra inputs",
        "Input should",
        "Field required",
        "Value error",
        "valid dictionary",
    ),
    *("validation error", "Instance is frozen", "KeyError", "groupby", "NoneType", "http"),
)


def full() -> ss.Policy:
    return ss.load("full_time")


BAD: dict[str, tuple[Callable[[], object], str]] = {
    "a name that no file has": (lambda: ss.load("ful_time"), "full_time"),
    "no name": (lambda: ss.load(3), "by its name or its file"),  # type: ignore[arg-type]
    "a setting that is not": (
        lambda: full().with_({"levers.protected_time.floor.day_per_week": 2}),
        "Did you mean days_per_week ?",
    ),
    "a setting of the wrong kind": (lambda: full().with_({"horizon.years": "many"}), "Expected a whole number"),
    "a setting beyond its limit": (lambda: full().with_({"horizon.years": 85}), "above the highest allowed value, 30"),
    "a setting in the wrong place": (lambda: full().with_({"seed": 3}), "lives under `run`"),
    "a setting that is a thing": (lambda: full().with_({"horizon.years": object()}), "of the type object"),
    "two faults": (lambda: full().with_({"horizon.years": 85, "run.sed": 1}), "Did you mean seed ?"),
    "a parameter that is not": (lambda: full().with_(overrides={"senco_leaving_rat": 0.1}), "senco_leaving_rate"),
    "a family that is not": (lambda: ss.distribution("betta", a=1, b=2), "Did you mean  beta"),
    "numbers of another family": (lambda: ss.distribution("beta", a=1), "needs exactly a, b"),
    "a number of another name": (
        lambda: ss.distribution("beta", a=1, b=2, c=2),
        "c: there is no field of this name. It needs a, b",
    ),
    "a number that is none": (lambda: ss.distribution("beta", a="x", b=2), "a: a number is needed"),
    "a change in place": (lambda: setattr(full().scenario, "title", "x"), "cannot be changed in place"),
    "a sample that is no share": (lambda: ss.How(sample=20), "share of England above 0 and at most 1"),
    "councils as one text": (lambda: ss.How(councils="Rutland"), "write councils=('Rutland',)"),  # type: ignore[arg-type]
    "no worker": (lambda: ss.How(workers=0), "workers is a whole number, 1 or more"),
    "no draw": (lambda: ss.run("full_time", draws=0), "draws is a whole number, 1 or more"),
    "a view that is not": (lambda: ss.run("full_time", draws=2, views=["centrl"]), "Did you mean  central"),
    "a council that is not": (
        lambda: ss.run("full_time", draws=2, how=ss.How(councils=("Rutlnd",))),
        "Rutland",
    ),
    "an axis without numbers": (lambda: ss.sweep("full_time", {"senco_leaving_rate": "abc"}), "list of numbers"),
    "an axis that is no parameter": (lambda: ss.sweep("full_time", {"senco_leaving_rat": [0.1]}), "senco_leaving_rate"),
    "a run that is not": (lambda: ss.open_runs("nothing"), "nothing"),
    "a scenario that the explorer has not": (lambda: ss.explorer().answer({"scenario": "teem"}), "Did you mean  team"),
    "a part of a question that is not": (lambda: ss.explorer().answer({"scenaro": "team"}), "Did you mean  scenario"),
    "a control beyond its end": (
        lambda: ss.explorer().answer({"controls": {"least_hours": 500}, "horizon": 99}),
        "least_hours (hours per week) can be from 0 to 32.4; found 500. horizon (years) can be from 1 to 10",
    ),
    "two policies in one question": (
        lambda: ss.explorer().answer({"scenario": "team", "controls": {"least_hours": 16}}),
        "leave scenario out, or controls",
    ),
    "what stored runs cannot say": (
        lambda: ss.explorer().answer({"scenario": "training", "beliefs": {"used_share_added": 0.5}}),
        "was run at the point values",
    ),
    "a file that no result has": (lambda: ss.dictionary("sumary.csv"), "Did you mean"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_said_in_our_words(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask, said = BAD[what]
    with pytest.raises(SencosimError) as caught:
        ask()
    assert caught.value.exit_code == 2
    assert said in caught.value.message
    shown = "".join(traceback.format_exception_only(caught.value))
    chained = "".join(traceback.format_exception(caught.value)).partition("During handling")[0]
    assert [words for words in FOREIGN if words in shown] == []
    assert "validation error" not in chained


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_fault_of_the_checker_is_told_in_its_words(kind: str) -> None:
    words = fault_in_words({"type": kind, "msg": "Input should be valid", "ctx": {"error": "the sum is not 1"}})
    assert words
    assert "Input should" not in words
    assert "{" not in words


def test_limits_and_reasons_of_a_fault_are_kept() -> None:
    with pytest.raises(ValidationError) as caught:
        Distribution.model_validate({"family": "gamma", "a": "x", "colour": 1})
    told = dict(faults_in_words(caught.value))
    assert told["family",].startswith("it must be 'fixed', 'normal'")
    assert told["a",] == "a number is needed"
    assert told["colour",] == "there is no field of this name"


@pytest.mark.parametrize(
    ("file", "old", "new", "read"),
    [
        ("appraisal.yaml", "discounting:", "discountings:", appraisal.load_appraisal_tables.__wrapped__),
        ("base_year.yaml", "decided_share:", "decided_shares:", base_year.read_times),
        ("views/central.yaml", "description:", "descripton:", lambda: views.load_view.__wrapped__("central")),
        ("correlations.yaml", "correlation:", "corelation:", None),
    ],
)
def test_a_fault_in_a_copy_of_the_evidence_is_told_in_our_words(
    file: str, old: str, new: str, read: Callable[[], object] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (evidence_folder() / file).read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.replace(old, new, 1), encoding="utf-8")
    for module in (appraisal, base_year, views):
        monkeypatch.setattr(module, "evidence_folder", lambda: tmp_path)
    asked = read or (lambda: correlations.read_correlations(place))
    with pytest.raises(SencosimError) as caught:
        asked()
    shown = " ".join([caught.value.message, *(problem.message for problem in caught.value.problems)])
    assert [words for words in FOREIGN if words in shown] == []
