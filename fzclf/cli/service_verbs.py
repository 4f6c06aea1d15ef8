"""``info``, ``warmup`` and ``completion``."""

from __future__ import annotations

import argparse
import locale
import platform
import sys
from typing import Any

_HERE = __name__


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module to the parser."""
    info = verbs.add_parser(
        "info", help="what a bug report needs", description="Versions, encodings and the packaged model."
    )
    info.add_argument("--markdown", action="store_true", help="as Markdown, to paste into an issue")
    info.set_defaults(run=(_HERE, "run_info"))
    warmup = verbs.add_parser(
        "warmup",
        help="build and cache what the first call would build",
        description="Compile the loops and build the lexicon now, for images and read-only systems.",
    )
    warmup.set_defaults(run=(_HERE, "run_warmup"))
    completion = verbs.add_parser(
        "completion",
        help="print a completion script for a shell",
        description="Print a completion script.",
        epilog="example:\n  fzclf completion bash > ~/.local/share/bash-completion/completions/fzclf\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    completion.set_defaults(run=(_HERE, "run_completion"))


def run_info(options: argparse.Namespace) -> int:
    """Print versions, encodings, and what the packaged model says of itself."""
    facts = _facts()
    if options.markdown:
        lines = ["| what | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in facts.items())]
    else:
        width = max(map(len, facts))
        lines = [f"{name:{width}}  {value}" for name, value in facts.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _facts() -> dict[str, str]:
    from fzclf.errors import ModelError
    from fzclf.model_files import read_model
    from fzclf.resources import default_model_folder
    from fzclf.versions import versions

    facts = versions() | {
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",  # platform() runs uname
        "stdout": f"{sys.stdout.encoding}, {'terminal' if sys.stdout.isatty() else 'no terminal'}",
        "locale": locale.getpreferredencoding(False),
    }
    try:
        model = read_model(default_model_folder())
    except ModelError as error:
        return facts | {"model": f"broken: {error}"}
    return facts | {
        "model": f"{len(model.categories)} categories, {sum(len(view.table.terms) for view in model.views)} terms",
        "model data": str(model.card.get("data", {}).get("sha256", "unknown"))[:16],
    }


def run_warmup(_options: argparse.Namespace) -> int:
    """Build everything that the first call would build, and say where it went."""
    from fzclf.errors import FzclfError
    from fzclf.tagging import classify
    from fzclf.warming import warmup

    try:
        report = warmup()
    except (ImportError, OSError) as error:
        raise FzclfError(
            f"numba cannot be imported ({error}), so there is nothing to warm up; pip install numba"
        ) from error
    classify("推进依法行政。")
    sys.stdout.write(f"{report}\n")
    return 0


def run_completion(options: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab

    from fzclf.cli import make_parser

    sys.stdout.write(shtab.complete(make_parser(), shell=options.shell) + "\n")
    return 0
