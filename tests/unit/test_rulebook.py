"""Rule folders to rulebooks: order and place of files do not count, dates do."""

import dataclasses
import json
import random
import shutil
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from rbrules.conditions import (
    MAX_ATOMS,
    MAX_DEPTH,
    closed_words,
    leaves,
    named_parameters,
    tallies,
)
from rbrules.errors import InputError
from rbrules.fields import CATALOGUE
from rbrules.load.files import rule_files
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import Condition, Constant, Rule, Rulebook
from rbrules.rulebook import edition, load_rulebook, strata
from tests.shared import RULES, shipped_rulebook

RULE = """\
id: {id}
title: {{id: Judul, en: Title}}
severity: low
applies_to: {kind}
when: {when}
message: {{id: Teks, en: Text}}
recommendation: {{id: Teks, en: Text, addressee: [unit]}}
citation: []
source: project
valid: {{{valid}}}
"""
PARAMETER = """\
id: ambang_uji
title: {id: Ambang, en: Threshold}
unit: poin
values:
  - {value: 2.50, from: 2023-01-01, source: project}
  - {value: 1, from: 2021-01-01, to: 2021-12-31, source: project}
  - {value: 1.5, from: 2022-01-01, to: 2022-12-31, source: project}
"""
DAY = timedelta(days=1)


def rule_text(
    id_="UJI-001", when="{nama: {missing: true}}", kind="kinerja", valid="from: 2021-01-01"
):
    return RULE.format(id=id_, when=when, kind=kind, valid=valid)


def overlay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def load(folder: Path, files: dict[str, str]) -> Rulebook:
    return load_rulebook([RULES, overlay(folder, files)])


def problems(folder, files):
    with pytest.raises(InputError) as caught:
        load(folder, files)
    return [(p.file, p.pointer, p.found, p.expected) for p in caught.value.problems]


def rule_of(rulebook: Rulebook, id_: str) -> Rule:
    return next(rule for rule in rulebook.rules if rule.id == id_)


def without_files(rulebook: Rulebook) -> Rulebook:
    """Forget where the files lie, which is all that another folder may change."""
    return dataclasses.replace(
        rulebook,
        own=frozenset(),
        rules=tuple(dataclasses.replace(rule, file="") for rule in rulebook.rules),
        instruments=tuple(dataclasses.replace(i, file="") for i in rulebook.instruments),
        parameters={k: dataclasses.replace(p, file="") for k, p in rulebook.parameters.items()},
    )


def numbers_of(node):
    """Yield everything inside a rulebook."""
    yield node
    if dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from numbers_of(getattr(node, field.name))
    elif isinstance(node, dict):
        for part in node.values():
            yield from numbers_of(part)
    elif isinstance(node, list | tuple | frozenset | set):
        for part in node:
            yield from numbers_of(part)


# --- words of closed lists ---------------------------------------------------------------------

CLOSED = {
    "instansi": {"kelompok"},
    "indikator": {"kelompok", "kode", "kategori", "status"},
    "kinerja": {
        "kelompok",
        "jenjang",
        "jenis",
        "arah",
        "rumus_capaian",
        "induk_jenjang",
        "frekuensi",
    },
    "unit": {"kelompok", "klaster"},
    "tema": {"kelompok", "kode", "dampak_arah"},
    "rencana_aksi": {"kelompok", "indikator", "status"},
    "rekomendasi": {"kelompok", "skema", "status"},
}


def words(kind, name):
    return closed_words(kind, name, shipped_rulebook().vocabulary)[0]


def test_fields_with_a_closed_list_of_words():
    found = {
        kind: {name for name in fields if words(kind, name)} for kind, fields in CATALOGUE.items()
    }
    assert found == CLOSED
    assert words("kinerja", "induk_jenjang") == ("tujuan", "sasaran", "program", "kegiatan")
    assert words("tema", "dampak_arah") == words("kinerja", "arah") == ("naik", "turun", "rentang")


@pytest.mark.parametrize(
    ("kind", "name"), [(k, n) for k, names in CLOSED.items() for n in sorted(names)]
)
def test_every_word_of_a_list_may_be_asked_for_and_no_other(tmp_path, kind, name):
    known = ", ".join(words(kind, name))
    parts = f"{{in: [{known}]}}", f"{{not_in: [{known}]}}", '{is_not: ""}', "{present: true}"
    when = f"{{any: [{', '.join(f'{{{name}: {part}}}' for part in parts)}]}}"
    load(tmp_path, {"UJI-001.yaml": rule_text(when=when, kind=kind)})
    for operator, word in (("is", "x"), ("is_not", "x"), ("in", "[x]"), ("begins_with", "[x]")):
        text = rule_text(when=f"{{{name}: {{{operator}: {word}}}}}", kind=kind)
        ((_, pointer, found, expected),) = problems(tmp_path, {"UJI-001.yaml": text})
        assert pointer == f"/when/{name}/{operator}" + ("/0" if word == "[x]" else "")
        assert (found, expected) == ('"x"', f"one of {known}")


