"""What a decision log means for one run: who signed it, whose assumption is gone, and what a pack shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.experiment.finished import MANIFEST
from sencosim.report.findings import Findings
from sencosim.report.manifest import sha256
from sencosim.report.pack.decision_log import NO_OWNER, ROLES, WORDS, DecisionLog, SignOff, read_log, write_template
from sencosim.report.pack.workbook import NOT_APPLICABLE
from sencosim.report.stored import StoredRun
from sencosim.report.table import Cell, Table, table_of, words_in

WEIGHTIEST = 10
"""Assumptions that a new decision log lists for an owner to be named."""
SWINGS = ("unit_cost_swings", "effect_swings")
"""Tables that say how far each input moves net present social value."""
_WORDS: Mapping[str, Any] = words_in(WORDS)


@dataclass(frozen=True)
class Signing:
    """A decision log alongside the run that a pack is made of."""

    log: DecisionLog
    run: StoredRun
    of_run: str = ""  # digest of the run, where it is read from a pack

    @cached_property
    def digest(self) -> str:
        """What a sign-off of this run has to name: SHA-256 of its manifest. [64 hexadecimal digits]"""
        return self.of_run or sha256(self.run.folder / MANIFEST)

    def state(self, one: SignOff) -> str:
        """Whether a sign-off is of this run."""
        if one.run != self.run.run_id:
            return str(_WORDS["signed"]["earlier"]).format(run=one.run)
        return str(_WORDS["signed"]["this" if one.digest == self.digest else "changed"])

    def of_role(self, role: str) -> tuple[str, str, str]:
        """Name, date and state of a role: its sign-off of this run, else its last one, else nobody's."""
        signed = [one for one in self.log.sign_offs if one.role == role]
        if not signed:
            return self.log.roles[role].name or NO_OWNER, NOT_APPLICABLE, str(_WORDS["signed"]["nobody"])
        own = [one for one in signed if self.state(one) == _WORDS["signed"]["this"]]
        last = max(own or signed, key=lambda one: one.date)
        return last.name, last.date, self.state(last)

    def assurer(self) -> str:
        """Who signed this run as its assurer; blank if nobody did."""
        name, _, state = self.of_role("assurer")
        return name if state == _WORDS["signed"]["this"] else ""

    def role_words(self, role: str) -> str:
        """A role in a line: who, when, and whether this run is signed."""
        name, date, state = self.of_role(role)
        return f"{name}: {state}" if date == NOT_APPLICABLE else f"{name}, {date}: {state}"

    def notices(self) -> Iterator[str]:
        """What a reader of the log should look at: faults of sense, none of which stops a pack."""
        if not self.log.text:
            yield _WORDS["notices"]["no_file"]
        yield from self._gone()
        yield from self._persons()

    def _gone(self) -> Iterator[str]:
        """Assumptions that somebody owns or decided about and the run does not have."""
        told, known = _WORDS["notices"], set(self.run.inputs.parameters["name"].astype(str))
        for name, owner in self.log.owners.items():
            if name not in known:
                yield told["owner_gone"].format(name=name, owner=owner)
        named = ((name, one.date) for one in self.log.decisions for name in one.assumptions)
        yield from (told["decision_gone"].format(name=name, date=date) for name, date in named if name not in known)

    def _persons(self) -> Iterator[str]:
        """Roles that one person cannot both have, and signatures of others than the log names."""
        told, roles = _WORDS["notices"], self.log.roles
        analyst = roles["analyst"].name
        if analyst and analyst == roles["assurer"].name:
            yield told["same_person"].format(name=analyst)
        for one in self.log.sign_offs:
            other = roles[one.role].name
            if other not in ("", one.name):
                yield told["other_person"].format(name=one.name, role=one.role, other=other)

    def how_to_sign(self) -> str:
        """What to write into the log to sign this run."""
        return str(_WORDS["how_to_sign"]).format(run=self.run.run_id, digest=self.digest)


def log_sheet(signing: Signing, findings: Findings) -> Table:
    """Roles, decisions, sign-offs, how to sign, and notices."""
    return table_of(findings, "Decision_log", _rows(signing))


def _rows(signing: Signing) -> Iterator[list[Cell]]:
    kinds, log = _WORDS["kinds"], signing.log
    for role in ROLES:
        name, date, state = signing.of_role(role)
        organisation = log.roles[role].organisation or NOT_APPLICABLE
        yield [kinds["role"], _WORDS["roles"][role], name, date, organisation, state]
    for one in log.decisions:
        about = ", ".join(one.assumptions) or NOT_APPLICABLE
        who = _WORDS["reviewed"].format(by=one.by, reviewer=one.reviewer) if one.reviewer else one.by
        yield [kinds["decision"], one.decision, who, one.date, one.why, about]
    for sign in log.sign_offs:
        role = _WORDS["roles"][sign.role]
        yield [kinds["sign_off"], role, sign.name, sign.date, sign.words or NOT_APPLICABLE, signing.state(sign)]
    nobody = [NOT_APPLICABLE] * 2
    yield [kinds["how"], signing.how_to_sign(), *nobody, NOT_APPLICABLE, NOT_APPLICABLE]
    for notice in signing.notices():
        yield [kinds["notice"], notice, *nobody, NOT_APPLICABLE, NOT_APPLICABLE]


def swings_of(run: StoredRun) -> dict[str, float]:
    """How far each input moves net present social value, the largest first. [GBP by parameter]"""
    tables = [table for name in SWINGS if (table := run.inputs.appraisal.get(name)) is not None and not table.empty]
    if not tables:
        return {}
    both = pd.concat([table[["parameter", "swing_gbp"]] for table in tables], ignore_index=True).dropna()
    found = both.sort_values("swing_gbp", ascending=False, kind="stable")
    return dict(zip(found["parameter"].astype(str), found["swing_gbp"].astype(float), strict=True))


def weightiest(run: StoredRun) -> list[str]:
    """Parameters that the answer rests on most."""
    return [name for name, swing in swings_of(run).items() if swing > 0.0][:WEIGHTIEST]


def log_beside(run: StoredRun, path: Path) -> tuple[DecisionLog, list[str]]:
    """The decision log of a file, made first where there is none, and what the user should be told of it.

    Raises
    ------
    InputError
        If the file has faults.
    """
    made = write_template(path, run.run_id, Signing(DecisionLog(), run).digest, weightiest(run))
    log = read_log(path)
    notices = [str(_WORDS["made"]).format(file=path.as_posix())] if made else []
    return log, [*notices, *Signing(log, run).notices()]
