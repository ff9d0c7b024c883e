"""Addressees to the names of officials, for texts and lists alike, so that the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rbrules.model import Designation, Entry, Evaluation, NameSource, Subject, Vocabulary
from rbrules.report.words import label, safe


class Official(NamedTuple):
    """What an official is called in Indonesian or by the file, and what the report shows."""

    nama: str
    shown: str


class Offices:
    """Names the offices of one agency in one language."""

    def __init__(self, evaluation: Evaluation, vocabulary: Vocabulary, lang: str) -> None:
        """Take names from the file first: `pejabat`, and the heads of units that are offices."""
        self.evaluation = evaluation
        self.vocabulary = vocabulary
        self.lang = lang
        self.rows: Mapping[str, Mapping[str, Entry]] = {
            kind: dict(rows) for kind, rows in evaluation.rows.items()
        }
        own = evaluation.root.get("pejabat") or {}
        self.named = {kode: Official(n, n) for kode, n in own.items() if n and n.strip()}
        self.offices: dict[str, str] = {}  # code by name in lower case
        for name, kode in self._office_names():
            self.offices.setdefault(name.casefold(), kode)
        self.heads: dict[str, Official] = {}  # by name in lower case
        for unit in self.rows["unit"]:
            self._read_unit(unit)

    def names(self, addressees: Iterable[str], subject: Subject) -> dict[str, str]:
        """Name the addressees of a recommendation on `subject`, in their order.

        One official has one name: where the head of the unit or the recipient holds an office
        that is an addressee too, both are called alike.
        """
        codes = list(addressees)
        named: dict[str, Official] = {}
        for kode in codes:
            official = self._given(kode, subject)
            if official is not None:
                office = self.offices.get(official.nama.casefold(), kode)
                named[kode] = named[office] = self._formal(office, official)
        return {kode: safe((named.get(kode) or self._general(kode)).shown) for kode in codes}

    def _office_names(self) -> Iterator[tuple[str, str]]:
        """Yield (name, code) for all names of an office; those of the agency come first."""
        yield from ((official.nama, kode) for kode, official in self.named.items())
        for kode, office in self.vocabulary.addressees.items():
            designation = self._designation(kode)
            if not designation.named_by:
                yield from ((name, kode) for name in (designation.nama.id, *office.aliases))

    def _read_unit(self, unit: str) -> None:
        """Learn who heads a unit; a unit that is an office names its holder."""
        head = self._head_of(unit)
        self.heads[head.nama.casefold()] = head
        names = (self._title_of(unit).nama.casefold(), head.nama.casefold())
        office = next((self.offices[name] for name in names if name in self.offices), None)
        if office is not None:
            self.named.setdefault(office, self._formal(office, head))
            self.offices.setdefault(head.nama.casefold(), office)

    def _designation(self, kode: str) -> Designation:
        return self.vocabulary.addressees[kode].designation(self.evaluation.kelompok)

    def _general(self, kode: str) -> Official:
        nama = self._designation(kode).nama
        return self.named.get(kode) or Official(nama.id, nama.in_language(self.lang))

    def _formal(self, office: str, official: Official) -> Official:
        """Prefer the name of the office, unless the vocabulary's says less than the file does."""
        general = self._general(office)
        is_known = office in self.named or general.nama.casefold() == official.nama.casefold()
        return general if is_known else official

    def _given(self, kode: str, subject: Subject) -> Official | None:
        """Return the official that the subject or the agency names, None where neither does."""
        sources = () if kode in self.named else self._designation(kode).named_by
        given = (self._from(source, subject) for source in sources)
        return next(filter(None, given), None)

    def _from(self, source: NameSource, subject: Subject) -> Official | None:
        row = self.rows[subject.kind][subject.id]
        match source:
            case "unit":
                unit = subject.id if subject.kind == "unit" else _text(row, "unit")
                return None if unit is None else self._head_of(unit)
            case "penerima":
                name = _text(row, "penerima")
                return None if name is None else self._recipient(name)
            case "instansi":
                return self._head(self.evaluation.nama)

    def _recipient(self, name: str) -> Official:
        """Return whom an earlier recommendation names; the head of a unit has that one's name."""
        return self.heads.get(name.casefold(), Official(name, name))

    def _head_of(self, unit: str) -> Official:
        kepala = _text(self._unit(unit), "kepala")
        return Official(kepala, kepala) if kepala else self._title_of(unit)

    def _title_of(self, unit: str) -> Official:
        """Name the head of a unit by its name, or by its id where the file has no name."""
        return self._head(_text(self._unit(unit), "nama") or unit)

    def _unit(self, unit: str) -> Entry:
        return self.rows["unit"].get(unit, Entry({}, ""))

    def _head(self, name: str) -> Official:
        title = head_title(name, self.vocabulary.heads) or label("head_of", "id", unit=name)
        # The titles are Indonesian, as the names of units are.
        return Official(title, title if self.lang == "id" else label("head_of", "en", unit=name))


def head_title(unit: str, heads: Mapping[str, str]) -> str | None:
    """Return the title of a unit's head by the first words of its name, the longest that fit.

    Example:
        >>> head_title("Kecamatan Sananwetan", {"kecamatan": "Camat"})
        'Camat Sananwetan'
    """
    words = unit.split()
    for count in range(len(words), 0, -1):
        title = heads.get(" ".join(words[:count]).casefold())
        if title is not None:
            return " ".join([title, *words[count:]])
    return None


def _text(entry: Entry, key: str) -> str | None:
    """Return a text of the file; None where there is none or it is blank."""
    value = entry.get(key)
    return value if isinstance(value, str) and value.strip() else None
