"""The like-for-like guard: what must be the same before two runs may stand in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sencosim.errors import InputError
from sencosim.report.findings import Findings
from sencosim.report.marks import FACT
from sencosim.report.stored import StoredRun
from sencosim.scenario.load import load_scenario

_FACTS: Mapping[str, str] = {
    "code_fingerprint": "the version of the engine or of its libraries",
    "engine": "the engine",
    FACT: "which mechanisms are replaced",
    "evidence_fingerprint": "the evidence",
    "population_fingerprint": "the list of schools",
    "discount_schedule": "the discount schedule",
    "seed": "the seed",
    "draws": "the number of draws",
    "replications": "the number of replications",
    "sample_share": "the share of schools",
    "draw_sample_share": "the share of schools on which draws were run",
    "sampling": "how schools were sampled",
    "quick": "whether it was a quick run",
}
"""What of a manifest must be the same, in words."""
_BOTH_ARMS: Mapping[str, str] = {
    "background": "what happens with and without the policy",
    "shocks": "the shocks",
    "mechanisms": "the mechanisms that are switched off",
    "overrides": "the assumptions that a scenario changes",
}
"""What of a scenario acts in both arms, in words: with another of these, today's policy is another baseline."""


def unlike(runs: Sequence[StoredRun]) -> list[str]:
    """What differs between runs that may not differ, in words; empty if they are alike."""
    first, *others = (_facts(run) for run in runs)
    found = [
        f"{words} ({_short(first[words])} and {_short(other[words])})"
        for other in others
        for words in first
        if first[words] != other[words]
    ]
    baseline, *beside = (_both_arms(run) for run in runs)
    found += [words for other in beside for words in baseline if baseline[words] != other[words]]
    return list(dict.fromkeys(found))


def _both_arms(run: StoredRun) -> dict[str, Any]:
    settings = load_scenario(run.folder / "scenario.resolved.yaml").scenario.settings()
    return {words: settings[name] for name, words in _BOTH_ARMS.items()}


def _facts(run: StoredRun) -> dict[str, Any]:
    findings = Findings(run.inputs)
    told = {words: run.inputs.manifest.get(name) for name, words in _FACTS.items()}
    return told | {
        "the years": findings.period() if not findings.years else f"{findings.years[0]} to {findings.years[-1]}",
        "the price base": findings.headline(run.inputs.main_view).price_base,
        "the area": findings.area_name,
        "the views": ", ".join(run.inputs.views),
        "the main view": run.inputs.main_view,
    }


def _short(value: Any) -> str:
    text = str(value)
    return f"{text[:8]}…" if len(text) == 64 else text


def check_alike(runs: Sequence[StoredRun], *, anyway: bool) -> tuple[str, ...]:
    """Refuse runs that are not alike, or say what stamps every output if they are compared anyway.

    Raises
    ------
    InputError
        If they differ and nobody said ``--anyway``.
    """
    reasons = unlike(runs)
    if not reasons:
        return ()
    listed = "; ".join(reasons)
    if not anyway:
        raise InputError(
            f"These runs are not like for like: they differ in {listed}. Nothing was compared. Run the options again "
            "with the same settings, or add  --anyway : every output will then carry this sentence, and ranges "
            "between options are left out."
        )
    return (f"Not like for like, compared all the same: the runs differ in {listed}.",)
