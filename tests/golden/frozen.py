"""Frozen results on disk, and what is said when something now comes out differently."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import pytest
from golden.prints import Prints, arithmetic

from sencosim.engine.behaviour import SHOWN_WITH, code_that_computes
from sencosim.report.backtest import evidence_read

FOLDER = Path(__file__).parent / "frozen"
OF_BEHAVIOUR = ("worlds", "councils", "scenarios")
Cases = dict[str, Prints]


def path_of(name: str) -> Path:
    """File of one group of frozen results."""
    return FOLDER / f"{name}.json"


def write(name: str, cases: Cases) -> Path:
    """Freeze results: one line a case, so that a change shows which."""
    lines = [f"  {json.dumps(case)}: {json.dumps(parts)}" for case, parts in cases.items()]
    head = f'"arithmetic": "{arithmetic()}"'
    path = path_of(name)
    path.write_text("{\n" + head + ',\n"cases": {\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8")
    return path


def behaviour() -> str:
    """Digest of the frozen results that tell what the model does. [16 hexadecimal digits]."""
    found = hashlib.sha256()
    for name in OF_BEHAVIOUR:
        found.update(path_of(name).read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:16]


def shown_with() -> dict[str, str]:
    """Digests of the code and of the evidence that ships, as they are now."""
    return {"code": code_that_computes(), "evidence": evidence_read()}


def write_shown_with() -> Path:
    """Say of the code and the evidence of now that the frozen results come out with them."""
    SHOWN_WITH.write_text("".join(f"{name}: {one}\n" for name, one in shown_with().items()), encoding="utf-8")
    return SHOWN_WITH


@lru_cache(maxsize=16)
def _read(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(path_of(name).read_text(encoding="utf-8"))
    return found


def cases_of(name: str) -> Cases:
    """Frozen results by case."""
    found: Cases = _read(name)["cases"]  # type: ignore[assignment]  # as written above
    return found


def differing(name: str, case: str, found: Prints) -> list[str]:
    """Parts of a case that are not as they were frozen."""
    frozen = cases_of(name)[case]
    return [part for part in dict.fromkeys((*frozen, *found)) if frozen.get(part) != found.get(part)]


def check(name: str, case: str, found: Prints, how: str = "") -> None:
    """Fail if a case is not as it was frozen, in words that lead to the place.

    Parameters
    ----------
    how
        How to see the first difference.
    """
    parts = differing(name, case, found)
    if not parts:
        return
    if _read(name)["arithmetic"] != arithmetic():
        pytest.skip("this machine rounds exp, log or powers otherwise than the one that froze the results")
    listed = ", ".join(parts)
    pytest.fail(f"{name} {case}: {listed} are not as frozen in {path_of(name).name}. {how}".strip(), pytrace=False)
