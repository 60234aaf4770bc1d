"""A result that differs is found, and told where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from golden import frozen, tallies
from golden.difference import Kept, differences, differences_of_arms, kept_arms, read, write
from golden.engines import Arms, Outcome, run_world
from golden.prints import of_counts, of_outcome
from golden.worlds import world

from sencosim.arms.inputs import Reference
from sencosim.engine.behaviour import BEHAVIOUR, shown_with
from sencosim.engine.records import FILING, REFERENCE
from sencosim.vocabulary import COLUMN, Event, Quantity

pytestmark = pytest.mark.unit

NAMES = ("before", "now")


def outcome() -> Outcome:
    counts = np.zeros((2, 3, len(Quantity)), dtype=np.int64)
    counts[1, 2, COLUMN["noticed"]] = 4
    events = ((10, int(Event.NEED_NOTICED), 1, 7, 0), (20, int(Event.SUSPENDED), 1, 7, 3), (20, 28, 1, 8, 0))
    return Outcome(counts, counts[:, :1].copy(), events, tables())


def tables(waits: float = 0.5, wait: int = 9) -> Reference:
    schools, filings = np.zeros(2, REFERENCE.layout), np.zeros(3, FILING.layout)
    schools["waits"][1], filings["wait"][2] = waits, wait
    return Reference(schools, filings)


def story(changed: Outcome) -> str:
    return "\n".join(differences(Kept.of(outcome()), Kept.of(changed), NAMES))


def test_equal_outcomes_differ_in_nothing_and_order_of_events_does_not_count() -> None:
    turned = replace(outcome(), trace=outcome().trace[::-1])
    assert story(turned) == ""
    assert of_outcome(turned) == of_outcome(outcome())


def test_the_first_event_that_differs_comes_with_what_led_to_it() -> None:
    first, second, third = outcome().trace
    found = story(replace(outcome(), trace=(first, (*second[:4], 2), third)))
    assert "week 0, minute 20: suspended, school 1, pupil 7, detail 3" in found
    assert "earlier, pupil: week 0, minute 10: need noticed" in found
    assert "now: nothing more" in story(replace(outcome(), trace=(first, second)))


@pytest.mark.parametrize("part", ["tally", "groups", "trace"])
def test_each_part_has_a_digest_of_its_own(part: str) -> None:
    base = outcome()
    changed = np.array(getattr(base, part))
    changed.flat[-1] += 1
    other = replace(base, **{part: tuple(map(tuple, changed.tolist())) if part == "trace" else changed})
    one, two = of_outcome(base), of_outcome(other)
    assert [name for name in one if one[name] != two[name]] == [part]
    assert story(other).startswith(part)


@pytest.mark.parametrize(
    ("part", "changed", "told"),
    [
        ("schools", tables(waits=0.25), "row 1, waits: np.float64(0.5) and np.float64(0.25)"),
        ("filings", tables(wait=4), "row 2, wait: np.int32(9) and np.int32(4)"),
    ],
)
def test_each_table_of_a_no_policy_arm_has_a_digest_of_its_own(part: str, changed: Reference, told: str) -> None:
    one, two = of_outcome(outcome()), of_outcome(replace(outcome(), reference=changed))
    assert [name for name in one if one[name] != two[name]] == [part]
    found = story(replace(outcome(), reference=changed))
    assert found.startswith(f"{part}: 1 rows differ")
    assert told in found


def test_the_first_arm_that_differs_is_told() -> None:
    other = replace(outcome(), trace=outcome().trace[:2])
    same, later, both = (kept_arms(Arms(*pair)) for pair in ((outcome(),) * 2, (outcome(), other), (other, other)))
    assert differences_of_arms(same, same, NAMES) == []
    assert differences_of_arms(same, later, NAMES)[0] == "policy:"
    assert differences_of_arms(same, both, NAMES)[0] == "baseline:"


def test_cells_are_named_by_their_quantity() -> None:
    counts = outcome().tally.copy()
    counts[0, 1, COLUMN["crises"]] = 2
    assert "term 1, cell 0, crises: 0 and 2" in story(replace(outcome(), tally=counts))


def test_a_quantity_that_counts_nothing_leaves_a_digest_as_it_was() -> None:
    counts = outcome().tally.copy()
    moved = counts.copy()
    moved[0, 0, -1] = 1
    assert of_counts(counts) != of_counts(moved)
    counts[1, 2, COLUMN["noticed"]] = 0
    assert of_counts(counts) == of_counts(np.zeros_like(counts))


def test_an_outcome_is_read_as_it_was_written(tmp_path: Path) -> None:
    arms = kept_arms(Arms(outcome(), replace(outcome(), reference=None)))
    write(arms, tmp_path / "kept.npz")
    kept = read(tmp_path / "kept.npz")
    assert list(kept) == ["baseline", "policy"]
    assert differences_of_arms(kept, arms, NAMES) == []


def test_a_difference_from_a_frozen_result_fails_and_names_the_part() -> None:
    parts = frozen.cases_of("worlds")["0"]
    frozen.check("worlds", "0", parts)
    with pytest.raises(pytest.fail.Exception, match=r"^worlds 0: policy tally are not as frozen in worlds\.json"):
        frozen.check("worlds", "0", parts | {"policy tally": "0" * 16})


def test_a_machine_that_rounds_otherwise_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = frozen.cases_of("worlds")["0"]
    monkeypatch.setattr(frozen, "arithmetic", lambda: "another")
    frozen.check("worlds", "0", parts)
    with pytest.raises(pytest.skip.Exception, match="rounds"):
        frozen.check("worlds", "0", parts | {"policy tally": "0" * 16})


def test_the_cells_of_a_kept_tally_are_told() -> None:
    found = run_world(world(1), "reference")
    assert tallies.differing_cells(1, found) == ""
    changed = found.policy.tally.copy()
    changed[0, 0, COLUMN["noticed"]] += 5
    told = tallies.differing_cells(1, replace(found, policy=replace(found.policy, tally=changed)))
    assert told.startswith("policy: 1 cells of the tally differ: noticed")
    assert tallies.differing_cells(tallies.WORLDS, found) == ""


def test_the_digest_that_ships_is_that_of_the_frozen_results():
    assert BEHAVIOUR.read_text(encoding="utf-8").strip() == frozen.behaviour()


def test_the_code_and_the_evidence_are_those_that_the_digest_was_shown_with():
    """In one run with the frozen results: that they come out is what this says of the code."""
    how = "If all frozen results come out: PYTHONPATH=tests python -m golden.regenerate same"
    assert shown_with() == frozen.shown_with(), how
