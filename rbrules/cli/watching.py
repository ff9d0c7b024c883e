"""Waiting for files to be edited. The one user of watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from watchfiles import Change, watch

STEP_MS: Final = 200
"""How long nothing has to change until an editor is taken to have finished saving."""


def edits(file: Path, folders: Sequence[Path]) -> Iterator[None]:
    """Yield once, and again whenever the file or a file in one of the folders has been saved.

    Folders are watched, not files: editors save by putting a new file in the place of the old one.
    What changes while the caller is busy is yielded afterwards, once.
    """
    file = file.resolve()
    own = [folder.resolve() for folder in folders]

    def counts(_: Change, name: str) -> bool:
        path = Path(name)
        return path == file or any(path.is_relative_to(folder) for folder in own)

    while True:
        places = _places(file, own)
        is_new = True
        # Not recursive: below the folder of an evaluation file a whole disk may lie.
        for found in watch(
            *places,
            watch_filter=counts,
            step=STEP_MS,
            rust_timeout=STEP_MS,
            yield_on_timeout=True,
            recursive=False,
        ):
            if is_new or found:
                # Watching has begun: nothing that changes from here on is missed.
                is_new = False
                yield
                if _places(file, own) != places:
                    break


def _places(file: Path, folders: Sequence[Path]) -> set[Path]:
    below = {path for folder in folders for path in folder.rglob("*") if path.is_dir()}
    return {file.parent, *folders, *below}
