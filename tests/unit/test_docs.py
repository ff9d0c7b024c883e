"""What the pages show is true: rules load, cases hold, files are valid, commands run."""

import copy
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import simplejson

import rbrules
from rbrules.conditions import OPERATORS
from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import Verdict
from rbrules.pipeline import Selection, check
from rbrules.resources import SCHEMAS, shipped
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"
GUIDE = ROOT / "docs" / "rule-authoring.md"
"""Its files and commands build on each other: tests/unit/test_rule_authoring.py takes them in order."""

DOCS = sorted(path for path in (ROOT / "docs").glob("*.md") if path != GUIDE)
PAGES = [README, ROOT / "CONTRIBUTING.md", *DOCS]
BASE = {
    "versi": 1,
    "instansi": {"nama": "Instansi Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: the page and line where it begins, its language, its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.page.name}:{self.line}"


def blocks(page):
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[2], textwrap.dedent(found[3]))


BLOCKS = [block for page in PAGES for block in blocks(page)]


def of(language):
    return [block for block in BLOCKS if block.language == language]


# --- rules, parameters and cases -----------------------------------------------------------------

PADDING = {
    "title": {"id": "Contoh", "en": "Example"},
    "severity": "low",
    "message": {"id": "Contoh.", "en": "Example."},
    "recommendation": {"id": "Contoh.", "en": "Example.", "addressee": ["unit"]},
    "citation": [],
    "source": "project",
    "valid": {"from": "2022-01-01"},
}
"""What an example leaves out that shows a condition only."""


def kind_of(tree):
    if tree.keys() & {"repos", "jobs"}:
        return "ci"  # tests/unit/test_ci.py runs it
    if "cases" in tree:
        return "cases"
    if "pengecualian" in tree:
        return "waivers"
    if tree.keys() & {"rules", "parameters"}:
        return "overrides"
    if "when" in tree:
        return "rule"
    return "parameter" if "values" in tree else "unknown"


def write(folder, name, tree):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(simplejson.dumps(tree, use_decimal=True), "utf-8")


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    """Write the examples of all pages as one further rule folder, and their cases by rule id."""
    folder = tmp_path_factory.mktemp("contoh")
    known = {rule.id for rule in load_rulebook([shipped("rules")]).rules}
    cases = {}
    for number, block in enumerate(of("yaml"), 900):
        tree = load_yaml(block.text.encode(), str(block)).tree
        match kind_of(tree):
            case "rule" if tree.get("id") in known:
                continue
            case "rule":
                rule = {"id": f"CON-{number}", **PADDING, **tree}
                write(folder, f"contoh/{rule['id']}.json", rule)
            case "parameter":
                write(folder, f"parameters/{tree['id']}.json", tree)
            case "cases":
                cases[tree["rule"]] = tree
                write(folder, f"contoh/{tree['rule']}.cases.json", tree)
            case "overrides" | "waivers" | "ci":
                continue
            case _:
                pytest.fail(f"{block}: neither a rule nor a parameter nor cases")
    return folder, cases


def test_rules_of_the_pages_load(overlay):
    folder, _ = overlay
    added = load_rulebook([shipped("rules"), folder])
    assert len(added.rules) > len(load_rulebook([shipped("rules")]).rules) + 5


ROOT_FILES = {"overrides": "overrides.json", "waivers": "pengecualian.json"}


def root_files():
    """Return the examples of files at the root of a rule folder: (block, kind, tree)."""
    trees = [(block, load_yaml(block.text.encode(), str(block)).tree) for block in of("yaml")]
    return [(b, kind_of(t), t) for b, t in trees if kind_of(t) in ROOT_FILES]


@pytest.mark.parametrize(
    ("kind", "tree"), [pytest.param(k, t, id=str(b)) for b, k, t in root_files()]
)
def test_overrides_and_waivers_of_the_pages_load_and_say_what_they_do(tmp_path, kind, tree):
    write(tmp_path / "a", ROOT_FILES[kind], tree)
    rulebook = load_rulebook([shipped("rules"), tmp_path / "a"])
    if kind == "overrides":
        changed = {*tree.get("rules", {}), *tree.get("parameters", {})}
        assert {override.id for override in rulebook.overrides} == changed
        return
    data = (ROOT / "samples" / "contoh-temuan.json").read_bytes()
    evaluation = read_evaluation(load_json(data, "x"), rulebook)
    day = date(2024, 2, 7)
    report = check(rulebook, evaluation, as_of=day, engine=PythonEngine())
    assert [state for _, state in report.waivers] == ["used"] * len(tree["pengecualian"])


def test_root_files_of_the_pages():
    shown = {(block.page.name, kind) for block, kind, _ in root_files()}
    assert shown == {
        (page, kind) for page in ("rule-language.md", "panduan.md") for kind in ROOT_FILES
    }


def test_cases_of_the_pages_hold(overlay):
    folder, cases = overlay
    rulebook = load_rulebook([shipped("rules"), folder])
    assert len(cases) >= 2
    for rule, tree in cases.items():
        text = simplejson.dumps(tree, use_decimal=True)
        assert problems_of(load_json(text.encode(), rule), "cases") == []
        seen = set()
        for case in tree["cases"]:
            fragment = {**copy.deepcopy(BASE), **tree.get("base", {}), **case["evaluation"]}
            data = simplejson.dumps(fragment, use_decimal=True).encode()
            report = check(
                rulebook,
                read_evaluation(load_json(data, case["name"]), rulebook),
                as_of=date.fromisoformat(case.get("as_of", "2024-03-31")),
                engine=PythonEngine(),
                selection=Selection(only=frozenset({rule})),
            )
            found = {outcome.subject.id: outcome.verdict.value for outcome in report.outcomes}
            assert found == case["expect"], case["name"]
            seen |= set(found.values())
        assert seen >= {Verdict.FINDING, Verdict.PASS, Verdict.UNKNOWN}


def test_shipped_rules_are_quoted_truly():
    quoted = 0
    for block in of("yaml"):
        tree = load_yaml(block.text.encode(), str(block)).tree
        paths = list(shipped("rules").glob(f"*/{tree.get('id')}.yaml"))
        if paths and kind_of(tree) == "rule":
            whole = load_yaml(paths[0].read_bytes(), paths[0].name).tree
            assert {key: whole.get(key) for key in tree} == tree, str(block)
            quoted += 1
    assert quoted


def test_table_of_operators_is_that_of_the_code():
    text = (ROOT / "docs" / "rule-language.md").read_text("utf-8")
    section = text.partition("## Operators\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    types = rows[0][1:-1]
    allowed = {
        name: {row[0].strip("`") for row in rows[2:] if row[column] == "yes"}
        for column, name in enumerate(types, 1)
    }
    assert allowed == {name: set(words) for name, words in OPERATORS.items() if words}


# --- evaluation files ----------------------------------------------------------------------------


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_evaluation_examples_are_valid(block):
    rulebook = load_rulebook([shipped("rules")])
    text = block.text
    if not text.lstrip().startswith("{"):
        # Keys of one planning indicator.
        entry = f'{{"id": "IKU-01", {text}}}'
        whole = {**BASE, "kinerja": [simplejson.loads(entry, use_decimal=True)]}
        text = simplejson.dumps(whole, use_decimal=True)
    document = load_json(text.encode(), str(block))
    read_evaluation(document, rulebook)


# --- commands ------------------------------------------------------------------------------------

_COMMAND = re.compile(r"^(?:\$ )?rbrules (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`rbrules ([^`]+)`")
_OPTIONAL = re.compile(r"\[[A-Z]+\]")
_MODEL = {
    "FILE": "samples/real-blitar-2023.json",
    "FILE...": "samples/real-blitar-2023.json",
    "FILE1": "samples/real-blitar-2022.json",
    "FILE2": "samples/real-blitar-2023.json",
    "ID": "PK-001",
    "NAME": "evaluation",
    "DIR": "aturan-kita",
    "FOLDER": "samples",
    "PATH=VALUE": "hasil_terbit.indeks_rb=72",
}
_ELSEWHERE = {"--watch", "--install-completion"}
"""What never ends, and what changes the shell; tests of their own run them."""

_NEW = [
    "--dir",
    "aturan-kita",
    "--subject",
    "kinerja",
    "--severity",
    "low",
    "--field",
    "capaian",
    "--addressee",
    "unit",
]


def commands():
    """Yield (page, words) for every command of the pages, each once."""
    seen = set()
    for page in PAGES:
        fenced = [block for block in BLOCKS if block.page == page and block.language]
        found = [line for block in fenced for line in _COMMAND.findall(block.text)]
        found += _INLINE.findall(_FENCE.sub("", page.read_text("utf-8")))
        for line in found:
            words = tuple(shlex.split(_OPTIONAL.sub("", line)))
            if words not in seen and not _ELSEWHERE & set(words):
                seen.add(words)
                yield page.name, words


COMMANDS = list(commands())


def run(arguments, cwd, columns=None):
    code = "from rbrules.cli.main import app; app(prog_name='rbrules')"
    environment = {
        **{key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LANG"}},
        "PYTHONPATH": os.fspath(ROOT),
        "RBRULES_LANG": "en",
        "PYTHONIOENCODING": "utf-8",
    }
    if columns:
        environment["COLUMNS"] = str(columns)
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def agency():
    """Return the evaluation file of the README's walk through the first check."""
    (block,) = [block for block in of("json") if block.page == README]
    return block.text


@cache
def new_rule_texts():
    """Return what `rules new ABC-001` writes, by file name."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "aturan-kita")
        folder.mkdir()
        done = run(["rules", "new", "ABC-001", *_NEW], place)
        assert done.returncode == 0, done.stderr
        return {path.name: path.read_text("utf-8") for path in folder.glob("lokal/*")}


@cache
def made_report():
    """Return the report that the page on replay makes."""
    sample = ROOT / "samples" / "contoh-temuan.json"
    return rbrules.check(sample, as_of=date(2024, 2, 7)).to_json()


@cache
def made_forms():
    """Return the workbook and the CSV of the README's evaluation file, by name."""
    names = ("isian.xlsx", "kinerja.csv")
    with tempfile.TemporaryDirectory() as place:
        Path(place, "agency.json").write_text(agency(), "utf-8")
        for name in names:
            done = run(["export", "agency.json", "-o", name], place)
            assert done.returncode == 0, done.stderr
        return {name: Path(place, name).read_bytes() for name in names}


@pytest.fixture
def desk(tmp_path, overlay):
    """Lay out what the commands name: samples, a file of one's own, a rule folder of one's own."""
    folder, _ = overlay
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    shutil.copytree(folder, tmp_path / "aturan-kita")
    for _, kind, tree in root_files():
        write(tmp_path / "aturan-kita", ROOT_FILES[kind], tree)
    for name in ("ABC-001.yaml", "ABC-001.cases.yaml"):
        path = tmp_path / "aturan-kita" / "lokal" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(new_rule_texts()[name], "utf-8")
    (tmp_path / "agency.json").write_text(agency(), "utf-8")
    (tmp_path / "laporan.json").write_text(made_report(), "utf-8")
    for name, data in made_forms().items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("words", [w for _, w in COMMANDS], ids=[" ".join(w) for _, w in COMMANDS])
def test_command_runs(words, desk):
    arguments = [_MODEL.get(word, word) for word in words if word != "..."]
    arguments += _NEW if "..." in words else []
    if words[0] == "replay":
        arguments = ["replay", "laporan.json", "samples/contoh-temuan.json"]
    # What a command is to write must not be there yet.
    if words[0] == "init":
        shutil.rmtree(desk / "aturan-kita")
    if words[:2] == ("rules", "new"):
        shutil.rmtree(desk / "aturan-kita" / "lokal")
    done = run(arguments, desk)
    assert done.returncode in {0, 1}, done.stderr
    for word in words:
        if re.search(r"\.(json|csv)$", word) and not word.startswith(("samples/", "agency")):
            assert (desk / word).stat().st_size


def test_there_are_commands_to_run():
    shown = {words[0] for _, words in COMMANDS}
    assert shown >= {"check", "recommend", "explain", "init", "fields", "schema", "rules"}
    of_rules = {words[1] for _, words in COMMANDS if words[0] == "rules"}
    assert of_rules == {"list", "show", "new", "test", "lint", "impact"}


def test_help_block_is_that_of_the_program(tmp_path):
    (block,) = [b for b in of("text") if b.text.startswith("$ rbrules check --help\n")]
    shown = block.text.partition("\n")[2]
    assert run(["check", "--help"], tmp_path, columns=80).stdout.rstrip() == shown.rstrip()


@pytest.mark.parametrize(
    ("start", "sample"),
    [
        ("Pemerintah Kabupaten Blitar", "real-blitar-2023"),
        ("SPIP-001", "contoh-temuan"),
    ],
)
def test_excerpt_stands_in_the_report(start, sample):
    (block,) = [block for block in of("text") if block.text.startswith(start)]
    words = ["check", f"samples/{sample}.json", "--as-of", "2024-02-07", "--lang", "en"]
    assert block.text in run(words, ROOT, columns=100).stdout


OUTLOOKS = [
    block for block in BLOCKS if block.page.name == "outlook.md" and block.text.startswith("$ ")
]


@pytest.mark.parametrize("block", OUTLOOKS, ids=str)
def test_outlook_begins_as_shown(block):
    command, _, shown = block.text.partition("\n")
    words = shlex.split(command.removeprefix("$ rbrules "))
    assert run(words, ROOT, columns=100).stdout.startswith(shown.rstrip("\n"))


def test_excerpt_of_the_guide_stands_in_the_report():
    """The guide leaves the page out after the title of the unknowns; what it shows is all true."""
    guide = (ROOT / "docs" / "panduan.md").read_text("utf-8")
    (start,) = re.findall(r"```\n(Pemerintah Kabupaten Blitar.*?)```", guide, re.DOTALL)
    words = ["check", "samples/real-blitar-2023.json", "--as-of", "2024-02-07", "--lang", "id"]
    assert run(words, ROOT, columns=100).stdout.startswith(start)


def test_problems_of_the_walk_are_what_the_program_prints(tmp_path):
    (block,) = [block for block in of("text") if block.text.startswith("agency.json:")]
    wrong = agency().replace("71.38", '"71,38"').replace('"predikat"', '"predikatt"')
    (tmp_path / "agency.json").write_text(wrong, "utf-8")
    done = run(["check", "agency.json"], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", block.text)


def test_every_schema_is_named_in_the_readme():
    (row,) = [
        line
        for line in README.read_text("utf-8").splitlines()
        if line.startswith("| `rbrules schema NAME`")
    ]
    named = set(re.findall(r"`([a-z]+)`", row))
    there = {path.name.partition(".")[0] for path in (ROOT / "schemas").glob("*.schema.json")}
    assert named == there
    assert there <= set(SCHEMAS)


# --- links and the changelog ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [*PAGES, GUIDE, ROOT / "GLOSSARY.md", CHANGELOG], ids=lambda p: p.name
)
def test_links_lead_somewhere(page):
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", text)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            slugs = {
                re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads
            }
            assert anchor in slugs, target


def test_every_rule_parameter_and_instrument_is_in_the_changelog():
    text = CHANGELOG.read_text("utf-8")
    named = set(re.findall(r"\b[A-Z]{2,5}-[0-9]{3}\b", text))
    for family, first, last in re.findall(r"\b([A-Z]{2,5})-([0-9]{3}) to \1-([0-9]{3})\b", text):
        named |= {f"{family}-{number:03}" for number in range(int(first), int(last) + 1)}
    rulebook = load_rulebook([shipped("rules")])
    assert {rule.id for rule in rulebook.rules} - named == set()
    words = set(re.findall(r"[\w-]+", text))
    assert set(rulebook.parameters) - words == set()
    assert {instrument.id for instrument in rulebook.instruments} - words == set()


# --- the page on the evaluation file against the rulebook ----------------------------------------

EVALUATION_FILE = (ROOT / "docs" / "evaluation-file.md").read_text("utf-8")


def table_after(text, start):
    """Return the rows of the first table after `start`, header and rule left out."""
    lines = text.partition(start)[2].splitlines()
    begin = next(index for index, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table[2:]


def test_status_words_are_those_of_the_vocabulary():
    vocabulary = load_rulebook([shipped("rules")]).vocabulary
    rows = table_after(EVALUATION_FILE, "`status` is one of four words")
    shown = {row[0].strip("`"): tuple(row[2].split(", ")) for row in rows}
    assert shown == {kode: term.aliases for kode, term in vocabulary.status.items()}
    (row,) = [r for r in table_after(EVALUATION_FILE, "## Earlier recomm") if r[0] == "`skema`"]
    assert re.findall(r"`([a-z]+)`", row[3].partition(":")[2]) == list(vocabulary.skema)


def test_lines_of_the_groups_are_those_of_the_instruments():
    shown = {
        kode: groups
        for codes, _, groups in table_after(EVALUATION_FILE, "A category has no known conversion")
        for kode in re.findall(r"`([a-z_]+)`", codes)
    }
    for instrument in load_rulebook([shipped("rules")]).instruments:
        for kelompok in instrument.kelompok if instrument.measures == "indeks_rb" else ():
            lines = instrument.set_for(kelompok)
            if lines is not None:
                listed = {line.kode for line in lines.lines}
                expected = {k for k, g in shown.items() if g == "all" or kelompok in g.split(", ")}
                assert expected == listed, (instrument.id, kelompok)


def test_no_rule_settles_a_theme_that_the_page_calls_open():
    open_themes = {row[0] for row in table_after(EVALUATION_FILE, "cannot settle\n")}
    rules = load_rulebook([shipped("rules")]).rules
    assert {rule.id for rule in rules if rule.reference in open_themes} == set()


THEMES = {f"R{number:02}" for number in range(1, 83)}
FIGURES = ("IDX-", "SKP-")
"""Families of rules that hold figures of an evaluation against each other; they have no theme."""


def test_every_theme_has_a_rule_or_stands_on_the_page():
    rules = {rule.id: rule for rule in load_rulebook([shipped("rules")]).rules}
    by_others = table_after(EVALUATION_FILE, "no rule of their own")
    for _, _, ids in by_others:
        named = set(re.findall(r"[A-Z]+-[0-9]{3}", ids))
        assert named
        assert named <= set(rules)
    open_themes = {row[0] for row in table_after(EVALUATION_FILE, "cannot settle\n")}
    covered = {rule.reference for rule in rules.values()} - {""}
    tabled = open_themes | {row[0] for row in by_others}
    assert covered | tabled == THEMES
    assert covered & tabled == set()


def test_a_theme_that_is_settled_in_part_has_a_rule():
    rules = load_rulebook([shipped("rules")]).rules
    listed = {row[0] for row in table_after(EVALUATION_FILE, "settled in part")}
    by_others = {row[0] for row in table_after(EVALUATION_FILE, "no rule of their own")}
    assert listed - by_others <= {rule.reference for rule in rules}


def test_only_checks_of_figures_lack_a_theme():
    rules = load_rulebook([shipped("rules")]).rules
    lacking = [rule for rule in rules if not rule.reference]
    assert [rule.id for rule in lacking if not rule.id.startswith(FIGURES)] == []
    assert {rule.family for rule in lacking} == {"indeks"}


def test_every_sample_of_our_own_is_described():
    named = set(re.findall(r"^\| `(contoh-[a-z0-9-]+\.json)`", EVALUATION_FILE, re.MULTILINE))
    assert named == {path.name for path in (ROOT / "samples").glob("contoh-*.json")}


def test_install_lines_name_the_requirements_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {line for line in project["dependencies"] if not line.startswith("durable-rules")}
    lines = [
        line
        for block in of("console")
        if block.page == README
        for line in block.text.splitlines()
        if '"typer' in line
    ]
    assert len(lines) == 2
    for line in lines:
        assert set(re.findall(r'"([^"]+)"', line)) == wanted