# --- the shipped rulebook ----------------------------------------------------------------------


def test_shipped_rules_are_read_and_sorted():
    rulebook = shipped_rulebook()
    ids = [rule.id for rule in rulebook.rules]
    assert ids == sorted(ids)
    assert list(rulebook.parameters) == sorted(rulebook.parameters)
    assert [i.id for i in rulebook.instruments] == sorted(i.id for i in rulebook.instruments)
    assert all(rule.family in rulebook.vocabulary.families for rule in rulebook.rules)


def test_no_float_in_the_rulebook():
    kinds = {type(part) for part in numbers_of(shipped_rulebook())}
    assert float not in kinds
    assert Decimal in kinds


def test_a_rulebook_is_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped_rulebook().digest = ""
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped_rulebook().rules[0].severity = None


# --- order and place ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_order_of_files_does_not_count(monkeypatch, seed):
    def shuffled(folder):
        files = list(rule_files(folder))
        random.Random(seed).shuffle(files)
        return tuple(files)

    monkeypatch.setattr("rbrules.rulebook.rule_files", shuffled)
    assert load_rulebook([RULES]) == shipped_rulebook()


def test_name_of_the_folder_does_not_count(tmp_path):
    copied = tmp_path / "aturan lain"
    shutil.copytree(RULES, copied)
    again = load_rulebook([copied])
    assert without_files(again) == without_files(shipped_rulebook())
    assert again.rules[0].file.startswith("aturan lain/")


def test_the_current_folder_has_a_name(tmp_path, monkeypatch):
    overlay(tmp_path / "lokal", {"uji/UJI-001.yaml": "x: 1\n"})
    monkeypatch.chdir(tmp_path / "lokal")
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, Path()])
    assert {problem.file for problem in caught.value.problems} == {"lokal/uji/UJI-001.yaml"}


