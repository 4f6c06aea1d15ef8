"""``classify``, ``segment`` and ``explain``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from fzclf.cli.console import FILES, FOLDERS, columns, fail, machine_stdout, progress, say
from fzclf.errors import FzclfError
from fzclf.outputs import FORMATS, LEVELS, csv_header, csv_rows, jsonl, table

Subparsers = Any  # argparse._SubParsersAction, which has no public name
_HERE = __name__


def add_verbs(verbs: Subparsers) -> None:
    """Add the verbs of this module to the parser."""
    classify = _report_verb(
        verbs,
        "classify",
        "tag reports with categories",
        "  fzclf classify report.txt\n"
        "  fzclf classify reports/ --format csv --level sentence -o tags.csv\n"
        "  cat report.txt | fzclf classify - --format jsonl\n",
    )
    _add_model_option(classify)
    _report_verb(
        verbs,
        "segment",
        "cut reports into titles, headings, paragraphs and sentences, without categories",
        "  fzclf segment report.txt --level sentence\n",
    )
    explain = verbs.add_parser(
        "explain",
        help="show why sentences got their categories",
        description="Show, for each sentence of a report, its category and the words that spoke most for it; "
        "words in ‹ › stand in its heading or in a neighbour.",
        epilog="examples:\n  fzclf explain report.txt --top 5\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    path = explain.add_argument("path", metavar="PATH", help="a report, or - for standard input")
    path.complete = FILES
    explain.add_argument("--top", type=_positive, default=6, metavar="N", help="words for each sentence (default: 6)")
    _add_model_option(explain)
    _add_reading_options(explain)
    explain.set_defaults(run=(_HERE, "run_explain"))


def _report_verb(verbs: Subparsers, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}\nexit status: 0 all done, 1 some inputs failed, 2 wrong use",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    paths = verb.add_argument("paths", nargs="+", metavar="PATH", help="files, folders, or - for standard input")
    paths.complete = FILES  # type: ignore[attr-defined]  # shtab's convention
    verb.add_argument("--format", choices=FORMATS, default="table", help="what to print (default: table)")
    verb.add_argument("--level", choices=LEVELS, default="paragraph", help="one row for each (default: paragraph)")
    verb.add_argument(
        "--all",
        action=argparse.BooleanOptionalAction,
        default=name == "segment",
        help="in JSON lines and CSV a row for titles, headings and metadata as well, told apart by `kind` "
        f"(default: {'yes' if name == 'segment' else 'no'})",
    )
    output = verb.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
    output.complete = FILES  # type: ignore[attr-defined]
    verb.add_argument(
        "--raw-csv",
        action="store_true",
        help="do not put a ' before CSV cells that a spreadsheet would run as formulas",
    )
    _add_reading_options(verb)
    verb.set_defaults(run=(_HERE, f"run_{name}"))
    return verb


def _add_reading_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--encoding", metavar="NAME", help="encoding of text files (default: found from the bytes)")
    verb.add_argument(
        "--errors", choices=("strict", "replace"), default="strict", help="what to do with bytes that do not fit"
    )


def _add_model_option(verb: argparse.ArgumentParser) -> None:
    model = verb.add_argument("--model", metavar="DIR", help="a model folder (default: the packaged one)")
    model.complete = FOLDERS  # type: ignore[attr-defined]


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number above 0")
    return int(value)


def run_classify(options: argparse.Namespace) -> int:
    """Tag all inputs; those that fail are named on stderr and the others still done."""
    from fzclf.loading import load_model
    from fzclf.tagging import classify

    model = load_model(options.model)
    return _run_reports(options, lambda text: classify(text, model=model))


def run_segment(options: argparse.Namespace) -> int:
    """Cut all inputs; those that fail are named on stderr and the others still done."""
    from fzclf.segmentation import segment

    return _run_reports(options, segment)


def _run_reports(options: argparse.Namespace, cut: Callable[[str], Any]) -> int:
    from fzclf.cli.inputs import expand

    inputs = list(expand(options.paths))
    n_failed = 0
    with _opened(options) as stream:
        if options.format == "csv":
            stream.write(csv_header())
        for source in progress(inputs, len(inputs), options.run[1].removeprefix("run_")):
            try:
                if isinstance(source, FzclfError):
                    raise source
                text, notes = source.read(options.encoding, options.errors)
                for note in notes:
                    say(f"fzclf: {source.name}: {note}")
                report = cut(text)
            except FzclfError as error:
                fail(str(error))
                n_failed += 1
                continue
            stream.write(_rendered(report, source.name, options))
    return 1 if n_failed else 0


def _rendered(report: Any, name: str, options: argparse.Namespace) -> str:
    if options.format == "jsonl":
        return jsonl(report, name, options.level, whole=options.all)
    if options.format == "csv":
        return csv_rows(report, name, options.level, raw=options.raw_csv, whole=options.all)
    width = 120 if options.output else columns()
    return table(report, name, options.level, width) + "\n"


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[TextIO]:
    """Where results go: standard output, or a file that appears whole or not at all."""
    from fzclf.publishing import text_file

    if options.output:
        # Excel takes a CSV file for UTF-8 only if it begins with a byte order mark.
        encoding = "utf-8-sig" if options.format == "csv" else "utf-8"
        with text_file(Path(options.output), encoding) as file:
            yield file
    else:
        yield sys.stdout if options.format == "table" else machine_stdout()


def run_explain(options: argparse.Namespace) -> int:
    """Print the strongest evidence of every sentence of one report."""
    from fzclf.cli.inputs import Input
    from fzclf.loading import load_model
    from fzclf.tagging import classify

    source = Input(options.path, None if options.path == "-" else Path(options.path))
    text, _ = source.read(options.encoding, options.errors)
    report = classify(text, model=load_model(options.model))
    for paragraph in report:
        for sentence in paragraph.sentences:
            sys.stdout.write(_explained(report.text, sentence, report.names, options.top))
    return 0


def _explained(text: str, sentence: Any, names: dict[str, str], top: int) -> str:
    from fzclf.outputs import visible

    strongest = sorted(sentence.evidence, key=lambda span: -span[2])[:top]
    words = "  ".join(f"{_place(text, sentence, start, end)} {weight:+.2f}" for start, end, weight in strongest)
    review = f"  ? {sentence.review}" if sentence.review else ""
    return (
        f"{visible(sentence.text)}\n"
        f"    {names[sentence.category]} {sentence.category} {sentence.probability:.2f}{review}\n"
        f"    bias {sentence.bias:+.2f}  {words}\n"
    )


def _place(text: str, sentence: Any, start: int, end: int) -> str:
    """Words of a span; in ‹ › if they stand outside of the sentence."""
    from fzclf.outputs import visible

    if not end:
        return "role and position"
    words = visible(text[start:end])
    return words if sentence.start <= start and end <= sentence.end else f"‹{words}›"
