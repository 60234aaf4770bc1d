"""The mark on a shown scenario by which later readers know that nothing was edited since."""

from __future__ import annotations

import hashlib
import json
import re

from sencosim.scenario.schema import Scenario

SEAL_LENGTH = 16
SEAL_LINE = re.compile(r"^# Origins hold while nothing below is edited \(seal (?P<seal>[0-9a-f]{16})\)\.$")


def seal(scenario: Scenario) -> str:
    """Short hash of all settings, title and description included. [16 hexadecimal digits]"""
    text = json.dumps(scenario.model_dump(mode="json", by_alias=True), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:SEAL_LENGTH]


def seal_line(scenario: Scenario) -> str:
    """Comment that carries the seal."""
    return f"# Origins hold while nothing below is edited (seal {seal(scenario)})."
