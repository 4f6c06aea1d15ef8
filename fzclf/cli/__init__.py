"""The command line: argument parsing only; each verb imports what it needs when it runs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from fzclf import __version__
from fzclf.cli.console import fail, ready_streams
from fzclf.errors import FzclfError

DONE, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status (0 done, 1 some inputs failed, 2 wrong use)."""
    ready_streams()
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        module, function = options.run
        status: int = getattr(importlib.import_module(module), function)(options)
        sys.stdout.flush()
        return status
    except FzclfError as error:
        fail(str(error))
        return SOME_FAILED
    except BrokenPipeError:
        return _closed_pipe()
    except OSError as error:
        fail(f"{error.filename or 'output'}: {error.strerror or error}")
        return SOME_FAILED
    except KeyboardInterrupt:
        fail("interrupted; nothing half-written is left behind")
        return INTERRUPTED


def _closed_pipe() -> int:
    """Nobody reads the output any more (`| head`): end silently, as other tools do."""
    import os

    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at exit complains
        return DONE
    return SOME_FAILED  # it was stderr that closed


def make_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; also what shell completion is made from."""
    parser = argparse.ArgumentParser(
        prog="fzclf",
        description="Cut Chinese government reports into headings, paragraphs and sentences, "
        "and tag them with rule-of-law categories.",
        epilog="examples:\n"
        "  fzclf classify report.txt\n"
        "  fzclf classify reports/ --format csv -o tags.csv\n"
        "  fzclf train labels/ -o models/mine\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fzclf {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name in ("tagging_verbs", "training_verbs", "service_verbs"):
        importlib.import_module(f"fzclf.cli.{name}").add_verbs(verbs)
    return parser
