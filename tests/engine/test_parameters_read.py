"""The world holds the parameters of the register that mechanisms read, and no others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sencosim.engine
from sencosim.engine.records import PARAMETERS
from sencosim.evidence.register import load_register

ENGINE = Path(sencosim.engine.__file__).parent


def _read_of_world() -> set[str]:
    """Names that the mechanisms and the compiled scheduler read as ``w.<name>``."""
    return {
        node.attr
        for path in (*ENGINE.glob("mechanisms/*.py"), *ENGINE.glob("compiled/*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "w"
    }


@pytest.mark.unit
def test_the_world_holds_exactly_the_parameters_that_are_read() -> None:
    read = _read_of_world() & set(load_register())
    assert len(PARAMETERS) == len(set(PARAMETERS))
    assert set(PARAMETERS) - read == set(), "these are read by no mechanism"
    assert read - set(PARAMETERS) == set(), "add these to PARAMETERS of engine/records.py"
