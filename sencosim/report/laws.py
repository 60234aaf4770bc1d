"""The law that a figure stands on, in words."""

from __future__ import annotations

TODAY = "current_law"
LAW_WORDS = {TODAY: "today's law", "announced": "the announced law"}


def baseline_words(law: str) -> str:
    """What a headline is set against: today's policy, under which law if it is not today's."""
    return "today's policy" if law == TODAY else f"today's policy under {LAW_WORDS[law]}"
