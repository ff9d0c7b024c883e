"""The commands. The one user of typer."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, Optional, cast

import typer

from rbrules import __version__
from rbrules.cli import batch, shell
from rbrules.cli.formats import BINARY, FORMATS, Maker, read_targets
from rbrules.errors import InputError, Problem, joined, say, show

if TYPE_CHECKING:
    from rbrules.load.document import Document
    from rbrules.model import Evaluation, Instrument, Kind, Report, Rule, Rulebook, Text, Tree
    from rbrules.outlook.difference import Judge
    from rbrules.outlook.impact import Source
    from rbrules.pipeline import Engine, Selection
    from rbrules.report.places import Places
    from rbrules.report.recommend import Register

app = typer.Typer(
    name="rbrules",
    help="Check an agency's bureaucratic-reform (RB) evaluation against a rulebook.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules_app = typer.Typer(help="Look at the rules.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(rules_app, name="rules")

PIPED_WIDTH: Final = 100


class Lang(StrEnum):
    """Languages of the reports."""

    id = "id"
    en = "en"


class EngineChoice(StrEnum):
    """Engines; auto takes durable-rules where it is installed."""

    auto = "auto"
    durable = "durable"
    python = "python"


class CheckFormat(StrEnum):
    """Formats of a report."""

    table = "table"
    json = "json"


class ListFormat(StrEnum):
    """Formats of a recommendation list."""

    table = "table"
    csv = "csv"
    md = "md"
    json = "json"
    xlsx = "xlsx"
    docx = "docx"


class ListOrder(StrEnum):
    """What a recommendation list is sorted and grouped by."""

    addressee = "addressee"
    priority = "priority"
    family = "family"


class FailOn(StrEnum):
    """The least severity that makes the exit code 1."""

    low = "low"
    medium = "medium"
    high = "high"
    never = "never"


def _complete_id(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer ids of rules; those of own folders where --rules stands before."""
    ids, _ = _rule_words(ctx)
    return [id_ for id_ in ids if id_.startswith(incomplete)]


