"""The process that runs the inputs of one target: by atheris where it is installed, else by chance."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
from pathlib import Path

_LONGEST = 4096  # bytes of decisions
_USUAL = 256  # by chance, most inputs are shorter: a hundred thousand small ones find more than a thousand large ones


def main(arguments: list[str]) -> None:
    """Fuzz until the time or the number of inputs is reached; ends the process by itself."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=("atheris", "random"))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--inputs", type=int)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    with _instrumented(options.engine):
        from fuzz.guard import Guard
        from fuzz.targets import TARGETS

        guard = Guard(TARGETS[options.target], options.folder)
        guard.feed(b"")  # imports and compiles before the clock runs
    stop = time.monotonic() + options.seconds

    def one(decisions: bytes) -> None:
        guard.feed(decisions)
        if time.monotonic() > stop or guard.n_inputs >= options.inputs:
            guard.report()
            os._exit(0)

    if options.engine == "atheris":
        _by_coverage(one, options)
    else:
        _by_chance(one, options.seed)


def _instrumented(engine: str) -> contextlib.AbstractContextManager[object]:
    """Coverage counters in the package; the compiled loops stay as they are, numba could not compile counters."""
    if engine != "atheris":
        return contextlib.nullcontext()
    import atheris

    return atheris.instrument_imports(include=["fzclf"], exclude=["fzclf._kernels"])  # type: ignore[no-any-return]


def _by_coverage(one: object, options: argparse.Namespace) -> None:
    import atheris

    corpus = options.folder / f"{options.target}.corpus"
    corpus.mkdir(exist_ok=True)
    if not any(corpus.iterdir()):
        chance = random.Random(options.seed)
        for number in range(50):
            (corpus / f"seed-{number}").write_bytes(chance.randbytes(chance.choice((2, 8, 30, 120, 500))))
    flags = [f"-max_len={_LONGEST}", "-len_control=20", "-timeout=600", "-rss_limit_mb=4096", f"-seed={options.seed}"]
    atheris.Setup([sys.argv[0], *flags, f"-artifact_prefix={options.folder}/", str(corpus)], one)
    atheris.Fuzz()


def _by_chance(one: object, seed: int) -> None:
    """Random decisions, and small changes of some that went before."""
    chance = random.Random(seed)
    kept = [chance.randbytes(64)]
    while True:
        if chance.random() < 0.5:
            data = bytearray(chance.choice(kept))
            for _ in range(1 + chance.randrange(4)):
                at = chance.randrange(len(data) + 1)
                data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        else:
            data = bytearray(chance.randbytes(int((_LONGEST if chance.random() < 0.02 else _USUAL) ** chance.random())))
        one(bytes(data))  # type: ignore[operator]
        if len(kept) < 1000:
            kept.append(bytes(data))
        else:
            kept[chance.randrange(1000)] = bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
