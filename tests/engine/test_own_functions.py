"""The fingerprint of a researcher's function: another wherever the function could give another number."""

from __future__ import annotations

import functools
import itertools
import linecache
import math
import operator
import os
import pickle
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pandas as pd
import pytest

from sencosim.api import How
from sencosim.arms.own_functions import function_fingerprint, name_of, unknown_to
from sencosim.arms.replaceable import REPLACEABLE, Mechanisms, can_travel, replaced_by
from sencosim.engine import pair as pairs
from sencosim.engine.baselines import FOLDER
from sencosim.engine.pair import Pair, run_pair
from sencosim.errors import InputError
from sencosim.rules.requests import refusal_chance
from sencosim.scenario.load import load_scenario
from tests.engine.small_worlds import HARTLEPOOL, scenario, schools_of, without_question

pytestmark = pytest.mark.engine

MODULE = """
import functools, math
import numpy as np
import own_constants
LIMIT = 0.5
SMALL = np.float32(0.5)
TABLE = np.array([[0.5, 0.25]])
BY_COUNCIL = {"857": [0.5]}
COUNCILS = {857.0, 300.0}
def nested(chance): return sum(chance * LIMIT for _ in (1,))
def inner(chance): return (lambda c: c * LIMIT)(chance)
def constant_set(chance): return 0.5 if chance in {857, 300} else chance
def number(chance): return chance * float(SMALL)
def array(chance): return chance * TABLE[0, 0]
def mapping(chance): return chance * BY_COUNCIL["857"][0]
def whole_set(chance): return 0.1 if chance in COUNCILS else 0.2
def of_module(chance): return chance * own_constants.SHARE
def imported(chance):
    from own_constants import SHARE
    return chance * SHARE
def default(chance, table={1: 0.5}): return chance * table[1]
def keyword(chance, *, table=(0.5,)): return chance * table[0]
def scaled(factor, chance): return factor * chance
bound = functools.partial(scaled, 0.5)
def doubled(function):
    @functools.wraps(function)
    def twice(chance): return 2.0 * function(chance)
    return twice
@doubled
def wrapped(chance): return chance * 0.5
def remembers(chance): return chance * remembers.share
remembers.share = 0.5
def helped(chance): return math.exp(np.mean([_help(chance)]))
def _help(chance): return chance * 0.5
"""
NAMES = (
    *("nested", "inner", "constant_set", "number", "array", "mapping", "whole_set", "of_module", "imported", "default"),
    *("keyword", "bound", "wrapped", "remembers", "helped"),
)
PRINTS = f"""
import own_module
from sencosim.arms.own_functions import function_fingerprint
print(*(function_fingerprint(getattr(own_module, name)) for name in {NAMES}))
"""


def _module(text: str, share: float) -> ModuleType:
    """A researcher's module, with another that it imports."""
    constants, made = ModuleType("own_constants"), ModuleType("own_module")
    constants.__dict__["SHARE"] = share
    sys.modules["own_constants"] = constants
    exec(text, made.__dict__)  # a text of this file
    return made


@pytest.fixture(autouse=True)
def _no_modules_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "own_constants", ModuleType("own_constants"))


@pytest.mark.parametrize("name", NAMES)
def test_another_number_anywhere_is_another_fingerprint(name: str) -> None:
    function = getattr(_module(MODULE, 0.5), name)
    before = function_fingerprint(function)
    assert unknown_to(function) == []
    assert function_fingerprint(getattr(_module(MODULE, 0.5), name)) == before
    other = MODULE.replace("0.5", "0.1").replace("300", "400")
    assert function_fingerprint(getattr(_module(other, 0.1), name)) != before


