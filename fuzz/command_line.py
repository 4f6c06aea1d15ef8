"""The target that takes what a user types: verbs, options, and the files and standard input behind them."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from fuzz.choices import Choices
from fuzz.files import TARGETS as FILES
from fuzz.pieces import text_of
from fuzz.target import Target, decoded, encoded
from fzclf.cli import main

_VERBS = ("classify", "segment", "explain", "info", "completion", "evaluate", "train", "clasify", "")
_OPTIONS = (
    "--format=jsonl", "--format=csv", "--format=table", "--format=xml", "--level=sentence", "--level=paragraph",
    "--raw-csv", "-",
    "{file}", "{file}", "{folder}", "{missing}", "--encoding=gbk", "--encoding=utf-8", "--encoding=hex",
    "--encoding=\x00", "-o{out}",
    "--encoding=", "--errors=replace", "--errors=ignore", "--top=2", "--top=0", "--top=x", "--top=" + "9" * 5000,
    "--model={folder}",
    "--model={file}", "--model=", "-o{folder}", "-o{missing}/x", "--json", "--reports={folder}",
    "--codebook={file}", "bash", "--markdown",
    "--", "-h", "--version", "", "\ud800", "\x1b[2J", "a\nb", "-o", "--cross-validate", "--output={out}",
    "/dev/null", "{folder}/../{file}",
)  # fmt: skip
_any_file = next(target.build for target in FILES if target.name == "whole")


def _command(choices: Choices) -> bytes:
    """Arguments ended by NUL characters, two of these, the content of the file."""
    arguments = [choices.pick(_VERBS)]
    for _ in range(choices.below(7)):
        argument = choices.pick(_OPTIONS)
        arguments.append(argument.replace("\x00", "\x01"))
    way = choices.below(4)
    content = _any_file(choices) if way == 0 else encoded(text_of(choices, 1_000))
    return "".join(f"{argument}\x00" for argument in arguments).encode("utf-8", "surrogatepass") + b"\x00" + content


def _check_command(data: bytes) -> None:
    head, _, content = data.partition(b"\x00\x00")
    with TemporaryDirectory() as name:
        folder = Path(name)
        places = {
            "{file}": folder / "年报 1.txt",
            "{folder}": folder / "x",
            "{out}": folder / "out",
            "{missing}": folder / "none",
        }
        places["{folder}"].mkdir()
        for place in (places["{file}"], places["{folder}"] / "b.html"):
            place.write_bytes(content)
        arguments = decoded(head).split("\x00")
        for word, path in places.items():
            arguments = [argument.replace(word, str(path)) for argument in arguments]
        status, out, err = _run(arguments, content)
        written = (places["{out}"]).read_bytes() if places["{out}"].is_file() else b""
    assert status in (0, 1, 2), f"exit status {status}"
    assert "Traceback" not in err
    assert status == 0 or err, "failed without a word"
    for result in (out, written):
        _check_format(result.decode("utf-8-sig"), arguments)


def _run(arguments: list[str], content: bytes) -> tuple[int, bytes, str]:
    """Exit status and streams of a command in this process."""
    out, err = io.BytesIO(), io.BytesIO()
    stdout, stderr = (io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err))
    stdin = io.TextIOWrapper(io.BytesIO(content), "utf-8")
    previous = Path.cwd()
    with (
        TemporaryDirectory() as elsewhere,
        patch.object(sys, "stdin", stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        os.chdir(elsewhere)
        try:
            status = main(arguments)
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        finally:
            os.chdir(previous)
    return status, out.getvalue(), err.getvalue().decode("utf-8")


def _check_format(result: str, arguments: list[str]) -> None:
    asked = [argument for argument in arguments if argument.startswith("--format")]
    if arguments[0] not in ("classify", "segment") or not asked or {"-h", "--version", "--"} & set(arguments):
        return
    if asked[-1] == "--format=jsonl":
        assert all(json.loads(line) for line in result.split("\n") if line)
    elif asked[-1] == "--format=csv":
        assert len({len(row) for row in csv.reader(io.StringIO(result, newline=""))}) <= 1


TARGETS = (Target("cli", _command, _check_command, ()),)
