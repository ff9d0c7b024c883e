"""Reading arguments' files, writing outputs, and turning errors into exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from rbrules.errors import EngineError, InputError, Problem

if TYPE_CHECKING:
    from rbrules.load.document import Document

EXIT_FINDINGS: Final = 1
EXIT_INPUT: Final = 2
EXIT_FAILURE: Final = 3
EXIT_INTERRUPTED: Final = 130
STDIN: Final = "-"


@contextlib.contextmanager
def exit_codes(*, debug: bool, lang: str | None = None) -> Iterator[None]:
    """Turn every error into a message on stderr and the exit code that the README lists.

    Args:
        debug: show the traceback of what fails.
        lang: what --lang says; else the variable or the locale decides, as for a page.
    """
    try:
        yield
    except InputError as error:
        from rbrules.report.problems import problem_words

        spoken = language(lang, from_locale=True)
        count = len(error.problems)
        total = _words("problems.total" if count > 1 else "problems.one", spoken, count=count)
        tell("\n".join([*(problem_words(each, spoken) for each in error.problems), total]))
        raise SystemExit(EXIT_INPUT) from None
    except EngineError as error:
        _fail("failed.engine", language(lang, from_locale=True), error, debug=debug)
    except KeyboardInterrupt:
        tell(_words("interrupted", language(lang, from_locale=True)))
        raise SystemExit(EXIT_INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - the one place where anything ends in exit 3
        what = f"{type(error).__name__}: {error}"
        _fail("failed.program", language(lang, from_locale=True), what, debug=debug)


def _words(key: str, lang: str, **values: object) -> str:
    from rbrules.report.words import label

    return label(key, lang, **values)


def _fail(key: str, lang: str, what: object, *, debug: bool) -> None:
    message = _words(key, lang, error=what)
    # A traceback repeats the message, which may quote the evaluation.
    tell(traceback.format_exc() + message if debug else message)
    raise SystemExit(EXIT_FAILURE) from None


def tell(text: str) -> None:
    """Write `text` to standard error, made safe; a reader who went away changes no exit code."""
    from rbrules.report.words import safe

    if not _is_open(sys.stderr):
        return  # print would take standard output instead
    try:
        print(safe(text), file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def read_evaluation_file(name: str) -> Document:
    """Load an evaluation file; "-" is standard input.

    Raises:
        InputError: it cannot be read or is not JSON.
    """
    from rbrules.load.json_reader import load_json

    return load_json(read_input(name), "<stdin>" if name == STDIN else name)


def read_input(name: str) -> bytes:
    """Read an evaluation file or a report; "-" is standard input.

    Raises:
        InputError: it cannot be read, or it is too large.
    """
    from rbrules.load.files import MAX_EVALUATION_BYTES, check_size, read_bytes

    if name != STDIN:
        return read_bytes(Path(name), MAX_EVALUATION_BYTES)
    if not _is_open(sys.stdin):
        raise InputError([_stream_problem("<stdin>", "a closed stream", "an open one")])
    data = sys.stdin.buffer.read(MAX_EVALUATION_BYTES + 1)
    check_size(data, "<stdin>", MAX_EVALUATION_BYTES)
    return data


def address(name: str) -> str:
    """Return how programs in the working folder find a file: with /, and relative where it can be.

    A file elsewhere is named only: its folder concerns nobody who reads a report.
    """
    path = Path(name)
    if not path.is_absolute():
        return path.as_posix()
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name


def evaluation_files(names: Iterable[str]) -> list[str]:
    """Return the files that arguments name: files, the JSON files of folders, and patterns.

    Not every shell takes `*.json` apart. Each file once, in the order of the arguments.

    Raises:
        InputError: a folder or pattern holds no file.
    """
    found: dict[str, None] = {}
    problems = []
    for name in names:
        path = Path(name)
        listed = [name]
        if path.is_dir():
            listed = [each.as_posix() for each in sorted(path.glob("*.json"))]
        elif name != STDIN and not path.exists() and any(mark in name for mark in "*?["):
            root = Path(path.anchor)
            pattern = path.relative_to(root).as_posix()
            listed = [each.as_posix() for each in sorted(root.glob(pattern))]
        if not listed:
            expected = "JSON files in it" if path.is_dir() else "a pattern that files fit"
            problems.append(_stream_problem(name, "no file", expected))
        found.update(dict.fromkeys(listed))
    if problems:
        raise InputError(problems)
    return list(found)


def spare_inputs(name: str, rules: Sequence[Path] | None, output: Path | None) -> None:
    """Refuse to replace the evaluation file or a rule file by a report.

    Raises:
        InputError: `output` is the file `name` or lies in one of the folders `rules`, perhaps by
            way of a link.
    """
    if output is None or not output.is_file():
        return
    found = ""
    if name != STDIN and Path(name).exists() and output.samefile(name):
        found = "the evaluation file itself"
    elif any(output.resolve() in _rule_files(folder) for folder in rules or ()):
        found = "a file of the rules"
    if found:
        hint = "The report would replace it."
        raise InputError([_stream_problem(output.as_posix(), found, "another file after -o", hint)])


def _rule_files(folder: Path) -> set[Path]:
    from rbrules.load.files import rule_files

    try:
        return {path.resolve() for path in rule_files(folder)}
    except InputError:  # told when the folder is read
        return set()


def write_output(text: str, output: Path | None) -> None:
    """Write `text` to standard output, or to a file that is replaced whole or not at all.

    A link stays, and the file that it names is replaced; a device or a pipe is written to, for
    replacing it would take it from every other program.

    Raises:
        InputError: the file cannot be written.
    """
    if output is None:
        write_outputs({}, text)
    else:
        write_outputs({output: text.encode()})


def write_binary(data: bytes, output: Path) -> None:
    """Write what is no text to a file, as `write_output` does, but to no terminal.

    Raises:
        InputError: the file cannot be written, or is a terminal.
    """
    refuse_terminal(output)
    write_outputs({output: data})


def refuse_terminal(output: Path) -> None:
    """Refuse to show the bytes of a document on a terminal.

    Raises:
        InputError: `output` is one.
    """
    if _is_terminal(output):
        found, hint = "a terminal", "It would show the bytes of the document as characters."
        raise InputError([_stream_problem(output.as_posix(), found, "a file after -o", hint)])


def _is_terminal(output: Path) -> bool:
    if not output.is_char_device():
        return False
    try:
        with output.open("rb") as stream:
            return stream.isatty()
    except OSError:
        return False


def write_outputs(files: Mapping[Path, bytes], text: str = "") -> None:
    """Write all files and print `text`, or change nothing.

    Each file is replaced whole. A link stays, and the file that it names is replaced; a device or
    a pipe is written to, for replacing it would take it from every other program.

    Raises:
        InputError: a file or standard output cannot be written.
    """
    targets = {output.resolve(): (output, data) for output, data in files.items()}
    devices = {target for target in targets if target.exists() and not target.is_file()}
    staged: dict[Path, Path] = {}
    earlier: dict[Path, bytes | None] = {}
    try:
        for target, (output, data) in targets.items():
            if target not in devices or target.is_dir():
                with _writing_to(output):
                    staged[target] = _stage(target, data)
        for target, temporary in staged.items():
            with _writing_to(targets[target][0]):
                content = target.read_bytes() if target.exists() else None
                temporary.replace(target)
                earlier[target] = content
        for target in devices:
            output, data = targets[target]
            with _writing_to(output):
                target.write_bytes(data)
        if text:
            _print(text)
    except BaseException:
        for target, content in earlier.items():
            _put_back(target, content)
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


PART: Final = ".part"
"""Ends the name of a file that still grows."""


def beside(output: Path, ending: str) -> Path:
    """Return the name of a file that stands beside another one."""
    return output.with_name(f"{output.name}{ending}")


@contextlib.contextmanager
def growing_file(output: Path) -> Iterator[Callable[[str], None]]:
    """Give what writes to a file that takes the name `output` once it is complete.

    Until then, and for good where the program is stopped before, it stands beside it.

    Raises:
        InputError: it cannot be written.
    """
    part = beside(output, PART)
    with _writing_to(output), part.open("wb") as stream:

        def write(text: str) -> None:
            stream.write(text.encode())

        yield write
        stream.flush()
        os.fsync(stream.fileno())
    with _writing_to(output):
        part.replace(output)


def print_part(text: str) -> None:
    """Write a part of what goes to standard output, at once.

    Raises:
        InputError: it cannot be written.
    """
    _print(text)


def _put_back(target: Path, content: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if content is None:
            target.unlink(missing_ok=True)
        else:
            _replace(target, content)


@contextlib.contextmanager
def _writing_to(output: Path) -> Iterator[None]:
    """Say of what goes wrong which file cannot be written."""
    try:
        yield
    except OSError as error:
        expected = "a file that can be written"
        raise InputError([_stream_problem(output.as_posix(), _reason(error), expected)]) from None


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a new folder, whole or not at all.

    Raises:
        InputError: it exists already, or cannot be written.
    """
    if folder.exists():
        expected = "the name of a folder that does not exist yet"
        raise InputError([_stream_problem(folder.as_posix(), "what exists already", expected)])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as place:
            whole = Path(place, "new")
            for name, text in texts.items():
                path = whole / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            whole.rename(folder)
    except OSError as error:
        expected = "a folder that can be written"
        raise InputError([_stream_problem(folder.as_posix(), _reason(error), expected)]) from None