def _complete_word(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer ids and families of rules."""
    ids, families = _rule_words(ctx)
    return [word for word in (*families, *ids) if word.startswith(incomplete)]


def _rule_words(ctx: typer.Context) -> tuple[list[str], list[str]]:
    """Return ids and families by the names of files: reading the rules would take too long."""
    from rbrules.load.files import rule_files

    paths: list[Path] = []
    own = [Path(folder) for folder in ctx.params.get("rules") or ()]
    for folder in _folders(own):
        with contextlib.suppress(InputError):
            paths += [path for path in rule_files(folder) if path.stem.isupper()]
    return sorted({path.stem for path in paths}), sorted({path.parent.name for path in paths})


def _complete_schema(incomplete: str) -> list[str]:
    from rbrules.resources import SCHEMAS

    return [name for name in SCHEMAS if name.startswith(incomplete)]


def _complete_kind(incomplete: str) -> list[str]:
    from rbrules.model import KINDS

    return [kind for kind in KINDS if kind.startswith(incomplete)]


File = Annotated[str, typer.Argument(help="The evaluation file (JSON); - reads standard input.")]
Rules = Annotated[
    Optional[list[Path]],
    typer.Option("--rules", metavar="DIR", help="A folder of further rules; may be repeated."),
]
Output = Annotated[
    Optional[Path], typer.Option("-o", "--output", metavar="FILE", help="Write to FILE.")
]
AsOf = Annotated[
    Optional[datetime],
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Count deadlines as of this day (default: today in Jakarta).",
    ),
]
RulesYear = Annotated[
    Optional[int],
    typer.Option(
        "--rules-year", min=1990, max=2100, help="Use what is in force in this year instead."
    ),
]
LangOption = Annotated[Optional[Lang], typer.Option("--lang", help="Language of the report.")]
EngineOption = Annotated[EngineChoice, typer.Option("--engine", help="What runs the rules.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Run both engines and fail where they differ.")
]
Only = Annotated[
    Optional[list[str]],
    typer.Option(
        "--only",
        metavar="WORD",
        help="Only this rule, family or tag; repeatable.",
        autocompletion=_complete_word,
    ),
]
Skip = Annotated[
    Optional[list[str]],
    typer.Option(
        "--skip",
        metavar="WORD",
        help="Not this rule, family or tag; repeatable.",
        autocompletion=_complete_word,
    ),
]
Costs = Annotated[
    Optional[Path],
    typer.Option("--costs", metavar="FILE", help="What changing a line costs (YAML)."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")]


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"rbrules {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Check an agency's bureaucratic-reform (RB) evaluation against a rulebook."""


@app.command()
def check(
    ctx: typer.Context,
    file: File,
    rules: Rules = None,
    forms: Annotated[
        Optional[list[str]],
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            help=f"Form of the report, and its file; repeatable: {', '.join(FORMATS)}.",
            show_default="table",
        ),
    ] = None,
    output: Output = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit 1 from this severity on.")
    ] = FailOn.low,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for unknowns too.")] = False,
    as_of: AsOf = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    verify: Verify = False,
    only: Only = None,
    skip: Skip = None,
    every: Annotated[
        bool, typer.Option("--all", help="List every subject, line and outcome.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No summary on stderr.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file is saved, until Ctrl-C.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Compute the index, run the rules and report findings with recommendations.

    Exit code: 0 no finding at or above --fail-on; 1 findings; 2 the input or usage is wrong;
    3 the engine or program failed; 130 after Ctrl-C.
    """
    if watch:
        _watch(ctx, file, rules or ())
    with shell.exit_codes(debug=debug, lang=lang):
        targets = read_targets(forms or (), output)
        for target in targets:
            shell.spare_inputs(file, rules, target.file)
            if target.file is not None and target.form in BINARY:
                shell.refuse_terminal(target.file)
        report, places = _report(file, rules, as_of, rules_year, engine, only, skip, verify=verify)
        maker = Maker(report, places, lang, everything=every)
        files, text = {}, ""
        for target in targets:
            made = maker.make(target.form, width=_width(target.file))
            if target.file is None:
                text = made.decode()
            else:
                files[target.file] = made
        shell.write_outputs(files, text)
        tree = maker.tree(targets[0].form)
        if not quiet and (files or not sys.stdout.isatty()):
            shell.tell(_summary(tree))
        raise SystemExit(_exit_code(tree, fail_on, strict=strict))


@app.command()
def recommend(
    file: File,
    rules: Rules = None,
    form: Annotated[
        ListFormat, typer.Option("--format", help="Form of the list.")
    ] = ListFormat.table,
    by: Annotated[
        ListOrder, typer.Option("--by", help="Sort and group by this.")
    ] = ListOrder.addressee,
    output: Output = None,
    as_of: AsOf = None,
    received: Annotated[
        Optional[datetime],
        typer.Option(
            "--received",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Count the days for follow-up from here (default: --as-of).",
        ),
    ] = None,
    costs: Costs = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    only: Only = None,
    skip: Skip = None,
    debug: Debug = False,
) -> None:
    """List the recommendations for follow-up: findings merged, with deadline and evidence.

    The formats xlsx and docx, the matrix of recommendations and follow-up plan, need -o FILE.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.outlook.costs import efforts_of, read_costs
        from rbrules.outlook.page import told_gains
        from rbrules.outlook.points import points_of, points_tree
        from rbrules.report import recommend as view
        from rbrules.report.followup import plan_of
        from rbrules.report.tree import report_tree

        is_binary = form in {ListFormat.xlsx, ListFormat.docx}
        if is_binary and output is None:
            hint = say(
                "Add -o FILE: no terminal or pipe shows the format $value.", value=form.value
            )
            raise InputError([_option("-o", "no file", "the name of a file", hint)])
        shell.spare_inputs(file, rules, output)
        if costs is not None:
            shell.spare_inputs(costs.as_posix(), None, output)
        report, _ = _report(file, rules, as_of, rules_year, engine, only, skip, verify=False)
        language = shell.language(lang, from_locale=form is not ListFormat.json)
        plan = plan_of(report, language, received.date() if received is not None else None)
        listed = view.register(report_tree(report, language), plan, by.value)
        ids = [item.rule for item in listed.items]
        gains = told_gains(points_tree(points_of(report)), ids, language)
        listed = view.with_points(listed, gains)
        if costs is not None:
            listed = view.with_efforts(listed, efforts_of(report, read_costs(costs, report)))
        if is_binary and output is not None:
            shell.write_binary(_document(form, listed), output)
        elif form is ListFormat.json:
            from rbrules.report.json_text import json_text

            shell.write_output(json_text(view.recommendation_tree(listed)), output)
        elif form is ListFormat.csv:
            shell.write_output(view.recommendation_csv(listed), output)
        elif form is ListFormat.md:
            shell.write_output(view.recommendation_markdown(listed), output)
        else:
            text = view.recommendation_table(listed, width=_width(output))
            shell.write_output(text, output)


OutlookFormat = Annotated[CheckFormat, typer.Option("--format", help="Form of the result.")]
Every = Annotated[bool, typer.Option("--all", help="List every finding with its text.")]


@app.command()
def whatif(
    file: File,
    sets: Annotated[
        Optional[list[str]],
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Another value, as in indikator.spip.nilai=3.5; may be repeated.",
        ),
    ] = None,
    other: Annotated[
        Optional[str], typer.Option("--with", metavar="FILE2", help="Another file instead.")
    ] = None,
    with_rules: Annotated[
        Optional[list[Path]],
        typer.Option("--with-rules", metavar="DIR", help="With these rules too; repeatable."),
    ] = None,
    rules: Rules = None,
    form: OutlookFormat = CheckFormat.table,
    output: Output = None,
    as_of: AsOf = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    only: Only = None,
    skip: Skip = None,
    every: Every = False,
    debug: Debug = False,
) -> None:
    """Show what other values, another file or other rules would change.

    Printed results that were made of a changed value are left out, and named. Exit code: 0 the
    comparison was made; 2 the input or usage is wrong, also a path that leads nowhere.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.outlook.change import read_puts
        from rbrules.outlook.difference import difference, what_if
        from rbrules.outlook.page import difference_page
        from rbrules.outlook.tree import difference_tree

        if not (sets or other or with_rules) or (sets and other):
            given = "--set and --with" if sets else "none of them"
            raise InputError([_option("whatif", given, "--set, --with or --with-rules")])
        shell.spare_inputs(file, [*(rules or ()), *(with_rules or ())], output)
        if other is not None:
            shell.spare_inputs(other, None, output)
        wider = [*(rules or ()), *(with_rules or ())]
        later = _rulebook(wider) if with_rules else None
        files = [file] if other is None else [file, other]
        (report, places), *others = _reports(
            files, rules, as_of, rules_year, engine, only, skip, verify=False, beside=later
        )
        if other is not None:
            after = others[0][0]
            if later is not None:
                after = _judge(after, later, engine, rules_year)(after.evaluation)
            found = difference(report, after)
        else:
            rulebook = later or report.rulebook
            reading = _also_knowing(report.rulebook, rulebook)
            puts = read_puts(report.evaluation, reading, sets or ())
            judge = _judge(report, rulebook, engine, rules_year)
            found = what_if(report, puts, judge, reading=reading)
        is_json = form is CheckFormat.json
        tree = difference_tree(found, shell.language(lang, from_locale=not is_json))
        _write_outlook(
            tree,
            lambda: difference_page(tree, places, width=_width(output), everything=every),
            output,
            is_json=is_json,
        )


@app.command()
def compare(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Two files or more, one for each year; any order."),
    ],
    rules: Rules = None,
    form: OutlookFormat = CheckFormat.table,
    output: Output = None,
    as_of: AsOf = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    only: Only = None,
    skip: Skip = None,
    every: Annotated[
        bool, typer.Option("--all", help="List every finding with its text, line and unknown.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Hold two years or more of an agency against each other.

    Findings are new, repeated (since when), reopened, fixed, or no longer told; earlier
    recommendations are tested again by their rules. Each year is judged by the rules in force
    then. Exit code: 0 the comparison was made; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.outlook.years import compare_years, misfits
        from rbrules.outlook.years_page import years_page
        from rbrules.outlook.years_tree import years_tree

        if len(files) == 1:
            raise InputError([_option("FILE", "one file", "two files or more, of different years")])
        if files.count(shell.STDIN) > 1:
            raise InputError([_option("FILE", "standard input twice", "a file")])
        for file in files:
            shell.spare_inputs(file, rules, output)
        reports = _reports(
            files, rules, as_of, None, engine, only, skip, verify=False, among=misfits
        )
        is_json = form is CheckFormat.json
        years = compare_years(report for report, _ in reports)
        tree = years_tree(years, shell.language(lang, from_locale=not is_json))
        _write_outlook(
            tree,
            lambda: years_page(tree, width=_width(output), everything=every),
            output,
            is_json=is_json,
        )


@app.command("improve")
def improve_(
    file: File,
    to: Annotated[
        Optional[str], typer.Option("--to", metavar="GOAL", help="A grade, or a number.")
    ] = None,
    following: Annotated[bool, typer.Option("--next", help="The grade above.")] = False,
    lock: Annotated[
        Optional[list[str]],
        typer.Option("--lock", metavar="KODE", help="A line that stays; may be repeated."),
    ] = None,
    costs: Costs = None,
    rules: Rules = None,
    form: OutlookFormat = CheckFormat.table,
    output: Output = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    debug: Debug = False,
) -> None:
    """Find the smallest sets of line changes that bring the RB index to a grade or a number.

    Smallest: the least cost where --costs is given, then the fewest lines, then the fewest points
    moved. Exit code: 0 it is reached, or can be; 1 it cannot be reached for certain, or the lines
    have no weights and nothing can be computed; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.outlook.costs import read_costs
        from rbrules.outlook.goal import known_lines, next_goal, read_goal
        from rbrules.outlook.improve import improve
        from rbrules.outlook.page import improvement_page
        from rbrules.outlook.tree import improvement_tree

        if (to is None) != following:
            found = "both" if following else "neither"
            raise InputError([_option("improve", found, "--to or --next")])
        shell.spare_inputs(file, rules, output)
        if costs is not None:
            shell.spare_inputs(costs.as_posix(), None, output)
        report, _ = _report(
            file, rules, None, rules_year, EngineChoice.python, None, None, verify=False
        )
        instrument = _rb_instrument(report, file)
        goal = next_goal(report.index) if to is None else read_goal(to, instrument)
        if goal is None:
            what = "no grade that has another one above it"
            raise InputError([_option("--next", what, "an index with a grade below the highest")])
        result = improve(
            report,
            goal,
            locked=known_lines(lock or (), report.index, report.rulebook.vocabulary),
            costs=read_costs(costs, report) if costs else None,
        )
        is_json = form is CheckFormat.json
        tree = improvement_tree(report, result, shell.language(lang, from_locale=not is_json))
        _write_outlook(
            tree, lambda: improvement_page(tree, width=_width(output)), output, is_json=is_json
        )
        sure = result.answers[0]
        is_found = sure.reached or sure.plans or result.stands
        raise SystemExit(0 if is_found else shell.EXIT_FINDINGS)


@app.command()
def sensitivity(
    file: File,
    rules: Rules = None,
    form: OutlookFormat = CheckFormat.table,
    output: Output = None,
    svg: Annotated[
        Optional[Path], typer.Option("--svg", metavar="FILE", help="Write a chart to FILE.")
    ] = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    debug: Debug = False,
) -> None:
    """Show which lines move the RB index most, and which missing value narrows it most.

    Exit code: 0 the list was made; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.outlook.chart import chart_svg
        from rbrules.outlook.page import sensitivity_page
        from rbrules.outlook.sensitivity import sensitivity_of
        from rbrules.outlook.tree import sensitivity_tree

        shell.spare_inputs(file, rules, output)
        shell.spare_inputs(file, rules, svg)
        report, _ = _report(
            file, rules, None, rules_year, EngineChoice.python, None, None, verify=False
        )
        _rb_instrument(report, file)
        is_json = form is CheckFormat.json
        result = sensitivity_of(report)
        tree = sensitivity_tree(report, result, shell.language(lang, from_locale=not is_json))
        if svg is not None:
            shell.write_output(chart_svg(tree), svg)
        _write_outlook(
            tree, lambda: sensitivity_page(tree, width=_width(output)), output, is_json=is_json
        )


@app.command()
def explain(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE", help="A rule id, such as PK-001.", autocompletion=_complete_id
        ),
    ],
    file: Annotated[
        Optional[str], typer.Argument(help="An evaluation file; - reads standard input.")
    ] = None,
    subject: Annotated[
        Optional[str], typer.Option("--subject", metavar="ID", help="Only this subject.")
    ] = None,
    rules: Rules = None,
    as_of: AsOf = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Explain passes and what does not apply too.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Tell in sentences when a rule fires and, with FILE, why it did, did not or could not."""
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.report import explain as view

        language = shell.language(lang, from_locale=True)
        rulebook = _rulebook(rules)
        by_id = {known.id: known for known in (*rulebook.rules, *rulebook.off)}
        if rule not in by_id:
            raise _usage("RULE", rule, by_id)
        if file is None or by_id[rule] in rulebook.off:
            text = view.rule_page(by_id[rule], rulebook, language, width=_width(None))
        else:
            engine = EngineChoice.python
            report, places = _report(
                file, rules, as_of, rules_year, engine, [rule], None, verify=False
            )
            ids = {outcome.subject.id for outcome in report.outcomes}
            if subject is not None and subject not in ids:
                raise _usage("--subject", subject, ids)
            text = view.explanation_page(
                by_id[rule],
                report,
                places,
                language,
                width=_width(None),
                only=subject,
                full=every,
            )
        shell.write_output(text, None)


@app.command("batch")
def batch_(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, patterns, .ndjson, .zip; - reads lines of standard input.",
        ),
    ],
    rules: Rules = None,
    forms: Annotated[
        Optional[list[str]],
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            help=f"What to write, and its file; repeatable: {', '.join(batch.FORMATS)}.",
            show_default="table",
        ),
    ] = None,
    output: Output = None,
    jobs: Annotated[
        Optional[int], typer.Option("--jobs", min=1, help="Worker processes (default: all cores).")
    ] = None,
    seconds: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds that one file may take.")
    ] = 60,
    megabytes: Annotated[
        Optional[int],
        typer.Option("--memory", min=256, help="Megabytes that a worker may use (not on Windows)."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Take over what the file of --format jsonl=FILE holds."),
    ] = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit 1 from this severity on.")
    ] = FailOn.low,
    as_of: AsOf = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    only: Only = None,
    skip: Skip = None,
    every: Annotated[
        bool, typer.Option("--all", help="List every outcome, and all of the summary.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    debug: Debug = False,
) -> None:
    """Check many evaluations: a line of JSON for each, and what they add up to.

    A file that cannot be judged is listed and stops nothing. Exit code: 0 no finding at or above
    --fail-on and every file judged; 1 there is one, or a file could not be judged; 2 none could,
    or the usage or the rules are wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang), contextlib.ExitStack() as stack:
        from rbrules.api import today
        from rbrules.batch.earlier import Earlier
        from rbrules.batch.pool import Limits, LocalWorkers, judge_all
        from rbrules.batch.rows import Spool
        from rbrules.batch.sources import items_in
        from rbrules.batch.summary import Summary
        from rbrules.batch.work import Settings
        from rbrules.report.problems import problem_words

        targets = read_targets(forms or (), output, batch.FORMATS)
        for target in targets:
            for path in paths:
                shell.spare_inputs(path, rules, target.file)
        lines = next((target for target in targets if target.form == batch.LINES), None)
        if resume and (lines is None or lines.file is None):
            hint = say("Add --format jsonl=FILE, the output of the earlier run.")
            raise InputError([_option("--resume", say("no file"), say("a file of lines"), hint)])
        rulebook = _rulebook(rules)
        chosen, _ = _engines(engine, verify=False)
        language = shell.language(lang, from_locale=lines is None)
        settings = Settings(
            rulebook=rulebook,
            as_of=as_of.date() if as_of is not None else today(),
            rules_year=rules_year,
            lang=language,
            engine="python" if chosen.name == "python" else "durable",
            selection=_selection(only, skip, rulebook),
            every_outcome=every,
        )
        summary = Summary({rule.id: rule.title for rule in rulebook.rules})
        earlier = Earlier(batch.earlier_outputs(lines) if resume else (), settings)
        stack.callback(earlier.close)
        spool = stack.enter_context(Spool())
        write = stack.enter_context(batch.lines_to(lines))
        step = stack.enter_context(batch.progress(batch.total_of(paths), quiet=quiet))
        limits = Limits(seconds, megabytes)
        workers = stack.enter_context(LocalWorkers(settings, jobs or os.cpu_count() or 1, limits))
        stdin = None if sys.stdin is None else sys.stdin.buffer
        written = [target.file for target in targets if target.file is not None]
        items = items_in(paths, stdin, written)
        for row in judge_all(earlier.rows(items), workers):
            write(f"{row.line}\n")
            summary.add(row)
            spool.add(row)
            step()
            for problem in row.problems:
                shell.tell(problem_words(problem, language))
        tree = summary.tree(language, batch.head_of(settings, chosen.name, __version__))
        files, text = batch.outputs(
            targets, summary, spool, tree, width=_width(None), everything=every
        )
        shell.write_outputs(files, text)
    raise SystemExit(_batch_code(tree, fail_on))


@app.command("hook")
def hook(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Evaluation files.")],
    rules: Rules = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit 1 from this severity on.")
    ] = FailOn.low,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for unknowns too.")] = False,
    as_of: AsOf = None,
    lang: LangOption = None,
    debug: Debug = False,
) -> None:
    """Check the files of a commit: a line for each, no report. What pre-commit calls.

    Exit code: 0 no finding at or above --fail-on in any file; 1 there is one; 2 a file is wrong,
    and all problems of all files are listed.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.report.tree import report_tree
        from rbrules.report.words import safe

        language = shell.language(lang, from_locale=True)
        reports = _reports(files, rules, as_of, None, EngineChoice.auto, None, None, verify=False)
        trees = [report_tree(report, language) for report, _ in reports]
        lines = [f"{file}: {_summary(tree)}\n" for file, tree in zip(files, trees, strict=True)]
        shell.write_output(safe("".join(lines)), None)
        raise SystemExit(max(_exit_code(tree, fail_on, strict=strict) for tree in trees))


@app.command("replay")
def replay_(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="A report of check --format json.")
    ],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The evaluation file that it was made of.")
    ],
    rules: Rules = None,
    lang: LangOption = None,
    debug: Debug = False,
) -> None:
    """Make a report again by the command that it names, and compare it byte for byte.

    Exit code: 0 it is the same; 1 it differs, and the page says what, from cause to effect; 2 it
    is no report, or no report can be made of the file and the rules.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.load.json_reader import load_json
        from rbrules.replay import replay, replay_page
        from rbrules.report.words import safe

        data = shell.read_input(report)
        result = replay(
            load_json(data, report), data, shell.read_evaluation_file(file), _folders(rules)
        )
        language = shell.language(lang, from_locale=True)
        shell.write_output(safe(replay_page(result, Path(report).name, language)), None)
        raise SystemExit(0 if result.is_same else shell.EXIT_FINDINGS)


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist.")],
    lang: LangOption = None,
    debug: Debug = False,
) -> None:
    """Set up a folder of rules, thresholds and waivers of one's own."""
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.report.words import label, safe
        from rbrules.scaffold import own_folder

        shell.write_folder(folder, own_folder(folder.as_posix()))
        language = shell.language(lang, from_locale=True)
        typer.echo(safe(label("init.done", language, folder=folder.as_posix())))


