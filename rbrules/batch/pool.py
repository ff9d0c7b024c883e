"""Worker processes: each evaluation once, in order, and no worker's death costs more than its file.

The one user of pebble.
"""

from __future__ import annotations

import pickle
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final, Protocol, Self

from pebble import ProcessExpired, ProcessPool

from rbrules.batch.sources import Item
from rbrules.batch.work import Row, Settings, Work, failed

CHUNK_ITEMS: Final = 16
CHUNK_BYTES: Final = 1024 * 1024
"""So much goes to a worker at once: fewer messages, and no more than this waits in each."""

AHEAD: Final = 3
"""Chunks for each worker that are handed out before the first one's rows are taken."""

Chunk = tuple[Item, ...]


class LostError(Exception):
    """A worker died or did not answer in time; the message says which."""


class Workers(Protocol):
    """What judges chunks elsewhere."""

    count: int

    def submit(self, chunk: Chunk, engine: str | None, retried: str) -> Future[list[Row]]:
        """Hand a chunk to a worker."""

    def rows(self, future: Future[list[Row]]) -> list[Row]:
        """Wait for the rows of a chunk.

        Raises:
            LostError: the worker died or took too long.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may cost a worker."""

    seconds: float
    megabytes: int | None
    """Address space of a worker; None, and on Windows, where nothing limits it."""


def judge_all(entries: Iterable[Item | Row], workers: Workers) -> Iterator[Row]:
    """Yield the row of every item, and rows that are there already, in the order given.

    Memory is bounded: `AHEAD` chunks for each worker are under way at a time.
    """
    under_way: deque[Row | tuple[Chunk, Future[list[Row]]]] = deque()
    for part in chunks(entries):
        under_way.append(part if isinstance(part, Row) else (part, workers.submit(part, None, "")))
        if len(under_way) >= AHEAD * workers.count:
            yield from _next(under_way, workers)
    while under_way:
        yield from _next(under_way, workers)


def _next(
    under_way: deque[Row | tuple[Chunk, Future[list[Row]]]], workers: Workers
) -> Iterator[Row]:
    first = under_way.popleft()
    if isinstance(first, Row):
        yield first
    else:
        yield from _settled(*first, workers)


def chunks(entries: Iterable[Item | Row]) -> Iterator[Chunk | Row]:
    """Put items together that are small, up to `CHUNK_ITEMS` and `CHUNK_BYTES`; rows stay alone."""
    chunk: list[Item] = []
    size = 0
    for entry in entries:
        is_row = isinstance(entry, Row)
        more = 0 if isinstance(entry, Row) else entry.size
        if chunk and (is_row or len(chunk) == CHUNK_ITEMS or size + more > CHUNK_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        if isinstance(entry, Row):
            yield entry
        else:
            chunk.append(entry)
            size += more
    if chunk:
        yield tuple(chunk)


def _settled(chunk: Chunk, future: Future[list[Row]], workers: Workers) -> Iterator[Row]:
    """Return the rows of a chunk; if its worker was lost, judge its items one by one."""
    try:
        yield from workers.rows(future)
    except LostError as loss:
        if len(chunk) == 1:
            yield _alone(chunk[0], str(loss), workers)
            return
        for item in chunk:
            yield from _settled((item,), workers.submit((item,), None, ""), workers)


def _alone(item: Item, loss: str, workers: Workers) -> Row:
    """Judge an item whose worker was lost once more, by the Python engine."""
    try:
        (row,) = workers.rows(workers.submit((item,), "python", loss))
    except LostError as again:
        return failed(item.name, None, f"{loss}; by the Python engine: {again}")
    return row


_WORK: list[Work] = []
"""What this process judges with, once it is a worker."""


def _start(settings: bytes, megabytes: int | None) -> None:
    """Make this process a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to stop
    if megabytes is not None:
        _limit_memory(megabytes)
    _WORK[:] = [Work(pickle.loads(settings))]  # noqa: S301 - it comes from the parent


def _limit_memory(megabytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _judge(chunk: Chunk, engine: str | None, retried: str) -> list[Row]:
    (work,) = _WORK
    return [work.judge(item, engine=engine, retried=retried) for item in chunk]


class LocalWorkers:
    """Worker processes of this machine; a context manager."""

    def __init__(self, settings: Settings, count: int, limits: Limits) -> None:
        """Start nothing yet; each worker reads the rulebook from this process once."""
        self.count = count
        self.limits = limits
        self._pool = ProcessPool(
            max_workers=count,
            initializer=_start,
            initargs=[pickle.dumps(settings), limits.megabytes],
            context=get_context("spawn"),
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop the workers, at once where something went wrong."""
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def submit(self, chunk: Chunk, engine: str | None, retried: str) -> Future[list[Row]]:
        """Hand a chunk to the next worker that is free."""
        future: Future[list[Row]] = self._pool.schedule(
            _judge, args=[chunk, engine, retried], timeout=self.limits.seconds * len(chunk)
        )
        return future

    def rows(self, future: Future[list[Row]]) -> list[Row]:
        """Wait for the rows of a chunk.

        Raises:
            LostError: the worker died or took too long.
        """
        try:
            return future.result()
        except ProcessExpired as error:
            raise LostError(f"its worker died (exit code {error.exitcode})") from None
        except (LateError, TimeoutError):
            raise LostError(f"no result after {self.limits.seconds:g} seconds") from None
