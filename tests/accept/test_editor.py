"""A real YAML language server on a folder that `init` made: `make accept` installs and runs it."""

import json
import os
import shutil

import pytest
from typer.testing import CliRunner

from rbrules.cli.main import app
from tests.accept.language_server import LanguageServer
from tests.shared import ROOT

SERVER = os.environ.get("YAML_LANGUAGE_SERVER", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="make accept runs it")

NEW = ("--subject", "kinerja", "--severity", "low", "--field", "iku", "--addressee", "unit")
OVERRIDES = """\
rules:
  PK-001: {severity: medium, reason: Kesepakatan.}
parameters:
  batas_capaian_mudah:
    reason: Ambang Inspektorat.
    values: [{value: 105, from: 2014-01-01, source: project}]
"""
WAIVERS = """\
pengecualian:
  - aturan: PK-001
    instansi: contoh
    subjek: KES-T1
    alasan: Renstra sedang diubah.
    pejabat: Sekretaris Daerah
    dokumen: {jenis: Surat, nomor: 700/12/2024, tanggal: 2024-01-15}
    sampai: 2024-12-31
"""
PARAMETER = """\
id: ambang
title: {id: Ambang, en: Threshold}
unit: poin
values:
  - {value: 2, from: 2021-01-01, source: project}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Make a folder with a rule, its cases and a parameter, as a user would."""
    folder = tmp_path_factory.mktemp("editor") / "aturan kami"
    for arguments in (("init", folder), ("rules", "new", "ABC-001", "--dir", folder, *NEW)):
        assert CliRunner().invoke(app, [str(argument) for argument in arguments]).exit_code == 0
    (folder / "parameters").mkdir()
    (folder / "parameters" / "ambang.yaml").write_text(PARAMETER, "utf-8")
    return folder


@pytest.fixture(scope="module", params=["modeline", "settings"])
def editor(request, own):
    """Return a server, and how a text reaches it: schemas by the first line, or by settings."""
    settings = json.loads((own / ".vscode" / "settings.json").read_text("utf-8"))
    by_line = request.param == "modeline"
    yaml = {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "schemas": {} if by_line else settings["yaml.schemas"],
    }
    node = shutil.which("node")
    assert node, "make accept needs Node.js"
    with LanguageServer([node, str(ROOT / SERVER)], own, {"yaml": yaml}) as server:
        yield server, lambda text: text if by_line else text.replace("yaml-language-server:", "")


def text_of(own, name):
    return (own / name).read_text("utf-8")


FILES = (
    "overrides.yaml",
    "pengecualian.yaml",
    "lokal/ABC-001.yaml",
    "lokal/ABC-001.cases.yaml",
)


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_underlined_in_what_is_written(own, editor, name):
    server, given = editor
    assert server.open(name, given(text_of(own, name))) == []


BAD = [
    ("lokal/ABC-001.yaml", "severity: low", "severity: grave", "high"),
    ("lokal/ABC-001.yaml", "source: project", "sorce: project", "sorce"),
    ("lokal/ABC-001.yaml", "{is: false}", "{equals: false}", "is_not"),
    ("lokal/ABC-001.yaml", "applies_to: kinerja", "applies_to: kota", "kinerja"),
    ("lokal/ABC-001.yaml", "id: ABC-001\n", "id: abc\n", "^[A-Z]"),
    ("lokal/ABC-001.cases.yaml", "A: unknown", "A: maybe", "finding"),
    ("overrides.yaml", "rules: {}", "rules: {PK-001: {off: true}}", "reason"),
    ("overrides.yaml", "parameters: {}", "parameter: {}", "parameter"),
    ("pengecualian.yaml", "pengecualian: []", "pengecualian: [{aturan: PK-001}]", "alasan"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "told"), BAD)
def test_a_mistake_is_underlined_where_it_is(own, editor, name, right, wrong, told):
    server, given = editor
    before, found, after = given(text_of(own, name)).rpartition(right)
    assert found
    underlined = server.open(name, before + wrong + after)
    assert {number for number, _ in underlined} == {before.count("\n") + 1}
    assert any(told in message for _, message in underlined)


@pytest.mark.parametrize("editor", ["settings"], indirect=True)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("overrides.yaml", OVERRIDES),
        ("pengecualian.yaml", WAIVERS),
        ("parameters/ambang.yaml", PARAMETER),
        ("lokal/ABC-002.yaml", ""),
    ],
)
def test_files_without_a_first_line_are_known_by_their_place(own, editor, name, text):
    server, _ = editor
    text = text or text_of(own, "lokal/ABC-001.yaml").partition("\n")[2]
    assert server.open(name, text) == []
    assert server.open(name, f"{text}\nsalah: 1\n") != []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("id: ABC-001\nsev", {"severity"}),
        ("id: ABC-001\nseverity: ", {"high", "medium", "low"}),
        ("id: ABC-001\napplies_to: ", {"kinerja", "rekomendasi"}),
        ("id: ABC-001\nwhen:\n  t", {"target_pk", "tenggat", "any", "not", "count"}),
        ("id: ABC-001\nwhen:\n  all:\n    - ca", {"capaian", "capaian_lalu"}),
        ("id: ABC-001\nwhen:\n  iku:\n    ", {"is", "below", "missing"}),
        ("id: ABC-001\n", {"title", "severity", "when", "message", "recommendation"}),
    ],
)
def test_keys_and_words_are_offered(own, editor, typed, offered):
    server, given = editor
    first = text_of(own, "lokal/ABC-001.yaml").partition("\n")[0]
    text = f"{given(first)}\n{typed}"
    server.open("lokal/ABC-001.yaml", text)
    lines = text.split("\n")
    assert server.complete("lokal/ABC-001.yaml", len(lines), len(lines[-1])) >= offered
