"""Extracts for the five cases of a business case; their words stand in ``five_cases.yaml``."""

from __future__ import annotations

from sencosim.plain_text import unmarked
from sencosim.report.pack.told import Facts, filled
from sencosim.report.table import words_in

WORDS = "pack/five_cases.yaml"


def five_cases(facts: Facts, status: str) -> str:
    """Write the extracts as a text that a person can paste from; ``status`` is the status line of the pack."""
    words = words_in(WORDS)
    lines = [f"# {words['title'].format(**facts)}", "", words["lead"].format(status=status), ""]
    for case in words["cases"]:
        said = filled(case["fills"], facts) or [words["nothing"]]
        lines += [f"## {case['title']}", "", f"*{case['asks']}*", "", f"### {words['fills']}", ""]
        lines += [*(f"- {line}" for line in said), "", f"### {words['cannot']}", ""]
        lines += [*(f"- {line}" for line in case["cannot"]), ""]
    return unmarked("\n".join(lines))
