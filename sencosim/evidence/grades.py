"""What grades, kinds and statuses in the registers mean, and why a weak number is not drawn.

Grades of quality, and the words of the evidence tables that they stand for:

===== ============ ==============================================================
Grade Evidence     Meaning
===== ============ ==============================================================
A     strong       counted nationally and published by an official body
B     strong       one strong study, or an official figure seen at second hand
C     moderate     a survey, a single area, or worked out from grade A figures
D     weak         an anecdote, a poor sample, or a fit to weak figures
E     assumption   our judgement
===== ============ ==============================================================

A value that was fitted has the grade of what it was fitted to and how directly: rarely better than C.

Everything uncertain has a distribution. The exceptions are in ``not_drawn.yaml``, by reason. Two reasons hold for whole
classes of entries: a fitted parameter (kind ``calibrated``) is drawn from the posterior sample, or solved given a draw;
and a ``fact_`` is an observation with which results are compared, which nothing reads.
"""

from __future__ import annotations

from functools import lru_cache

from sencosim.evidence.register import Parameter, evidence_folder
from sencosim.evidence.yaml_files import read_yaml

QUALITY = {
    "A": "counted nationally and published by an official body (strong)",
    "B": "one strong study, or an official figure seen at second hand (strong)",
    "C": "a survey, a single area, or worked out from stronger figures (moderate)",
    "D": "an anecdote, a poor sample, or a fit to weak figures (weak)",
    "E": "our judgement (assumption)",
}

KIND = {
    "evidence": "from a source",
    "policy_lever": "set by the user: it describes a policy",
    "calibrated": "fitted so that the baseline reproduces published figures",
    "assumption": "our own, because no source gives it",
}

STATUS = {
    "seen": "read in the source",
    "derived": "worked out from figures that were read",
    "memory-unverified": "recalled, not read: check it before you quote it",
    "judgement": "expert judgement",
}

FITTED = "Fitted: draws take it from the posterior sample, or it is solved so that published figures are met."
OBSERVED = "An observation that results are compared with; nothing in the model reads it."


@lru_cache(maxsize=1)
def not_drawn() -> dict[str, tuple[str, ...]]:
    """Names of parameters that are not drawn, by reason."""
    groups = read_yaml(evidence_folder() / "not_drawn.yaml").content
    return {group["reason"]: tuple(group["parameters"]) for name, group in groups.items() if name != "format"}


def why_not_drawn(parameter: Parameter) -> str | None:
    """Reason why a parameter is not drawn; None if no reason is on record.

    Examples
    --------
    >>> from sencosim.evidence.register import load_register
    >>> why_not_drawn(load_register().get("hours_per_day"))[:12]
    'A definition'
    """
    if parameter.kind == "calibrated":
        return FITTED
    if parameter.name.startswith("fact_"):
        return OBSERVED
    return next((reason for reason, names in not_drawn().items() if parameter.name in names), None)