def test_rules_in_two_folders_are_the_same_rulebook(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    shutil.copytree(RULES, first)
    (second / "perencanaan").mkdir(parents=True)
    shutil.move(first / "perencanaan" / "PK-001.yaml", second / "perencanaan" / "PK-001.yaml")
    for folders in ([first, second], [second, first]):
        again = load_rulebook(folders)
        assert without_files(again) == without_files(shipped_rulebook())


def test_the_digest_changes_with_content_only(tmp_path):
    digest = load(tmp_path / "a", {"uji/UJI-001.yaml": rule_text()}).digest
    assert digest != shipped_rulebook().digest
    assert load(tmp_path / "b", {"uji/UJI-001.yaml": rule_text()}).digest == digest
    assert load(tmp_path / "c", {"uji/UJI-001.yaml": rule_text() + "# x\n"}).digest != digest
    assert load(tmp_path / "d", {"lain/UJI-001.yaml": rule_text()}).digest != digest
    more = {"uji/UJI-001.yaml": rule_text(), "uji/UJI-001.cases.yaml": "x: 1", "uji/README.md": "x"}
    assert load(tmp_path / "e", more).digest == digest


def test_the_family_is_the_folder(tmp_path):
    files = {"uji/UJI-001.yaml": rule_text(), "UJI-002.yaml": rule_text("UJI-002")}
    rulebook = load(tmp_path, files)
    assert rule_of(rulebook, "UJI-001").family == "uji"
    assert rule_of(rulebook, "UJI-002").family == "lokal"


# --- JSON and YAML -----------------------------------------------------------------------------


def test_json_rule_files_work(tmp_path):
    text = rule_text(when="{tahun: {above: 2020.50}}")
    tree = load_yaml(text.encode(), "x").tree
    from_yaml = load(tmp_path / "a", {"uji/UJI-001.yaml": text})
    as_json = json.dumps(tree, default=float)
    from_json = load(tmp_path / "b", {"uji/UJI-001.json": as_json})
    one, other = (without_files(book) for book in (from_yaml, from_json))
    assert one.rules == other.rules
    assert one.digest != other.digest


def test_literals_keep_their_digits(tmp_path):
    rulebook = load(tmp_path, {"uji/UJI-001.yaml": rule_text(when="{tahun: {above: 1.50}}")})
    (atom,) = leaves(rule_of(rulebook, "UJI-001").when)
    assert atom.operand.base.value.as_tuple() == Decimal("1.50").as_tuple()


def test_words_that_old_yaml_takes_for_truths(tmp_path):
    rulebook = load(
        tmp_path, {"uji/UJI-001.yaml": rule_text(when="{satuan: {in: [no, on, 12:30]}}")}
    )
    (atom,) = leaves(rule_of(rulebook, "UJI-001").when)
    assert atom.operand.base.value == ("no", "on", "12:30")


# --- limits ------------------------------------------------------------------------------------


def test_depth_of_a_condition(tmp_path):
    def when(depth):
        text = "{nama: {missing: true}}"
        for _ in range(depth - 1):
            text = f"{{not: {text}}}"
        return {"uji/UJI-001.yaml": rule_text(when=text)}

    load(tmp_path, when(MAX_DEPTH))
    assert [p[2] for p in problems(tmp_path, when(MAX_DEPTH + 1))] == ["a deeper condition"]


def test_number_of_comparisons(tmp_path):
    def when(number):
        parts = ", ".join(["{nama: {missing: true}}"] * number)
        return {"uji/UJI-001.yaml": rule_text(when=f"{{any: [{parts}]}}")}

    load(tmp_path, when(MAX_ATOMS))
    assert [p[2] for p in problems(tmp_path, when(MAX_ATOMS + 1))] == ["more comparisons"]


# --- dates -------------------------------------------------------------------------------------


def days_of_change(rulebook: Rulebook) -> set[date]:
    """Every day on which a rule or a value begins, and every day after its last one."""
    periods = [rule.valid for rule in rulebook.rules]
    periods += [v.valid for p in rulebook.parameters.values() for v in p.values]
    starts = {period.start for period in periods}
    return starts | {period.to + DAY for period in periods if period.to is not None}


def test_editions_on_both_sides_of_every_change():
    rulebook = shipped_rulebook()
    for day in sorted(days_of_change(rulebook)):
        for today in (day - DAY, day):
            taken = edition(rulebook, today)
            assert [rule.id for rule in taken.rules] == [
                rule.id for rule in rulebook.rules if rule.valid.holds_on(today)
            ]
            for name, constant in taken.parameters.items():
                (value,) = [v for v in rulebook.parameters[name].values if v.valid.holds_on(today)]
                assert constant == Constant(value.value, name)
            for rule in taken.rules:
                assert all(constant_of(leaf) is not None for leaf in constants(rule.when))
        before = {rule.id for rule in edition(rulebook, day - DAY).rules}
        after = {rule.id for rule in edition(rulebook, day).rules}
        changed = before ^ after
        assert changed == {
            rule.id
            for rule in rulebook.rules
            if rule.valid.holds_on(day) != rule.valid.holds_on(day - DAY)
        }


def constants(condition: Condition):
    for leaf in leaves(condition):
        for part in (leaf.operand.base, leaf.operand.times, leaf.operand.plus):
            if isinstance(part, Constant):
                yield part


def constant_of(constant: Constant):
    return constant.value


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2021-01-01", "1"), ("2021-12-31", "1"), ("2022-01-01", "1.5"), ("2022-12-31", "1.5"),
        ("2023-01-01", "2.50"), ("2099-12-31", "2.50"),
    ],
)  # fmt: skip
def test_an_edition_picks_the_value_in_force(tmp_path, day, value):
    files = {
        "parameters/ambang_uji.yaml": PARAMETER,
        "uji/UJI-001.yaml": rule_text(when="{tahun: {above: {param: ambang_uji, times: 1.10}}}"),
    }
    rulebook = load(tmp_path, files)
    assert named_parameters(rule_of(rulebook, "UJI-001")) == ("ambang_uji",)
    taken = edition(rulebook, date.fromisoformat(day))
    assert taken.parameters["ambang_uji"].value.as_tuple() == Decimal(value).as_tuple()
    rule = next(rule for rule in taken.rules if rule.id == "UJI-001")
    (atom,) = leaves(rule.when)
    assert atom.operand.base == Constant(Decimal(value), "ambang_uji")
    assert atom.operand.times == Constant(Decimal("1.10"))
    (unresolved,) = leaves(rule_of(rulebook, "UJI-001").when)
    assert unresolved.operand.base == Constant(None, "ambang_uji")


def test_before_its_first_day_a_parameter_does_not_exist(tmp_path):
    rulebook = load(tmp_path, {"parameters/ambang_uji.yaml": PARAMETER})
    assert "ambang_uji" not in edition(rulebook, date(2020, 12, 31)).parameters


