"""What every reader must see before quoting: banners about this run, and the limits of the model."""

from __future__ import annotations

from sencosim.report.answer import sample_sentence
from sencosim.report.check import not_to_be_quoted
from sencosim.report.findings import Findings
from sencosim.report.marks import mark_sentence

LIMITS = (
    "No study measures what SENCO time causes. The effects are priors, with their spike at no effect; they are not "
    "fitted to anything. What SENCO time did in the past is inside the fitted trends.",
    "Survey respondents choose themselves: SENCOs with more to say may answer more often.",
    "The hours that each piece of school work takes are judgement, helped in places by one study of a few schools.",
    "The figures on exclusion and on tribunals are associations or campaign estimates.",
    "Which form of the model is true is not known; the structure table shows how much depends on it. How support acts "
    "on pupils can be tested on differences only, never on levels.",
    "A saving to one budget is a cost to no other only where this report says so.",
)
MEMORANDUM_WARNING = (
    "Not part of the answer. These sums apply published headline unit savings to counted events, as campaigners do. "
    "They count some money twice, treat lifetime estimates as cash, and enter no total in this report."
)
NOT_TO_SAY = (
    "that the policy “saves” or “costs” a sum without naming the view and its 80 % interval;",
    "that SENCO time has been shown to cause any of these changes;",
    "that one view is the truth and the others are not: they differ in what is assumed about effects;",
    "that a figure for England holds for one council or one school.",
)


def banners(findings: Findings) -> tuple[str, ...]:
    """Sentences that stand at the top of every output of this run, worst first."""
    manifest = findings.inputs.manifest
    git = manifest.get("git") or {}
    failed = [name for name, passed, _ in findings.inputs.checks if not passed]
    caution = not_to_be_quoted(manifest, f"“{findings.inputs.scenario.title}”")
    said = (
        (bool(caution), caution),
        (bool(failed), f"Checks failed: {', '.join(failed)}. Do not use these results."),
        (bool(mark_sentence(manifest)), mark_sentence(manifest)),
        (bool(manifest.get("quick")), "Quick run: for trying out, not for quoting."),
        (bool(git.get("dirty")), "Run with code that differs from the commit named below: not reproducible from it."),
        (bool(sample_sentence(findings)), f"{sample_sentence(findings)} Results for single councils may be missing."),
        (
            manifest.get("population_kind") == "synthetic",
            "The schools are made up; each council's totals are the published ones.",
        ),
    )
    return tuple(sentence for applies, sentence in said if applies)