def test_every_process_finds_the_same_fingerprints(tmp_path: Path) -> None:
    (tmp_path / "own_module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "own_constants.py").write_text("SHARE = 0.5\n", encoding="utf-8")
    found = []
    for seed in ("1", "2"):  # the order of sets of texts differs; the second may read compiled code
        paths = os.pathsep.join([str(tmp_path), *sys.path])
        here = os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run([sys.executable, "-c", PRINTS], env=here, capture_output=True, text=True, check=True)
        found.append(done.stdout.split())
    assert len(set(found[0])) == len(NAMES)
    assert found[0] == found[1]


def test_rules_that_ship_and_what_is_installed_are_known() -> None:
    for one in REPLACEABLE.values():
        assert unknown_to(one.shipped) == []
    assert unknown_to(lambda share: np.r_[np.quantile([share], 0.5), statistics.NormalDist().inv_cdf(share)]) == []
    assert unknown_to(lambda share: np.polynomial.Polynomial([share]) + np.ma.array([share]).sum()) == []
    assert unknown_to(lambda share: np.lib.stride_tricks.sliding_window_view(np.interp([share], [0], [1]), 1)) == []
    assert unknown_to(lambda chance: refusal_chance(np.exp(chance), np.pi, np.linalg.norm([1.0]), math.e)) == []


class Model:
    """A model of a researcher's own."""

    share = 0.5


MODEL = Model()


def own_model(chance: float, support: float, council: float) -> float:
    return chance * MODEL.share


def own_share(chance: float, support: float, council: float) -> float:
    return chance * 0.5


def test_what_cannot_be_compared_is_never_found_again_and_stays_in_one_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = f"{__name__}.Model"
    assert unknown_to(own_model) == [kind]
    assert function_fingerprint(own_model) == function_fingerprint(own_model)
    one, other = replaced_by({"exclusion": own_model}), replaced_by({"exclusion": own_model})
    assert one.facts() == one.facts() != other.facts()
    assert one.as_named()
    assert not can_travel(one)
    assert How(workers=2).where(one).workers == 1
    with pytest.raises(InputError, match=rf"own_model in place of the mechanism exclusion reads .*{kind}"):
        How(cluster="tcp://127.0.0.1:1").where(one)
    monkeypatch.setitem(own_model.__globals__, "MODEL", Model())
    assert one.facts() != one.named


def test_a_method_and_what_is_bound_count_with_their_object() -> None:
    class Own:
        def exclusion(self, chance: float) -> float:
            return chance

    assert any("Own" in kind for kind in unknown_to(Own().exclusion))
    bound = functools.partial(own_share, support=1.0)
    assert name_of(bound) == name_of(own_share)
    assert function_fingerprint(bound) != function_fingerprint(functools.partial(own_share, support=2.0))
    assert pickle.loads(pickle.dumps(replaced_by({"exclusion": own_share}))).as_named()
    assert can_travel(replaced_by({"exclusion": own_share}))


def _scaled(factor: float) -> Callable[..., float]:
    return lambda chance, odds_ratio: min(1.0, factor * chance * odds_ratio)


def test_a_fingerprint_sees_code_defaults_closures_and_functions_named() -> None:
    def plain(x: float, scale: float = 1.0) -> float:
        return x * scale

    def other_default(x: float, scale: float = 2.0) -> float:
        return x * scale

    def other_constant(x: float) -> float:
        return x * 3.0

    def calls(x: float) -> float:
        return own_share(x, 1.0, 1.0)

    def calls_itself(x: float) -> float:
        return calls_itself(x) if x else 0.0

    known: list[Callable[..., Any]] = [plain, other_default, other_constant, calls, calls_itself]
    prints = [function_fingerprint(one) for one in (*known, _scaled(1.0), _scaled(2.0))]
    assert all(one != other for one, other in itertools.combinations(prints, 2))
    assert function_fingerprint(_scaled(2.0)) == prints[-1]


def test_no_arm_of_a_replaced_mechanism_is_kept_for_other_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = scenario(protected_time={"start": "2026/27", "floor": {"full_time": True}, "compliance": 1.0})
    policy = policy.model_copy(update={"horizon": policy.horizon.model_copy(update={"years": 1})})
    schools = schools_of(HARTLEPOOL, primary=2, secondary=1)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    kept = []
    for rules in (replaced_by({"exclusion": own_share}), Mechanisms()):
        pairs._LAST.clear()
        run_pair(Pair("central", 0, 0), policy, without_question(policy), schools, "reference", rules)
        kept.append(len(list(tmp_path.iterdir())))
    assert kept[0] == 0 < kept[1]


RATE = 0.5


table, chance_of, reads, attribute = np.loadtxt, np.random.default_rng, getattr, operator.attrgetter  # noqa: TID251
FORMATS = {"text": np.loadtxt}


def _chance_inside(chance: float) -> float:
    from numpy.random import default_rng as make  # noqa: PLC0415, TID251

    return chance * float(make().normal())


@functools.lru_cache
def cached(chance: float) -> float:
    return chance * RATE


@numba.njit
def compiled(chance: float) -> float:
    return chance * RATE


def _reads(module: ModuleType) -> Callable[..., float]:
    return lambda chance: chance * module.share


@pytest.mark.parametrize(
    "function",
    [
        _reads(ModuleType("mine")),
        functools.partial(lambda module, chance: chance * module.share, ModuleType("mine")),
        lambda chance: chance * globals()["LIMIT"],
        lambda chance: chance * getattr(math, "p" + "i"),
        lambda chance: chance * float(os.environ.get("LIMIT", "1")),
        lambda chance: chance * float(pd.read_json("rate.json")["rate"][0]),
        lambda chance: chance * float(linecache.getline("rate.txt", 1)),
        lambda chance: chance * load_scenario("mine.yaml").scenario.horizon.years,
        lambda chance: chance * float(table("rate.txt")[0]),
        lambda chance, read=np.fromfile: chance * float(read("rate.bin")[0]),
        lambda chance: chance * float(FORMATS["text"]("rate.txt")[0]),
        lambda chance: chance * float(np.lib.format.read_array("rate.npy")[0]),
        lambda chance: chance * float(np.fromregex("rate.txt", "(.*)", float)[0]),
        lambda chance: chance * float(np.__dict__["load" + "txt"]("rate.txt")[0]),
        lambda chance: chance * reads(math, "p" + "i"),
        lambda chance: chance * attribute("p" + "i")(math),
        lambda chance: chance * float(chance_of().normal()),
        lambda chance: chance * statistics.NormalDist().samples(1)[0],
        lambda chance: chance * (hash("England") % 2),
        functools.partial(np.loadtxt, "rate.txt"),
        _chance_inside,
        cached,
        compiled,
        lambda chance: cached(chance) + compiled(chance),
    ],
)
def test_what_code_reaches_without_naming_it_is_unknown(function: Callable[..., float]) -> None:
    assert unknown_to(function)
