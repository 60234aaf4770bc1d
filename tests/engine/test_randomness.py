"""Keyed chance: published vectors, uniformity, independence, and the same bits compiled and not."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sencosim.randomness import philox, uniform, uniform_array, uniforms
from sencosim.vocabulary import STREAM, STREAMS

ALL = 0xFFFFFFFF

ZEROS = "6627e8d5 e169c58d bc57ac4c 9b00dbd8"
ONES = "408f276d 41c83b0e a20bc7c6 6d5451fd"
PI = "d16cfe09 94fdcceb 5001e420 24126ea1"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("counter_and_key", "expected"),
    [
        ((0, 0, 0, 0, 0, 0), ZEROS),
        ((ALL, ALL, ALL, ALL, ALL, ALL), ONES),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0), PI),
    ],
)
def test_philox_gives_the_published_known_answers(counter_and_key, expected):
    assert " ".join(format(word, "08x") for word in philox(*counter_and_key)) == expected


@pytest.mark.unit
def test_each_stream_has_one_position_and_one_name():
    assert len(set(STREAMS)) == len(STREAMS)
    assert [STREAM[name] for name in STREAMS] == list(range(len(STREAMS)))


@pytest.mark.unit
def test_unknown_stream_is_refused():
    with pytest.raises(ValueError, match="There is no stream"):
        uniform_array(1, 0, "no such decision", np.arange(3))


KEYS = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**16 - 1),
    st.integers(0, len(STREAMS) - 1),
    st.integers(0, 2**48 - 1),
    st.integers(0, 2**31),
)


@pytest.mark.property
@given(KEYS)
def test_numbers_lie_inside_the_open_interval_and_depend_on_the_key_only(key):
    u = uniform(*key)
    assert 0.0 < u < 1.0
    assert uniform(*key) == u


@pytest.mark.property
@given(KEYS, st.integers(0, 4))
def test_every_part_of_the_key_matters(key, part):
    other = list(key)
    other[part] += 1
    assert uniform(*key) != uniform(*other)


@pytest.mark.property
def test_order_of_drawing_changes_nothing():
    entities = np.arange(1000, dtype=np.int64) << 20
    backwards = uniforms(5, 1, STREAM["request"], entities[::-1].copy(), 3)[::-1]
    assert (uniforms(5, 1, STREAM["request"], entities, 3) == backwards).all()
    assert backwards[17] == uniform(5, 1, STREAM["request"], int(entities[17]), 3)


@pytest.mark.property
@pytest.mark.parametrize("varies", ["seed", "replication", "stream", "entity", "occurrence"])
def test_uniform_and_uncorrelated_along_each_part_of_the_key(varies):
    base = {"seed": 1, "replication": 2, "stream": 3, "entity": 4 << 30, "occurrence": 5}
    n = 20_000 if varies != "stream" else len(STREAMS)
    drawn = np.array([uniform(*({**base, varies: base[varies] + i}).values()) for i in range(n)])
    assert stats.kstest(drawn, "uniform").pvalue > 1e-4
    if n > 1000:
        for lag in (1, 2, 64):
            assert abs(np.corrcoef(drawn[:-lag], drawn[lag:])[0, 1]) < 4.5 / np.sqrt(n)


@pytest.mark.property
def test_streams_of_one_pupil_are_independent():
    pupils = (np.arange(20_000, dtype=np.int64) << 6) + (1 << 31)
    first, second = (uniform_array(1, 0, stream, pupils, 1) for stream in ("refusal", "request"))
    cells = np.histogram2d(first, second, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


BITS = """
import itertools, struct, zlib
import numpy as np
from sencosim.randomness import uniform
from sencosim.rules import assessment, chance, exclusion, hazards, placement, pupil_clocks, requests, senco_hours
from sencosim.rules import support, team, workforce
found = []
table = np.array([0.5, 1.0, 1.7, 2.9, 5.1])
for i in range(300):
    u, v, w = (uniform(9, 0, stream, i, 7) for stream in (1, 2, 3))
    found += [
        u, chance.exponential_threshold(u), chance.normal_quantile(u), chance.normal_quantile(u * 1e-12),
        chance.frailty(u, v), chance.chance_with_odds(u, 3 * v), chance.table_quantile(table, u),
        chance.minutes(100 * u), workforce.share_done(u, v), support.smoothed(u, v, 1 + w),
        support.support_doublings(9 * u, 9 * v, 9 * w, 0.5, 1 + w, 3.0), support.relative_rate(2 * u, 6 * v - 3),
        support.waiting_ratio(u, v, 2 * w), hazards.released_hazard(u, 2 * v),
        exclusion.exclusion_chance(u, 2 * v, 2 * w), placement.placement_chance(u, v, 3 * w),
        pupil_clocks.clock_target(u, v, w), pupil_clocks.crossing_minute(u, 0.0, 1.0, 100, 131040),
        pupil_clocks.clock_reading(u, v, 100, 131040, int(w * 131040)),
        requests.preparation_hours(10 * u, v, w), requests.refusal_log_odds(u, v, 1.0, 0.0, w),
        requests.refusal_chance(4 * u - 2, v, -w, 3 * v, 0.3), senco_hours.used_hours(u, v, w, u),
        senco_hours.overtime_hours(9 * u, v, 5 * w, 900 * u, 9 * v), senco_hours.work_minutes(9 * u, 30 * v),
        senco_hours.work_left(9 * u, 30 * v, int(w * 9999)), team.administrator_relief(u, v, w, 0.9),
        workforce.allocated_hours(4 * u - 2, v, 0.55, 200 * w, 0.8), workforce.strain(u, 9 * v, 12 * w, 0.5),
        workforce.leaving_hazard(u, v, w, 0.8), assessment.surge_factor(90 * u, v, 1 + w),
        assessment.case_slots(900 * u, 17.4, 6.0 * (1 + v)),
    ]
print(zlib.crc32(struct.pack(f"{len(found)}d", *(float(x) for x in found))), len(found))
"""


@pytest.mark.engine
def test_draws_and_rules_have_the_same_bits_compiled_and_not():
    answers = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run([sys.executable, "-c", BITS], env=environment, capture_output=True, text=True, check=True)
        answers.append(done.stdout)
    assert answers[0] == answers[1]
    assert answers[0].endswith(" 9600\n")
