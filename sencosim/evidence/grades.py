"""What grades, kinds and statuses in the registers mean.

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
"""

from __future__ import annotations

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