@app.command()
def fields(
    subject: Annotated[
        Optional[str], typer.Argument(help="A kind of subject.", autocompletion=_complete_kind)
    ] = None,
    lang: LangOption = None,
) -> None:
    """Show the field catalogue: what a rule may ask of each kind of subject."""
    with shell.exit_codes(debug=False, lang=lang):
        from rbrules.fields import CATALOGUE
        from rbrules.report.catalogue import catalogue_table

        kinds = [kind for kind in CATALOGUE if subject in {None, kind}]
        if not kinds:
            raise _usage("SUBJECT", str(subject), CATALOGUE)
        language = shell.language(lang, from_locale=True)
        shell.write_output(catalogue_table(kinds, language, width=_width(None)), None)


@app.command()
def schema(
    name: Annotated[
        str,
        typer.Argument(
            help="evaluation, rule, cases, parameter, ...", autocompletion=_complete_schema
        ),
    ],
) -> None:
    """Print one of the JSON Schemas."""
    with shell.exit_codes(debug=False):
        from rbrules.resources import SCHEMAS, schema_text

        if name not in SCHEMAS:
            raise _usage("NAME", name, SCHEMAS)
        shell.write_output(schema_text(name), None)


@rules_app.command("list")
def rules_list(
    rules: Rules = None,
    lang: LangOption = None,
    only: Only = None,
    skip: Skip = None,
    unverified: Annotated[
        bool,
        typer.Option("--unverified", help="Only rules whose legal basis must still be confirmed."),
    ] = False,
) -> None:
    """List the rules: id, title, subject, severity, family, first day in force."""
    with shell.exit_codes(debug=False, lang=lang):
        from rbrules.report.catalogue import off_list, rule_table, unverified_table

        rulebook = _rulebook(rules)
        chosen = _selection(only, skip, rulebook)
        language = shell.language(lang, from_locale=True)
        listed = [rule for rule in rulebook.rules if chosen.takes(rule)]
        if unverified:
            text = unverified_table(listed, rulebook.parameters, language, width=_width(None))
        else:
            text = rule_table(listed, language, width=_width(None))
        text += off_list(rulebook, chosen.takes, language, width=_width(None))
        shell.write_output(text, None)


