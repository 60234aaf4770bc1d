"""Every item of the source documents is accounted for, and whatever carries it exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sencosim.evidence.coverage import CONTEXT, Item, load_coverage
from sencosim.evidence.register import load_register
from sencosim.levers.catalogue import Levers
from sencosim.outcomes import years_until
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.guide import scenario_guide
from sencosim.vocabulary import COLUMN

pytestmark = pytest.mark.unit

ITEMS_OF_DOCUMENT = {"000": 37, "001": 101, "002": 41, "003": 24, "004": 74}
ROOT = Path(__file__).resolve().parents[2]


def test_no_item_is_missing_and_none_is_twice() -> None:
    expected = [f"{document}-{n:03d}" for document, items in ITEMS_OF_DOCUMENT.items() for n in range(1, items + 1)]
    assert [item.id for item in load_coverage()] == expected
    assert len(expected) == 277


def exists(kind: str, name: str) -> bool:
    """Whether what is said to carry an item is there."""
    if kind == "setting":
        path = name.split(".")
        if path[0] == "shocks":
            path.insert(1, "any")
        return scenario_guide().at(tuple(path)) is not None
    known = {
        "parameter": load_register(),
        "quantity": COLUMN,
        "lever": Levers.model_fields,
        "scenario": shipped_scenarios(),
        "output": dir(years_until),
        "mechanism": re.findall(r"^## (M\d+)", (ROOT / "docs" / "model.md").read_text(encoding="utf-8"), re.MULTILINE),
        CONTEXT: ("",),
    }
    return name in known[kind]


@pytest.mark.parametrize("item", load_coverage(), ids=lambda item: item.id)
def test_what_carries_an_item_exists_and_context_has_a_reason(item: Item) -> None:
    assert [carrier for carrier in item.carried_by if not exists(*carrier)] == []
    if (CONTEXT, "") in item.carried_by:
        assert len(item.carried_by) == 1
        assert len(item.reason) > 8
    also = re.search(r"As (\d{3}-\d{3})", item.reason)
    assert also is None or any(other.id == also.group(1) for other in load_coverage())


def test_most_items_are_carried() -> None:
    carried = [item for item in load_coverage() if (CONTEXT, "") not in item.carried_by]
    assert len(carried) > 0.7 * len(load_coverage())
