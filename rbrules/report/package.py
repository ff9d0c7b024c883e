"""Office packages (XLSX, DOCX) without the moment of writing: equal input gives equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Final

CORE: Final = "docProps/core.xml"
"""The part that says when a document was made."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold."""

_STAMPS: Final = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*")


def settled(data: bytes, day: date) -> bytes:
    """Return a package that says that it was made on `day`, its parts in the same order."""
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as written,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for name in written.namelist():
            part = written.read(name)
            if name == CORE:
                part = _STAMPS.sub(lambda match: match[1] + stamp, part)
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # else the system on which it was written
            whole.writestr(member, part)
    return stream.getvalue()
