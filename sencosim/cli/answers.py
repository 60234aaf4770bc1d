"""Say the answer of a run as soon as there is one, and again whenever it is much better known."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sencosim.experiment.pool import Step
from sencosim.experiment.so_far import SoFar
from sencosim.report.so_far import facts_of, words_of
from sencosim.terminal.console import Console
from sencosim.terminal.progress import Silence, duration


@dataclass
class Answers:
    """Hears every step, shows it, and speaks when an answer is the first, or rests on twice as many draws or more."""

    console: Console
    show: Silence
    as_json: bool = False
    now: Callable[[], float] = time.monotonic
    _last: SoFar | None = None
    _began: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._began = self.now()

    def __call__(self, step: Step) -> None:
        """Hear of a step."""
        answer = step.so_far
        self.show(step, f"so far {words_of(answer)}" if answer else "")
        if answer is None or not self._is_news(answer):
            return
        which = "First answer" if self._last is None else "Now"
        self._last = answer
        if self.as_json:
            self.console.json_line({"event": "answer", "final": False, **facts_of(answer)})
        else:
            after = duration(self.now() - self._began)
            self.console.note(f"  {which}, after {after}, not final: {words_of(answer)}.")

    def _is_news(self, answer: SoFar) -> bool:
        before = self._last
        return before is None or answer.n_draws >= 2 * before.n_draws or answer.is_whole > before.is_whole
