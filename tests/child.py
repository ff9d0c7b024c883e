"""Runs test classes in a process of their own, so that a crash there is a failure with a name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Final

_FLAG: Final = "RBRULES_TEST_CHILD"
TIMEOUT: Final = 600
"""Seconds; a hang of the C module must not hang the suite."""


def is_child() -> bool:
    """Tell whether this is the child (set `__test__` of a class to it)."""
    return _FLAG in os.environ


def run_in_child(*classes: type) -> None:
    """Run test classes with pytest in a new process.

    Freed and fresh memory is filled with a pattern there (MALLOC_PERTURB_), which turns a read of
    uninitialised memory into a wrong result or a crash.

    Raises:
        AssertionError: a test failed, or the process died; the signal is named.
    """
    nodes = [f"{sys.modules[cls.__module__].__file__}::{cls.__name__}" for cls in classes]
    environment = os.environ | {_FLAG: "1", "MALLOC_PERTURB_": "165", "PYTHONFAULTHANDLER": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *nodes]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, f"{_name(done.returncode)}\n{done.stdout}\n{done.stderr}"


def _name(code: int) -> str:
    if code < 0:
        return f"the child was killed by {signal.Signals(-code).name}"
    return f"the child exited with {code}"
