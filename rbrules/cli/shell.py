"""Reading arguments' files, writing outputs, and turning errors into exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rbrules.errors import EngineError, InputError, Problem

if TYPE_CHECKING:
    from rbrules.load.document import Document

EXIT_FINDINGS: Final = 1
EXIT_INPUT: Final = 2
EXIT_FAILURE: Final = 3
EXIT_INTERRUPTED: Final = 130
STDIN: Final = "-"
JAKARTA: Final = timezone(timedelta(hours=7), "Asia/Jakarta")
"""Western Indonesia time has no summer time; a fixed offset needs no time-zone data."""


@contextlib.contextmanager
def exit_codes(*, debug: bool) -> Iterator[None]:
    """Turn every error into a message on stderr and the exit code that the README lists."""
    try:
        yield
    except InputError as error:
        for problem in error.problems:
            print(_printable(str(problem)), file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}; no report was made.", file=sys.stderr)
        raise SystemExit(EXIT_INPUT) from None
    except EngineError as error:
        _fail(f"rbrules: the engine failed: {error}", debug=debug)
    except BrokenPipeError:
        # The reader went away; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        print("Interrupted; no report was made.", file=sys.stderr)
        raise SystemExit(EXIT_INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - the one place where anything ends in exit 3
        what = f"{type(error).__name__}: {error}"
        _fail(f"rbrules: internal error, no report was made: {what}", debug=debug)


def _fail(message: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    print(_printable(message), file=sys.stderr)
    raise SystemExit(EXIT_FAILURE) from None


def _printable(text: str) -> str:
    from rbrules.report.words import safe

    return safe(text)


def read_evaluation_file(name: str) -> Document:
    """Load an evaluation file; "-" is standard input.

    Raises:
        InputError: it cannot be read or is not JSON.
    """
    from rbrules.load.files import MAX_EVALUATION_BYTES, check_size, read_bytes
    from rbrules.load.json_reader import load_json

    if name == STDIN:
        data = sys.stdin.buffer.read(MAX_EVALUATION_BYTES + 1)
        check_size(data, "<stdin>", MAX_EVALUATION_BYTES)
        return load_json(data, "<stdin>")
    path = Path(name)
    return load_json(read_bytes(path, MAX_EVALUATION_BYTES), name)


def write_output(text: str, output: Path | None) -> None:
    """Write `text` to standard output, or to a file that is replaced whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    if output is None:
        if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        _replace(output, text.encode())
    except OSError as error:
        problem = Problem(
            file=output.as_posix(),
            line=0,
            column=0,
            pointer="",
            found=(error.strerror or type(error).__name__).lower(),
            expected="a file that can be written",
        )
        raise InputError([problem]) from None


def _replace(output: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(output)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def today() -> date:
    """Return the day in Jakarta."""
    return datetime.now(JAKARTA).date()


def language(wanted: str | None, *, from_locale: bool) -> str:
    """Choose the language: the option, RBRULES_LANG, then (for people) the locale, then English."""
    given = wanted or os.environ.get("RBRULES_LANG") or ""
    if not given and from_locale:
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        given = next((name for name in names if name), "")
    return "id" if given.casefold().startswith("id") else "en"
