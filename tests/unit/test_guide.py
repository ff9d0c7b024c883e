"""The guide to writing rules is true: its files are written, its commands run, its outputs shown."""

import re

from tests.guide import PAGE, steps, take

STEPS = list(steps(PAGE.read_text("utf-8")))


def matches(shown, answer):
    """Tell whether an answer is what the page shows; `...` on a line stands for lines left out."""
    parts = re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)
    pattern = "(?:.*\n)*?".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, answer) is not None


def test_the_page_shows_what_the_program_answers(tmp_path):
    for step in STEPS:
        answer = take(step, tmp_path)
        if step.command:
            assert matches(step.shown, answer), f"{PAGE.name}:{step.line} {step.command}\n{answer}"


def test_the_page_has_every_step():
    written = {step.file for step in STEPS if step.file}
    assert {name.rpartition("/")[2] for name in written} >= {
        "agency.json",
        "batas_capaian_kami.yaml",
        "overrides.yaml",
        "pengecualian.yaml",
        *(f"KAB-00{number}{end}.yaml" for number in range(1, 5) for end in ("", ".cases")),
    }
    commands = {" ".join(step.command.split()[:3]) for step in STEPS if step.command}
    assert {
        f"rbrules rules {name}" for name in ("new", "test", "lint", "show", "impact")
    } <= commands
    blocks = re.findall(r"^```(?!$)", PAGE.read_text("utf-8"), re.MULTILINE)
    consoles = {step.line for step in STEPS if step.command}
    assert len(blocks) == len(consoles) + sum(1 for step in STEPS if step.file)


def test_what_is_left_out_is_marked():
    assert matches("a\n...\nc\n", "a\nb\nc\n")
    assert matches("...\n", "")
    assert not matches("a\nc\n", "a\nb\nc\n")
    assert not matches("a\n", "a\nb\n")