def test_a_gap_counts_only_inside_the_rules_period(tmp_path):
    when = "{tahun: {above: {param: ambang_uji}}}"
    text = PARAMETER.replace("2022-01-01, to", "2022-01-02, to")
    files = {"parameters/ambang_uji.yaml": text}
    for valid, fits in (
        ("from: 2022-01-02", True),
        ("from: 2021-01-01, to: 2021-12-31", True),
        ("from: 2021-01-01, to: 2022-01-01", False),
        ("from: 2022-01-01", False),
        ("from: 2020-12-31, to: 2021-01-01", False),
    ):
        more = files | {"uji/UJI-001.yaml": rule_text(when=when, valid=valid)}
        if fits:
            load(tmp_path, more)
        else:
            assert [p[1] for p in problems(tmp_path, more)] == ["/valid"]


def test_days_as_parameters(tmp_path):
    text = PARAMETER.replace("unit: poin", "unit: tanggal").replace("2.50", "2024-02-29")
    text = text.replace("value: 1.5", "value: 2023-06-30").replace(
        "value: 1,", "value: [2021-06-30],"
    )
    rulebook = load(tmp_path, {"parameters/ambang_uji.yaml": text})
    values = [value.value for value in rulebook.parameters["ambang_uji"].values]
    assert values == [(date(2021, 6, 30),), date(2023, 6, 30), date(2024, 2, 29)]


# --- rules that count rules --------------------------------------------------------------------


def test_strata_put_counted_rules_first():
    groups = strata(shipped_rulebook().rules)
    place = {rule.id: number for number, group in enumerate(groups) for rule in group}
    assert set(place) == {rule.id for rule in shipped_rulebook().rules}
    assert len(groups) > 1
    for rule in shipped_rulebook().rules:
        for tally in tallies(rule):
            assert place[tally.rule] < place[rule.id]


def test_three_strata(tmp_path):
    count = "{{count: {{rule: {}, verdict: finding, at_least: 1}}}}"
    files = {
        "uji/UJI-001.yaml": rule_text(),
        "uji/UJI-002.yaml": rule_text("UJI-002", count.format("UJI-001"), "unit"),
        "uji/UJI-003.yaml": rule_text("UJI-003", count.format("UJI-002"), "instansi"),
    }
    rulebook = load(tmp_path, files)
    mine = [rule_of(rulebook, id_) for id_ in ("UJI-003", "UJI-001", "UJI-002")]
    ids = [[rule.id for rule in group] for group in strata(tuple(mine))]
    assert ids == [["UJI-001"], ["UJI-002"], ["UJI-003"]]


def test_a_cycle_is_named_once(tmp_path):
    count = "{{count: {{rule: {}, verdict: finding, at_least: 1}}}}"
    files = {
        "uji/UJI-001.yaml": rule_text("UJI-001", count.format("UJI-002"), "instansi"),
        "uji/UJI-002.yaml": rule_text("UJI-002", count.format("UJI-003"), "unit"),
        "uji/UJI-003.yaml": rule_text("UJI-003", count.format("UJI-001"), "unit"),
    }
    found = [p[2] for p in problems(tmp_path, files) if "each other" in p[2]]
    assert found == ["rules that count each other: UJI-001 -> UJI-002 -> UJI-003 -> UJI-001"]


def test_a_counted_rule_whose_file_is_broken_is_not_called_unknown(tmp_path):
    count = "{count: {rule: UJI-001, verdict: finding, at_least: 1}}"
    files = {
        "uji/UJI-001.yaml": "id: [\n",
        "uji/UJI-002.yaml": rule_text("UJI-002", count, "instansi"),
    }
    assert [p[0].rpartition("/")[2] for p in problems(tmp_path, files)] == ["UJI-001.yaml"]


# --- what must not be named --------------------------------------------------------------------


def test_a_broken_vocabulary_does_not_make_every_name_unknown(tmp_path):
    files = {"vocabulary/uji.yaml": "lines: [\n", "uji/UJI-001.yaml": rule_text()}
    assert [p[0].rpartition("/")[2] for p in problems(tmp_path, files)] == ["uji.yaml"]


def test_later_folders_add_names(tmp_path):
    files = {
        "vocabulary/uji.yaml": "addressees:\n  camat:\n    nama: {id: Camat, en: Head of district}\n",
        "uji/UJI-001.yaml": rule_text().replace("[unit]", "[camat]"),
    }
    rulebook = load(tmp_path, files)
    assert rulebook.vocabulary.addressees["camat"].nama.id == "Camat"
    assert "unit" in rulebook.vocabulary.addressees


def test_a_folder_that_does_not_exist():
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, Path("no/such/folder")])
    (problem,) = caught.value.problems
    assert str(problem) == "no/such/folder: found no such folder; expected a folder of rule files"


def test_resolved_numbers_are_exact():
    for rule in edition(shipped_rulebook(), date(2024, 12, 31)).rules:
        for constant in constants(rule.when):
            values = constant.value if isinstance(constant.value, tuple) else (constant.value,)
            assert all(isinstance(v, str | bool | date | Decimal | Fraction) for v in values)
