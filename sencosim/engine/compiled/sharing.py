"""M16: the September review of schools that share a SENCO."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.engine.inputs import Inputs
from sencosim.ledger.quantities import COLUMN
from sencosim.rules.sharing import low_reviews

_ENDED = COLUMN["sharing_ended"]


class Clusters:
    """Groups of schools that share a SENCO, and the reviews that found provision too low. A few hundred: no compiling.

    Parameters
    ----------
    inputs
        Of the arm and replication.
    """

    def __init__(self, inputs: Inputs) -> None:
        self._policy = inputs.policy
        cluster = inputs.policy.cluster
        order = np.argsort(inputs.schools.school_id, kind="stable").tolist()
        self._members: list[list[int]] = [[] for _ in range(int(cluster.max(initial=-1)) + 1)]
        for school in order:
            if cluster[school] >= 0:
                self._members[int(cluster[school])].append(school)
        self._low = [0] * len(self._members)

    def review(self, schools: Any, pages: Any, year: int) -> None:
        """Review each group and let it begin or end to share.

        Parameters
        ----------
        schools
            Records of all schools.
        pages
            Counts of the term. [whole numbers, shape (n_pages, n_quantities)]
        year
            Academic year of the run, counted from 0.
        """
        policy = self._policy
        for number, members in enumerate(self._members):
            sharing = [bool(schools["sharing"][school]) for school in members]
            if any(sharing):
                total = 0.0
                for school in members:
                    total += float(schools["coverage"][school])
                self._low[number] = low_reviews(total / len(members), policy.review_coverage, self._low[number])
            ended = self._low[number] >= policy.reviews_before_end
            for school, shares in zip(members, sharing, strict=True):
                asked = float(policy.shared_hours[school, year]) > 0.0
                if ended and asked and shares:
                    pages[schools["cell"][school], _ENDED] += 1
                schools["sharing"][school] = asked and not ended