def write_new(texts: Mapping[Path, str]) -> None:
    """Write files that do not exist yet, all or none.

    Raises:
        InputError: one exists already, or cannot be written.
    """
    taken = [path for path in texts if path.exists()]
    if taken:
        expected = "a file that does not exist yet"
        raise InputError(
            [_stream_problem(path.as_posix(), "what exists already", expected) for path in taken]
        )
    path = next(iter(texts))
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, text.encode())
    except BaseException as error:
        for written in texts:
            if written == path:
                break
            written.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        expected = "a file that can be written"
        raise InputError([_stream_problem(path.as_posix(), _reason(error), expected)]) from None


def _print(text: str) -> None:
    if not _is_open(sys.stdout):
        raise InputError([_stream_problem("<stdout>", "a closed stream", "an open one")])
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    with _writing():
        sys.stdout.write(text)
        sys.stdout.flush()


def flush_output() -> None:
    """Write what typer has printed and Python still holds back.

    Raises:
        InputError: standard output cannot be written.
    """
    if _is_open(sys.stdout):
        with _writing():
            sys.stdout.flush()


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """Let a reader go away when it has seen enough; the exit code stays that of the report."""
    try:
        yield
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        expected = "a stream that can be written"
        raise InputError([_stream_problem("<stdout>", _reason(error), expected)]) from None


def _is_open(stream: object) -> bool:
    """Tell whether the process was started with this stream; Python gives None where not."""
    return stream is not None


def _discard(stream: TextIO) -> None:
    """Let what is left in the buffer go nowhere: Python would try to write it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _stream_problem(name: str, found: str, expected: str, hint: str = "") -> Problem:
    return Problem(
        file=name, line=0, column=0, pointer="", found=found, expected=expected, hint=hint
    )


def _replace(output: Path, data: bytes) -> None:
    temporary = _stage(output, data)
    try:
        temporary.replace(output)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _stage(output: Path, data: bytes) -> Path:
    """Write `data` beside the file that it is to replace."""
    if output.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def language(wanted: str | None, *, from_locale: bool) -> str:
    """Choose the language: the option, RBRULES_LANG, then (for people) the locale, then English."""
    given = wanted or os.environ.get("RBRULES_LANG") or ""
    if not given and from_locale:
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        given = next((name for name in names if name), "")
    return "id" if given.casefold().startswith("id") else "en"
