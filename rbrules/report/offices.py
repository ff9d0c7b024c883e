"""Addressees to the names of officials, for texts and lists alike, so that the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rbrules.model import Entry, Evaluation, NameSource, Subject, Vocabulary
from rbrules.report.words import label, safe


class Offices:
    """Names the offices of one agency in one language."""

    def __init__(self, evaluation: Evaluation, vocabulary: Vocabulary, lang: str) -> None:
        """Take names from the file first: what an agency calls its own offices is right."""
        self.evaluation = evaluation
        self.vocabulary = vocabulary
        self.lang = lang
        self.rows: Mapping[str, Mapping[str, Entry]] = {
            kind: dict(rows) for kind, rows in evaluation.rows.items()
        }
        pejabat = evaluation.root.get("pejabat") or {}
        self.own = {kode: name for kode, name in pejabat.items() if name and name.strip()}

    def names(self, addressees: Iterable[str], subject: Subject) -> dict[str, str]:
        """Name the addressees of a recommendation on `subject`, in their order.

        Where an earlier recommendation names an office that is an addressee too, both have one
        name: the agency's own, else the one in the recommendation.
        """
        names = {kode: self._name(kode, subject) for kode in addressees}
        given = self._recipient(subject)
        if given is not None:
            called = {kode for kode in names if self._is_called(kode, given)}
            same = next((self.own[kode] for kode in called & self.own.keys()), given)
            names = {k: same if k in called or n == given else n for k, n in names.items()}
        return {kode: safe(name) for kode, name in names.items()}

    def _name(self, kode: str, subject: Subject) -> str:
        designation = self.vocabulary.addressees[kode].designation(self.evaluation.kelompok)
        given = (self._given(source, subject) for source in designation.named_by)
        own = self.own.get(kode)
        return own or next(filter(None, given), None) or designation.nama.in_language(self.lang)

    def _given(self, source: NameSource, subject: Subject) -> str | None:
        match source:
            case "unit":
                return self._unit_head(subject)
            case "penerima":
                return self._recipient(subject)
            case "instansi":
                return self._head(self.evaluation.nama)

    def _recipient(self, subject: Subject) -> str | None:
        return _text(self.rows[subject.kind][subject.id], "penerima")

    def _unit_head(self, subject: Subject) -> str | None:
        id_ = subject.id
        if subject.kind != "unit":
            named = _text(self.rows[subject.kind][subject.id], "unit")
            if named is None:
                return None
            id_ = named
        unit = self.rows["unit"].get(id_, Entry({}, ""))
        return _text(unit, "kepala") or self._head(_text(unit, "nama") or id_)

    def _head(self, name: str) -> str:
        # The titles are Indonesian, as the names of units are.
        title = head_title(name, self.vocabulary.heads) if self.lang == "id" else None
        return title or label("head_of", self.lang, unit=name)

    def _is_called(self, kode: str, name: str) -> bool:
        """Tell whether `name` is one of the names of an office."""
        names = (kode, self.own.get(kode, ""), *self.vocabulary.addressees[kode].aliases)
        return name.casefold() in (other.casefold() for other in names)


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
