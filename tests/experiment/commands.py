"""Commands as a user starts them, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

NO_COMMIT = {"GIT_DIR": os.devnull}
"""Runs are compared in every byte, and somebody may commit between two of them: they see no repository."""


def start(*words: str, folder: Path) -> subprocess.Popen[str]:
    """Start a command in a folder, with processes that can be sent signals together."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests in the background of a shell are born deaf to it
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "sencosim", *words],
            cwd=folder,
            env=os.environ | NO_COMMIT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
