"""The lines that an instrument has for a group, each with what the file says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from rbrules.index.given import Given, by_code, read_answer, read_line, sakip_rows
from rbrules.model import Entry, Evaluation, Instrument, LineSet, LineSpec, Vocabulary

Pair = tuple[LineSpec, Given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that decides an index: the file, the instrument, the words and the day."""

    evaluation: Evaluation
    vocabulary: Vocabulary
    instrument: Instrument
    day: date

    @property
    def lines(self) -> LineSet | None:
        """The lines of the agency's group on the day; None where the instrument lists none."""
        lines = self.instrument.set_for(self.evaluation.kelompok)
        return lines.on(self.day) if lines else None


def pairs_of(setting: Setting) -> tuple[Pair, ...]:
    """Pair the lines of the group with the file, in instrument order, theme lines last.

    Returns:
        Every line of the group, listed in the file or not; () where the instrument has none.
    """
    if setting.instrument.measures == "sakip":
        return _sakip_pairs(setting)
    return (*_general_pairs(setting), *_theme_pairs(setting))


def outside_of(setting: Setting) -> tuple[str, ...]:
    """List the listed RB lines that the group does not have; none where there is no list."""
    lines, words = setting.lines, setting.vocabulary
    if lines is None or setting.instrument.measures == "sakip":
        return ()
    general = by_code(setting.evaluation.root.entries("indikator"), words.lines, words)
    strangers = set(general) - {spec.kode for spec in lines.lines}
    allowed = {spec.kode for spec in lines.tema_lines}
    for tema, entry in _themes(setting).items():
        stray = themes_hold(setting) and tema not in lines.tema
        given = _theme_lines(entry, setting)
        strangers |= {f"{tema}.{kode}" for kode in given if stray or kode not in allowed}
    return tuple(sorted(strangers))


def _general_pairs(setting: Setting) -> tuple[Pair, ...]:
    if setting.lines is None:
        return ()
    root, words = setting.evaluation.root, setting.vocabulary
    given = by_code(root.entries("indikator"), words.lines, words)
    section = root.at("indikator")
    return tuple((s, read_line(given.get(s.kode), section)) for s in setting.lines.lines)


def _theme_pairs(setting: Setting) -> tuple[Pair, ...]:
    """Pair the lines of each theme; of the file's themes where the list does not hold."""
    if setting.lines is None:
        return ()
    themes = _themes(setting)
    holds = themes_hold(setting)
    pairs: list[Pair] = []
    for tema in setting.lines.tema if holds else sorted(themes):
        given = _theme_lines(themes.get(tema), setting)
        section = themes[tema].at("lines") if tema in themes else setting.evaluation.root.at("tema")
        for spec in setting.lines.tema_lines:
            known = spec if holds else replace(spec, bobot=None, ranges=(), verified=False)
            named = replace(known, kode=f"{tema}.{spec.kode}")
            pairs.append((named, read_line(given.get(spec.kode), section)))
    return tuple(pairs)


def _sakip_pairs(setting: Setting) -> tuple[Pair, ...]:
    if setting.lines is None:
        return ()
    rows = sakip_rows(setting.evaluation)
    pairs: list[Pair] = []
    for spec in setting.lines.lines:
        komponen, _, sub = spec.kode.partition(".")
        row = rows.get(komponen)
        subs = {entry.get("kode"): entry for entry in row.entries("sub")} if row else {}
        section = row.at("sub") if row else setting.evaluation.root.at("sakip", "komponen")
        pairs.append((spec, read_answer(subs.get(sub), section, setting.instrument.jawaban)))
    return tuple(pairs)


def _themes(setting: Setting) -> Mapping[str, Entry]:
    words = setting.vocabulary
    return by_code(setting.evaluation.root.entries("tema"), words.tema, words)


def _theme_lines(tema: Entry | None, setting: Setting) -> Mapping[str, Entry]:
    words = setting.vocabulary
    return by_code(tema.entries("lines"), words.tema_lines, words) if tema else {}


def themes_hold(setting: Setting) -> bool:
    """Tell whether the list of themes of the instrument holds on the day."""
    lines = setting.lines
    return lines is None or lines.tema_valid is None or lines.tema_valid.holds_on(setting.day)
