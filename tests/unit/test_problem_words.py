"""Problems in Indonesian: every text of a message is in the list, and nothing of a file is lost."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from string import Template

import pytest

from rbrules.errors import InputError, Problem, Said, joined, say
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.report.problems import in_indonesian, problem_words
from rbrules.rulebook import load_rulebook
from tests.shared import BASE, INVALID, ROOT, RULES, dump, run, shipped_rulebook

TEXTS = json.loads((ROOT / "rbrules" / "report" / "problems.json").read_text("utf-8"))
EVALUATIONS = sorted((INVALID / "evaluation").glob("*.json"))
FOLDERS = sorted(path for path in (INVALID / "rules").iterdir() if path.is_dir())
ELSEWHERE = {"outlook", "proof"}
"""Folders whose messages are not all listed yet: those on what-if paths, goals, costs and cases."""

VALUE = re.compile(
    r'".*(?:"|\.\.\.)|\[.*\]|`.*`|-?[\d.,eE+-]+|-?(Infinity|NaN)|[-.]+(inf|nan)|true|false|null|',
    re.DOTALL,
)
"""What a message quotes of a file stays as it is."""

CODES = re.compile(r"""[\w$./>{}\[\]"-]+(( and |, | -> | \(|; )[\w$./>{}\[\]" -]+\)?)*""")
"""Lists of names, as behind "one of"."""


@cache
def problems() -> tuple[Problem, ...]:
    found: list[Problem] = []
    for path in EVALUATIONS:
        with pytest.raises(InputError) as caught:
            read_evaluation(load_json(path.read_bytes(), path.name), shipped_rulebook())
        found += caught.value.problems
    for folder in FOLDERS:
        with pytest.raises(InputError) as caught:
            load_rulebook([RULES, folder])
        found += caught.value.problems
    return tuple(found)


def parts(text: str) -> Iterator[str]:
    """Yield the template of a text, and the texts that stand in it; not what a parser or a file says."""
    if not isinstance(text, Said):
        yield text
        return
    yield text.template
    for name, value in text.values.items():
        if isinstance(value, str) and name not in {"reason", "tagged", "meant"}:
            yield from parts(value)


def is_listed(text: str) -> bool:
    words = re.sub(r"\$\w+", "", text)
    return text in TEXTS or not re.search("[A-Za-z]", words)


def test_every_text_of_a_message_is_listed():
    missing = {
        text
        for problem in problems()
        for whole in (problem.found, problem.expected, problem.hint)
        for text in parts(whole)
        if not is_listed(text) and not VALUE.fullmatch(text)
    }
    # Alternatives of a schema, and names of keys that a message names as they are.
    rest = {text for text in missing if not CODES.fullmatch(text) or " of " in text}
    assert rest == set()


def test_nothing_that_a_message_quotes_is_lost():
    for problem in problems():
        for text in (problem.found, problem.expected, problem.hint):
            quoted = set(re.findall(r'"[^"]*"|[A-Z]+-\d{3}|\d+', text))
            said = in_indonesian(text)
            kept = {word for word in quoted if word in said}
            assert {w for w in quoted - kept if not w.startswith('"')} == set(), (text, said)


CALLS = {"say", "problem", "Problem", "_problem", "_option", "_stream_problem", "joined"}


def literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from literals(node.body)
            yield from literals(node.orelse)
        case ast.BoolOp():
            for value in node.values:
                yield from literals(value)


def written() -> Iterator[tuple[str, str]]:
    """Yield (file, text) of every literal that is handed to what makes a message."""
    for path in sorted((ROOT / "rbrules").rglob("*.py")):
        if ELSEWHERE & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = (
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            )
            if name in CALLS:
                for argument in (*node.args, *(k.value for k in node.keywords if k.arg != "by")):
                    for text in literals(argument):
                        yield path.name, text


def test_every_literal_of_the_program_is_listed():
    """Also those that no file of tests/invalid brings about."""
    found = set(written())
    assert len(found) > 200
    missing = {(file, text) for file, text in found if " " in text.strip() and not is_listed(text)}
    assert missing == set()


@pytest.mark.parametrize(("english", "indonesian"), TEXTS.items())
def test_both_texts_have_the_same_placeholders(english, indonesian):
    names = [
        sorted(
            m["named"] or m["braced"] or "$"
            for m in Template.pattern.finditer(t)
            if m["named"] or m["braced"]
        )
        for t in (english, indonesian)
    ]
    if english.startswith("a $kind written"):
        return
    assert names[0] == names[1]


def test_a_text_is_said_part_by_part():
    text = joined(say("the key $key", key='"a"'), "", "no key here", by=" or ")
    assert text == 'the key "a" or no key here'
    assert in_indonesian(text) == 'kunci "a" atau tanpa kunci di sini'
    assert in_indonesian('"no key here"') == '"no key here"'
    assert joined("", "a") == "a"
    assert joined() == ""


def test_values_of_a_file_are_not_said_in_another_language():
    tree = {**BASE, "kinerja": [{"id": "a number", "unit": "a file"}], "unit": [{"id": "a day"}]}
    with pytest.raises(InputError) as caught:
        read_evaluation(load_json(dump(tree), "a number"), shipped_rulebook())
    (problem,) = caught.value.problems
    assert problem_words(problem, "id").startswith(
        'a number:1:146: pada /kinerja/0/unit ditemukan "a file"; seharusnya id unit'
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", "tiada.json"), "tiada.json: ditemukan berkas atau folder tidak ada; seharusnya berkas yang dapat dibaca"),
        (("check", "{file}", "-o", "{file}"), "ditemukan berkas evaluasi itu sendiri; seharusnya berkas lain sesudah -o\n    Laporan akan menimpanya."),
        (("check", "{file}", "-o", "tiada/x.txt"), "ditemukan berkas atau folder tidak ada; seharusnya berkas yang dapat ditulis"),
        (("check", "{file}", "--only", "PK-01"), '--only: ditemukan "PK-01"; seharusnya nama yang dikenal\n    Yang terdekat'),
        (("recommend", "{file}", "--format", "xlsx"), "Tambahkan -o FILE"),
        (("compare", "{file}"), "seharusnya dua berkas atau lebih, dari tahun yang berbeda"),
        (("explain", "PK-01"), 'RULE: ditemukan "PK-01"'),
        (("check", "{file}", "--rules", "tiada"), "tiada: ditemukan folder tidak ada; seharusnya folder berisi berkas aturan"),
        (("check", "-", "--watch"), "--watch: ditemukan masukan baku; seharusnya berkas yang dapat berubah"),
    ],
)  # fmt: skip
def test_usage_and_files_in_indonesian(words, told, tmp_path):
    file = tmp_path / "instansi.json"
    file.write_bytes(dump(BASE))
    arguments = [word.format(file=file) for word in words]
    done = run(*arguments, "--lang", "id", cwd=tmp_path)
    message = done.stderr.decode()
    if "PK-01" in words:
        told = told.partition("\n")[0]
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in message
    assert message.endswith("1 masalah; tidak ada laporan yang dibuat.\n")
    by_variable = run(*arguments, cwd=tmp_path, RBRULES_LANG="id")
    by_locale = run(*arguments, cwd=tmp_path, LANG="id_ID.UTF-8")
    assert by_variable.stderr == by_locale.stderr == done.stderr
    assert b"found" in run(*arguments, cwd=tmp_path).stderr
