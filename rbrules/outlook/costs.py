"""The file of costs: what it costs to change each line of the index."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from rbrules.errors import InputError, Problem, show
from rbrules.load.files import MAX_RULE_BYTES, read_bytes
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import Report
from rbrules.report.recommend import Effort
from rbrules.validate import suggestion


def read_costs(path: Path, report: Report) -> dict[str, Decimal]:
    """Read costs by line, in any unit that is the same for all.

    Args:
        path: a YAML file such as `spip: 2`.
        report: its index says which lines there are.

    Raises:
        InputError: with every problem of the file.
    """
    document = load_yaml(read_bytes(path, MAX_RULE_BYTES), path.as_posix())
    if not isinstance(document.tree, dict):
        expected = "a cost for each line, such as spip: 2"
        raise InputError([document.problem("", show(document.tree), expected)])
    words = report.rulebook.vocabulary
    known = [line.kode for line in report.index.lines]
    costs: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for word, value in document.tree.items():
        kode = word if word in known else words.resolve(words.lines, word)
        pointer = f"/{word}"
        if kode not in known:
            expected, hint = "the code of a line", suggestion(word, known)
            problems.append(
                document.problem(pointer, f"the key {show(word)}", expected, hint, of_key=True)
            )
        elif isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
            problems.append(document.problem(pointer, show(value), "a number, 0 or more"))
        elif kode in costs:
            problems.append(document.problem(pointer, show(word), "each line once", of_key=True))
        else:
            costs[str(kode)] = Decimal(value)
    if problems:
        raise InputError(problems)
    return costs


def efforts_of(report: Report, costs: Mapping[str, Decimal]) -> dict[str, Effort]:
    """Return the efforts of the recommendations, by rule; none where no cost is given."""
    lines = {rule.id: rule.raises for rule in report.rulebook.rules if rule.raises in costs}
    return {rule: Effort(line, costs[line]) for rule, line in lines.items() if line is not None}
