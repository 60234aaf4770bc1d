"""A figure that a notebook shows by itself, and that says in words what it shows."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure


class Picture(Figure):
    """A figure of Matplotlib with words; it needs no window, no ``pyplot`` and no setting of a notebook.

    Attributes
    ----------
    said
        What it shows, in a sentence: the text for who cannot see it.
    """

    def __init__(self, said: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.said = said

    def __repr__(self) -> str:
        return f"<{self.said}>"

    def _repr_png_(self) -> bytes:
        kept = io.BytesIO()
        self.savefig(kept, format="png", dpi=110, metadata={"Software": None})
        return kept.getvalue()