@rules_app.command("show")
def rules_show(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A rule id, such as PK-001.", autocompletion=_complete_id
        ),
    ],
    rules: Rules = None,
) -> None:
    """Print a rule as its file states it, and what overrides it."""
    with shell.exit_codes(debug=False):
        from rbrules.load.files import rule_files
        from rbrules.report.catalogue import override_comments
        from rbrules.report.words import safe

        rulebook = _rulebook(rules)
        known = {rule.id: rule for rule in (*rulebook.rules, *rulebook.off)}
        if id_ not in known:
            raise _usage("ID", id_, known)
        path = next(
            path
            for folder in _folders(rules)
            for path in rule_files(folder)
            if path.name.partition(".")[0] == id_ and ".cases." not in path.name
        )
        comments = override_comments(known[id_], rulebook)
        text = "\n".join([path.read_text("utf-8-sig").rstrip(), *comments])
        shell.write_output(safe(f"{text}\n"), None)


@rules_app.command("new")
def rules_new(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A new id, such as ABC-001.")],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="The folder of rules.")],
    family: Annotated[str, typer.Option("--family", help="The subfolder.")] = "lokal",
    subject: Annotated[
        Optional[str], typer.Option("--subject", help="A kind of subject, such as kinerja.")
    ] = None,
    severity: Annotated[
        Optional[str], typer.Option("--severity", help="high, medium or low.")
    ] = None,
    field: Annotated[
        Optional[list[str]],
        typer.Option("--field", help="A field to compare; may be repeated. See: rbrules fields."),
    ] = None,
    counts: Annotated[
        Optional[str],
        typer.Option(
            "--counts",
            metavar="RULE",
            help="Count the findings of this rule on what lies below the subject.",
        ),
    ] = None,
    addressee: Annotated[
        Optional[list[str]],
        typer.Option(
            "--addressee",
            help="An office that has to act; may be repeated, the one in charge first.",
        ),
    ] = None,
    lang: Annotated[Optional[Lang], typer.Option("--lang", help="Language of questions.")] = None,
    debug: Debug = False,
) -> None:
    """Write the frame of a rule and of its cases; what no option gives is asked."""
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.api import today
        from rbrules.conditions import OPERATORS
        from rbrules.fields import CATALOGUE
        from rbrules.model import Severity, Verdict
        from rbrules.proof.cases import first_verdict
        from rbrules.report.words import in_languages, label, safe
        from rbrules.rulebook import FOLDERS
        from rbrules.scaffold import Frame, argument, new_rule

        rulebook = _rulebook([folder])
        language = shell.language(lang, from_locale=True)
        _check_new_id(id_, {rule.id: rule.file for rule in (*rulebook.rules, *rulebook.off)})
        if not re.fullmatch("[a-z][a-z0-9_]*", family) or family in FOLDERS:
            others = ", ".join(FOLDERS)
            expected = say("a word of small letters, digits and _, none of $others", others=others)
            raise InputError([_option("--family", show(family), expected)])
        kinds = {str(kind): in_languages(f"kind.{kind}") for kind in CATALOGUE}
        (kind,) = _chosen("--subject", subject and [subject], kinds, language)
        catalogue = CATALOGUE[cast("Kind", kind)]
        grades = {grade.value: in_languages(f"severity.{grade.value}") for grade in Severity}
        (grade,) = _chosen("--severity", severity and [severity], grades, language)
        year = today().year - 1  # the year that is evaluated now
        counted = _counted_rule(counts, cast("Kind", kind), year, rulebook)
        usable = {name: entry.title for name, entry in catalogue.items() if OPERATORS[entry.type]}
        offices = {code: term.nama for code, term in rulebook.vocabulary.addressees.items()}
        frame = Frame(
            id=id_,
            kind=cast("Kind", kind),
            severity=Severity(grade),
            fields=()
            if counted is not None and not field
            else _chosen("--field", field, usable, language, several=True),
            addressees=_chosen("--addressee", addressee, offices, language, several=True),
            year=year,
            counted=counted,
        )
        verdict = first_verdict(id_, new_rule(frame, Verdict.UNKNOWN), folder)
        rule, cases = new_rule(frame, verdict)
        place = folder / family
        shell.write_new({place / f"{id_}.yaml": rule, place / f"{id_}.cases.yaml": cases})
        typer.echo(safe((place / f"{id_}.yaml").as_posix()))
        typer.echo(safe((place / f"{id_}.cases.yaml").as_posix()))
        typer.echo(safe(label("new.done", language, id=id_, folder=argument(folder.as_posix()))))


@rules_app.command("test")
def rules_test(
    ids: Annotated[
        Optional[list[str]], typer.Argument(metavar="[ID]...", autocompletion=_complete_id)
    ] = None,
    rules: Rules = None,
    engine: EngineOption = EngineChoice.auto,
    verify: Verify = False,
    lang: LangOption = None,
    every: Annotated[bool, typer.Option("--all", help="Show complete rules too.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 also where cases leave something open.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Run the cases of rules, and tell what they do not pin down.

    Every comparison of a rule should be seen true, false and unknown, and every small change of
    the rule (a mutant: another operator, threshold, field, connective or direction) should make a
    case fail. Exit code: 0 no case fails; 1 a case fails; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.api import off_hint
        from rbrules.proof.page import proof_page
        from rbrules.proof.run import prove

        rulebook = _rulebook(rules)
        known = [rule.id for rule in rulebook.rules]
        for id_ in ids or ():
            if id_ not in known:
                raise _usage("ID", id_, known, off_hint(id_, rulebook))
        chosen, reference = _engines(engine, verify=verify)
        proofs = prove(_folders(rules), rulebook, frozenset(ids or ()), chosen, reference)
        proved = {proof.file.rule for proof in proofs}
        without = [id_ for id_ in ids or known if id_ not in proved]
        language = shell.language(lang, from_locale=True)
        text = proof_page(
            proofs, without, rulebook, language, width=_width(None), everything=every or bool(ids)
        )
        shell.write_output(text, None)
        failed = any(proof.failed for proof in proofs)
        is_open = without or not all(proof.is_complete for proof in proofs)
        raise SystemExit(shell.EXIT_FINDINGS if failed or (strict and is_open) else 0)


@rules_app.command("lint")
def rules_lint(
    rules: Rules = None,
    lang: LangOption = None,
    every: Annotated[bool, typer.Option("--all", help="Show notes too.")] = False,
    debug: Debug = False,
) -> None:
    """Look for rules that cannot be meant: conditions, texts, citations and periods.

    What is said of conditions holds for every evaluation file, whatever it contains. Exit code: 0
    no problem; 1 problems; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.proof.cases import read_cases
        from rbrules.proof.lint import lint
        from rbrules.proof.page import lint_page

        rulebook = _rulebook(rules)
        remarks = lint(rulebook, read_cases(_folders(rules), rulebook, frozenset()))
        language = shell.language(lang, from_locale=True)
        text = lint_page(remarks, language, width=_width(None), everything=every)
        shell.write_output(text, None)
        found = any(remark.level == "problem" for remark in remarks)
        raise SystemExit(shell.EXIT_FINDINGS if found else 0)


@rules_app.command("impact")
def rules_impact(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Evaluation files, folders of them, or patterns."),
    ],
    against: Annotated[
        Optional[str],
        typer.Option(
            "--against",
            metavar="DIR_OR_REVISION",
            help="The earlier rules: a folder, or a revision of git (default: the shipped rules).",
        ),
    ] = None,
    rules: Rules = None,
    form: OutlookFormat = CheckFormat.table,
    output: Output = None,
    as_of: AsOf = None,
    rules_year: RulesYear = None,
    lang: LangOption = None,
    engine: EngineOption = EngineChoice.auto,
    only: Only = None,
    skip: Skip = None,
    every: Annotated[
        bool, typer.Option("--all", help="List every change, not only the first of each rule.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show whose verdicts, index or grade differ between two rulebooks, before anyone relies on it.

    The later rulebook is the shipped one with every --rules. A folder after --against stands in
    the place of these, or, where it has instruments and a vocabulary of its own, in that of the
    shipped rules too; a revision takes every folder as git had it then. Exit code: 0 nothing
    changes; 1 something does; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug, lang=lang):
        from rbrules.api import today
        from rbrules.outlook.impact import impact_of, impact_tree
        from rbrules.outlook.impact_page import impact_page

        if against is None and not rules:
            hint = "Name a folder of your own rules, or what to hold the rules against."
            raise InputError([_option("impact", "neither", "--rules or --against", hint)])
        names = shell.evaluation_files(files)
        for name in names:
            shell.spare_inputs(name, rules, output)
        day = as_of or datetime.combine(today(), datetime.min.time())
        rulebooks, sources = _rulebooks(against, rules)
        selection = _selection(only, skip, *rulebooks)
        known = {rule.id: rule for each in rulebooks for rule in (*each.rules, *each.off)}
        judges = [
            _checker(rulebook, known, day, rules_year, engine, selection) for rulebook in rulebooks
        ]
        problems: list[Problem] = []
        is_json = form is CheckFormat.json
        language = shell.language(lang, from_locale=not is_json)
        pairs = _judged(names, judges, problems)
        impact = impact_of(pairs, rulebooks, sources, language)
        if problems:
            raise InputError(problems)
        tree = impact_tree(impact, language)
        _write_outlook(
            tree,
            lambda: impact_page(tree, width=_width(output), everything=every),
            output,
            is_json=is_json,
        )
        raise SystemExit(0 if impact.is_none else shell.EXIT_FINDINGS)


# --- the parts of a command ---------------------------------------------------------------------


def _watch(ctx: typer.Context, file: str, rules: Sequence[Path]) -> NoReturn:
    """Run the command of `ctx` again and again; what is wrong with a file is told each time."""
    with shell.exit_codes(debug=False, lang=ctx.params["lang"]):
        if file == shell.STDIN:
            raise InputError([_option("--watch", "standard input", "a file that can change")])
        for place in (Path(file).parent, *rules):
            if not place.is_dir():
                raise InputError([_option(place.as_posix(), "no such folder", "a folder to watch")])
    from rbrules.cli.watching import edits
    from rbrules.report.words import label

    language = shell.language(ctx.params["lang"], from_locale=True)
    command = ctx.command.callback
    assert command is not None
    try:
        for _ in edits(Path(file), rules):
            time = f"{datetime.now().astimezone():%H:%M:%S}"
            shell.tell(label("watch.header", language, time=time, file=Path(file).name))
            try:
                command(**(ctx.params | {"watch": False}))
            except SystemExit as end:
                if end.code == shell.EXIT_INTERRUPTED:
                    raise
            shell.tell(label("watch.waiting", language))
    except KeyboardInterrupt:
        shell.tell(label("watch.end", language))
    raise SystemExit(shell.EXIT_INTERRUPTED)


def _folders(rules: Sequence[Path] | None) -> list[Path]:
    from rbrules.resources import shipped

    return [shipped("rules"), *(rules or ())]


def _rulebook(rules: Sequence[Path] | None) -> Rulebook:
    from rbrules.rulebook import load_rulebook

    return load_rulebook(_folders(rules))


def _report(
    file: str,
    rules: Sequence[Path] | None,
    as_of: datetime | None,
    rules_year: int | None,
    engine: EngineChoice,
    only: Sequence[str] | None,
    skip: Sequence[str] | None,
    *,
    verify: bool,
) -> tuple[Report, Places]:
    """Read everything and check; problems of both the rules and the file are listed at once."""
    (result,) = _reports([file], rules, as_of, rules_year, engine, only, skip, verify=verify)
    return result


def _reports(
    files: Iterable[str],
    rules: Sequence[Path] | None,
    as_of: datetime | None,
    rules_year: int | None,
    engine: EngineChoice,
    only: Sequence[str] | None,
    skip: Sequence[str] | None,
    *,
    verify: bool,
    beside: Rulebook | None = None,
    among: Callable[[Sequence[Evaluation]], Iterable[Problem]] | None = None,
) -> list[tuple[Report, Places]]:
    """Read everything and check; problems of the rules and of all files are listed at once.

    A recommendation of a file may name a rule of the rulebook `beside` too. `among` finds what is
    wrong with the files together, whatever is wrong with each.
    """
    from rbrules.api import today
    from rbrules.evaluation import read_evaluation
    from rbrules.pipeline import check as run_check

    problems: list[Problem] = []
    rulebook, read = None, []
    try:
        rulebook = _rulebook(rules)
    except InputError as error:
        problems += error.problems
    for file in files:
        try:
            document = shell.read_evaluation_file(file)
            if rulebook is None:
                from rbrules.validate import validate

                validate(document, "evaluation")
            else:
                reading = _also_knowing(rulebook, beside)
                read.append((document, read_evaluation(document, reading)))
        except InputError as error:
            problems += error.problems
    if among is not None and read:
        problems += among([evaluation for _, evaluation in read])
    if problems or rulebook is None:
        raise InputError(problems)
    day = as_of.date() if as_of is not None else today()
    chosen, reference = _engines(engine, verify=verify)
    selection = _selection(only, skip, rulebook)
    results = []
    for document, evaluation in read:
        report = run_check(
            rulebook,
            evaluation,
            as_of=day,
            engine=chosen,
            reference=reference,
            rules_year=rules_year,
            selection=selection,
        )
        results.append((report, _places(document, evaluation)))
    return results


def _places(document: Document, evaluation: Evaluation) -> Places:
    """Return what tells where in a file a pointer leads."""
    from rbrules.report.places import places_of

    return places_of(
        evaluation,
        lambda pointer: document.place(pointer).line,
        lambda pointer: document.place(pointer).column,
        shell.address(document.name),
    )


def _also_knowing(rulebook: Rulebook, other: Rulebook | None) -> Rulebook:
    """Return a rulebook to read files with, in which rules of another one may be named too."""
    mine = {rule.id for rule in (*rulebook.rules, *rulebook.off)}
    theirs = () if other is None else (*other.rules, *other.off)
    return replace(rulebook, off=(*rulebook.off, *(r for r in theirs if r.id not in mine)))


def _rulebooks(
    against: str | None, rules: Sequence[Path] | None
) -> tuple[tuple[Rulebook, Rulebook], tuple[tuple[Source, ...], tuple[Source, ...]]]:
    """Read the earlier rulebook and the later one; problems of both are listed at once."""
    from rbrules.outlook.impact import Source
    from rbrules.resources import shipped
    from rbrules.rulebook import load_rulebook

    bundled = Source(shipped("rules").name, "shipped")
    later = [bundled, *(Source(path.as_posix(), "folder") for path in rules or ())]
    earlier, folders = [bundled], [shipped("rules")]
    with tempfile.TemporaryDirectory() as place:
        if against and Path(against).is_dir():
            path = Path(against)
            is_whole = all((path / part).is_dir() for part in ("vocabulary", "instruments"))
            own = Source(path.as_posix(), "folder")
            earlier = [own] if is_whole else [*earlier, own]
            folders = [path] if is_whole else [*folders, path]
        elif against is not None:
            earlier, folders = _at_revision(against, rules, later, Path(place))
        problems: list[Problem] = []
        read: list[Rulebook] = []
        for side in (folders, _folders(rules)):
            try:
                read.append(load_rulebook(side))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
    return (read[0], read[1]), (tuple(earlier), tuple(later))


def _at_revision(
    revision: str, rules: Sequence[Path] | None, now: Sequence[Source], place: Path
) -> tuple[list[Source], list[Path]]:
    """Copy the folders that lie in the repository of the first of one's own as it had them then.

    Without a folder of one's own it is the repository of the shipped rules. Other folders are
    taken as they lie there today.
    """
    from rbrules.load.revision import commit_of, folder_at, repository
    from rbrules.outlook.impact import Source

    today = _folders(rules)
    home = today[min(1, len(today) - 1)]
    commit, root = commit_of(home, revision), repository(home)
    sources, folders = [], []
    for number, (folder, source) in enumerate(zip(today, now, strict=True)):
        if repository(folder) != root:
            sources.append(source)
            folders.append(folder)
            continue
        into = place / str(number)
        into.mkdir()
        copy = folder_at(folder, commit, into)
        sources.append(Source(source.name, "revision" if copy else "absent", revision))
        folders += [copy] if copy else []
    return sources, folders


def _checker(
    rulebook: Rulebook,
    known: Mapping[str, Rule],
    day: datetime,
    rules_year: int | None,
    engine: EngineChoice,
    selection: Selection,
) -> Callable[[Document], Report]:
    """Return what reads and checks a file by a rulebook.

    A recommendation in the file may name any of the `known` rules, as it may one switched off.
    """
    from rbrules.evaluation import read_evaluation
    from rbrules.pipeline import check as run_check

    chosen, _ = _engines(engine, verify=False)
    mine = {rule.id for rule in rulebook.rules}
    others = tuple(rule for id_, rule in known.items() if id_ not in mine)
    reading = replace(rulebook, off=others)
    return lambda document: run_check(
        rulebook,
        read_evaluation(document, reading),
        as_of=day.date(),
        engine=chosen,
        rules_year=rules_year,
        selection=selection,
    )


def _judged(
    names: Iterable[str], judges: Sequence[Callable[[Document], Report]], problems: list[Problem]
) -> Iterator[tuple[str, Report, Report]]:
    """Check files by two rulebooks; what is wrong with a file is added to `problems`."""
    for name in names:
        try:
            document = shell.read_evaluation_file(name)
            before, after = (judge(document) for judge in judges)
        except InputError as error:
            problems += error.problems
        else:
            yield name, before, after


def _rb_instrument(report: Report, file: str) -> Instrument:
    """Return the instrument of the RB index.

    Raises:
        InputError: the group has none in that year.
    """
    if report.index.instrument is None:
        found = say(
            "no instrument of the RB index for $kelompok", kelompok=report.evaluation.kelompok
        )
        hint = "This command works on the RB index only; it does not look at SAKIP scores."
        expected = "a group and a year with an instrument"
        problem = _option(
            file, say("$found in $year", found=found, year=report.day.year), expected, hint
        )
        raise InputError([problem])
    return report.index.instrument


def _document(form: ListFormat, listed: Register) -> bytes:
    """Render a list as a document of Excel or Word."""
    try:
        if form is ListFormat.xlsx:
            from rbrules.report.workbook import recommendation_workbook

            return recommendation_workbook(listed)
        from rbrules.report.annex import recommendation_annex

        return recommendation_annex(listed)
    except ImportError as error:
        package = {ListFormat.xlsx: "openpyxl"}.get(form, "python-docx")
        expected = say("$package, or another format", package=package)
        raise InputError(
            [_option("--format", say("no package $name", name=error.name), expected)]
        ) from None


def _judge(
    report: Report, rulebook: Rulebook, engine: EngineChoice, rules_year: int | None
) -> Judge:
    """Return what checks another evaluation as the one of `report` was checked."""
    from rbrules.pipeline import Selection
    from rbrules.pipeline import check as run_check

    chosen, _ = _engines(engine, verify=False)
    selection = Selection(frozenset(report.only), frozenset(report.skip))
    return lambda evaluation: run_check(
        rulebook,
        evaluation,
        as_of=report.as_of,
        engine=chosen,
        rules_year=rules_year,
        selection=selection,
    )


def _write_outlook(
    tree: Tree, page: Callable[[], str], output: Path | None, *, is_json: bool
) -> None:
    """Write an outlook as JSON or as a page."""
    if is_json:
        from rbrules.report.json_text import json_text

        shell.write_output(json_text(tree), output)
    else:
        shell.write_output(page(), output)


def _engines(choice: EngineChoice, *, verify: bool) -> tuple[Engine, Engine | None]:
    """Return the engine that judges and, with --verify, the other one beside it."""
    from rbrules.api import choose_engines

    return choose_engines(choice.value, verify=verify)


def _selection(
    only: Sequence[str] | None, skip: Sequence[str] | None, *rulebooks: Rulebook
) -> Selection:
    """Read the words that select rules; one of the rulebooks has to know each."""
    from rbrules.api import select

    return select(only or (), skip or (), *rulebooks)


def _check_new_id(id_: str, taken: Mapping[str, str]) -> None:
    """Refuse what is no id, or the id of a rule already, and say which one is meant or free.

    Args:
        id_: as given.
        taken: the file of each rule, by id.
    """
    from rbrules.validate import RULE_ID

    is_id = RULE_ID.fullmatch(id_)
    if is_id and id_ not in taken:
        return
    parts = re.fullmatch("([A-Za-z]{2,5})[-_. ]?0*([0-9]{1,3})", id_.strip())
    hint = ""
    if parts:
        letters = parts[1].upper()
        meant = f"{letters}-{int(parts[2]):03}"
        hint = say("Did you mean $meant?", meant=meant)
        if meant in taken:
            where = "" if is_id else say("$meant is in $file.", meant=meant, file=taken[meant])
            last = max(int(other[-3:]) for other in taken if other.startswith(f"{letters}-"))
            free = say("The next free id is $id.", id=f"{letters}-{last + 1:03}")
            hint = joined(where, free)
    found, expected = show(id_), "a new id"
    if is_id:
        found = say("$id, which is in $file", id=found, file=taken[id_])
    else:
        expected += ": two to five capital letters, a hyphen, three digits, such as ABC-001"
    raise InputError([_option("ID", found, expected, hint)])


def _counted_rule(id_: str | None, kind: Kind, year: int, rulebook: Rulebook) -> Rule | None:
    """Return the rule that a new one on `kind` counts from a year on; None where none is named."""
    from rbrules.api import off_hint
    from rbrules.conditions import BELOW

    if id_ is None:
        return None
    below = BELOW.get(kind, frozenset())
    lasting = {
        rule.id: rule
        for rule in rulebook.rules
        if rule.valid.to is None and rule.valid.start <= date(year, 1, 1)
    }
    countable = {rule.id: rule for rule in lasting.values() if rule.applies_to in below}
    if id_ in countable:
        return countable[id_]
    known = {rule.id: rule for rule in rulebook.rules}
    if id_ not in known:
        raise _usage("--counts", id_, known, off_hint(id_, rulebook))
    if id_ not in lasting:
        expected = f"a rule that is in force from {year}-01-01 on, without an end"
        raise InputError([_option("--counts", show(id_), expected)])
    found = f"{id_}, a rule on {known[id_].applies_to}"
    kinds = ", ".join(sorted(below)) or "nothing: no other kind lies below it"
    raise InputError([_option("--counts", found, f"a rule that {kind} may count: {kinds}")])


def _chosen(
    option: str,
    given: Sequence[str] | None,
    known: Mapping[str, Text],
    language: str,
    *,
    several: bool = False,
) -> tuple[str, ...]:
    """Return what the option gives or, on a terminal, what is answered to the question for it.

    A wrong answer is asked again; a wrong option is a problem.

    Args:
        option: its name.
        given: its values.
        known: what each word that may be chosen is called; that may be given too.
        language: of the question.
        several: whether an answer may be more than one word.
    """
    if given:
        words = [_word_for(answer, known) for answer in given]
        if None in words:
            raise _usage(option, given[words.index(None)], known)
        return tuple(dict.fromkeys(word for word in words if word))
    if not (sys.stdin and sys.stdin.isatty()):
        raise InputError(
            [_option(option, "no value", say("one of $words", words=", ".join(known)))]
        )
    from rbrules.report.words import label, safe
    from rbrules.validate import meant_word

    width = max(map(len, known))
    for word, name in known.items():
        typer.echo(safe(f"  {word:{width}}  {name.in_language(language)}"))
    while True:
        try:
            answer = typer.prompt(label(f"new.{option.removeprefix('--')}", language))
        except typer.Abort:  # Ctrl-C, or no more input
            raise KeyboardInterrupt from None
        answers = [part.strip() for part in answer.split(",")] if several else [answer.strip()]
        words = [_word_for(part, known) for part in answers]
        if None not in words:
            return tuple(dict.fromkeys(word for word in words if word))
        wrong = answers[words.index(None)]
        meant = meant_word(wrong, known)
        key = "new.meant" if meant else "new.wrong"
        typer.echo(safe(label(key, language, found=show(wrong), meant=meant or "")))


def _word_for(answer: str, known: Mapping[str, Text]) -> str | None:
    """Return the word that is given by itself or by its name, whatever its capitals; else None."""
    said = answer.casefold()
    for word in known:
        if word.casefold() == said:
            return word
    named = [w for w, name in known.items() if said in {name.id.casefold(), name.en.casefold()}]
    return named[0] if len(named) == 1 else None


def _usage(option: str, word: str, known: Iterable[str], hint: str = "") -> InputError:
    from rbrules.validate import unknown_word

    return InputError([unknown_word(option, word, known, hint)])


def _option(option: str, found: str, expected: str, hint: str = "") -> Problem:
    return Problem(
        file=option, line=0, column=0, pointer="", found=found, expected=expected, hint=hint
    )


def _width(output: Path | None) -> int:
    if output is not None:
        return PIPED_WIDTH
    return shutil.get_terminal_size((PIPED_WIDTH, 24)).columns


def _summary(tree: Tree) -> str:
    from rbrules.report.words import label

    shown = [f for f in tree["findings"] if f["verdict"] == "finding"]
    counts = {
        level: sum(1 for finding in shown if finding["severity"] == level)
        for level in ("high", "medium", "low")
    }
    unknown = tree["summary"]["unknown"]
    return label("summary.findings", tree["lang"], finding=len(shown), unknown=unknown, **counts)


def _batch_code(tree: Tree, fail_on: FailOn) -> int:
    """Return the exit code of a run over many files."""
    files, found = tree["files"], tree["findings"]
    if not files["judged"]:
        return shell.EXIT_INPUT
    if files["invalid"] or files["failed"]:
        return shell.EXIT_FINDINGS
    grave = list(FailOn)[list(FailOn).index(fail_on) :]
    return shell.EXIT_FINDINGS if any(found.get(level.value) for level in grave) else 0


def _exit_code(tree: Tree, fail_on: FailOn, *, strict: bool) -> int:
    levels = {"low": 0, "medium": 1, "high": 2, "never": 3}
    grave = any(
        finding["verdict"] == "finding" and levels[finding["severity"]] >= levels[fail_on]
        for finding in tree["findings"]
    )
    if grave or (strict and tree["summary"]["unknown"]):
        return shell.EXIT_FINDINGS
    return 0


# --- evaluations in Excel -----------------------------------------------------------------------

FormOutput = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE: .xlsx, or .csv for the planning indicators alone.",
    ),
]
FirstYear = Annotated[
    Optional[int],
    typer.Option("--from", min=1990, max=2100, help="First year of targets and results."),
]
LastYear = Annotated[
    Optional[int], typer.Option("--to", min=1990, max=2100, help="Last year of the targets.")
]


@app.command()
def template(
    kelompok: Annotated[str, typer.Option("--kelompok", help="Group, such as kabupaten.")],
    tahun: Annotated[int, typer.Option("--tahun", min=1990, max=2100, help="Year evaluated.")],
    output: FormOutput,
    first: FirstYear = None,
    last: LastYear = None,
    rules: Rules = None,
    lang: Annotated[
        Optional[Lang], typer.Option("--lang", help="Language of the form (default: id).")
    ] = None,
    debug: Debug = False,
) -> None:
    """Write a workbook to fill in: the lines of the instrument, their ranges, and room for all.

    Exit code: 0 it was written; 2 the usage is wrong.
    """
    with shell.exit_codes(debug=debug):
        from rbrules.validate import words_of

        groups = words_of("instansi", "kelompok")
        if kelompok not in groups:
            raise _usage("--kelompok", kelompok, groups)
        tree = {"versi": 1, "instansi": {"kelompok": kelompok}, "tahun": tahun}
        _write_form(tree, _rulebook(rules), lang, output, first, last)


@app.command("export")
def export_(
    file: File,
    output: FormOutput,
    first: FirstYear = None,
    last: LastYear = None,
    rules: Rules = None,
    lang: Annotated[
        Optional[Lang], typer.Option("--lang", help="Language of the form (default: id).")
    ] = None,
    debug: Debug = False,
) -> None:
    """Write an evaluation file as a workbook, from which import makes the same evaluation.

    Exit code: 0 it was written; 2 the input or usage is wrong.
    """
    with shell.exit_codes(debug=debug):
        from rbrules.evaluation import read_evaluation

        shell.spare_inputs(file, rules, output)
        rulebook = _rulebook(rules)
        document = shell.read_evaluation_file(file)
        read_evaluation(document, rulebook)
        _write_form(document.tree, rulebook, lang, output, first, last)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A filled workbook (XLSX), or a CSV file.")],
    output: Output = None,
    into: Annotated[
        Optional[str],
        typer.Option("--into", metavar="FILE", help="Add the rows of a CSV file to this file."),
    ] = None,
    rules: Rules = None,
    debug: Debug = False,
) -> None:
    """Make an evaluation file of a filled workbook; every problem is named by sheet and cell.

    Of a CSV file, which holds planning indicators only, rows are added to the file after --into.
    Exit code: 0 the file was written; 2 the input or usage is wrong, and nothing was written.
    """
    with shell.exit_codes(debug=debug):
        from rbrules.evaluation import read_evaluation
        from rbrules.form.archive import MAX_FILE
        from rbrules.load.files import read_bytes
        from rbrules.report.json_text import json_text

        is_csv = file.suffix.casefold() == ".csv"
        if is_csv is (into is None):
            found = "a CSV file without it" if is_csv else "a workbook beside it"
            hint = "A CSV file holds planning indicators only." if is_csv else "Leave it out."
            raise InputError([_option("--into", found, "a CSV file and --into", hint)])
        shell.spare_inputs(file.as_posix(), rules, output)
        data = read_bytes(file, MAX_FILE)
        rulebook = _rulebook(rules)
        if into is not None:
            from rbrules.form.planning_csv import with_planning

            document = shell.read_evaluation_file(into)
            read_evaluation(document, rulebook)
            tree = with_planning(document.tree, data, file.as_posix(), rulebook)
        else:
            from rbrules.form.intake import evaluation_of
            from rbrules.form.workbook import read_grids

            grids = read_grids(data, file.as_posix())
            tree = evaluation_of(grids, data, file.as_posix(), rulebook)
        shell.write_output(json_text(tree), output)


def _write_form(
    tree: Tree,
    rulebook: Rulebook,
    lang: Lang | None,
    output: Path,
    first: int | None,
    last: int | None,
) -> None:
    """Write an evaluation as a workbook or, where the file is called so, its indicators as CSV."""
    from rbrules.form.layout import plan_of

    # A form is for people who fill it in, whatever the language of this machine is.
    plan = plan_of(tree, rulebook, (lang or Lang.id).value, first, last)
    match output.suffix.casefold():
        case ".csv":
            from rbrules.form.planning_csv import planning_csv

            shell.write_output(planning_csv(tree, plan), output)
        case ".xlsx":
            from rbrules.form.fill import fill_form
            from rbrules.form.workbook import form_workbook

            shell.write_binary(form_workbook(fill_form(tree, plan), plan), output)
        case _:
            raise InputError(
                [_option("-o", show(output.name), "a name that ends in .xlsx or .csv")]
            )


def main() -> None:
    """Run the program."""
    with shell.exit_codes(debug=False):
        try:
            app(prog_name="rbrules")  # completion goes by this name
        finally:
            shell.flush_output()
