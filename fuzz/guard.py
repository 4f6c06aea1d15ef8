"""Run one input after the other, keep the one at work where a crash cannot lose it, note what should not be."""

from __future__ import annotations

import hashlib
import json
import mmap
import time
import traceback
from pathlib import Path

from fuzz.choices import Choices
from fuzz.target import Target

SECONDS_PER_10_KB = 1.0
_ROOM = 1 << 24  # bytes for the input at work
_LONGEST_MESSAGE = 1_100  # characters
_HEAD = 16  # number of inputs, size of the one at work


class Guard:
    """Counts, times and judges the inputs of one target.

    Parameters
    ----------
    folder : Path
        Gets the input at work (`current`), the figures so far (`stats`), and findings.
    """

    def __init__(self, target: Target, folder: Path) -> None:
        self.target = target
        self.folder = folder
        self.n_inputs = self.n_refused = 0
        self.slowest = 0.0
        self._seen: set[str] = set()
        self._began = time.monotonic(), time.process_time()
        self._reported = 0.0
        place = folder / f"{target.name}.current"
        place.write_bytes(b"")
        with place.open("r+b") as file:
            file.truncate(_ROOM)
            self._current = mmap.mmap(file.fileno(), _ROOM)

    def feed(self, decisions: bytes) -> None:
        """Build an input of `decisions` and try it."""
        self.run(self.target.build(Choices(decisions)))

    def run(self, data: bytes) -> None:
        """Try one input; whatever goes wrong is kept as a finding, never raised."""
        data = data[: _ROOM - _HEAD]
        self.n_inputs += 1
        self._current[: _HEAD + len(data)] = (
            self.n_inputs.to_bytes(8, "little") + len(data).to_bytes(8, "little") + data
        )
        seconds = self._try(data)
        allowed = SECONDS_PER_10_KB * max(1.0, len(data) / 10_000)
        if seconds > allowed / 4:  # the first time may have imported or compiled something
            seconds = min(seconds, self._try(data))
        if seconds > allowed:
            self.keep("slow", data, f"{seconds:.2f} s of CPU for {len(data)} bytes")
        self.slowest = max(self.slowest, seconds / max(1.0, len(data) / 10_000))
        if time.monotonic() - self._reported > 1:
            self.report()

    def _try(self, data: bytes) -> float:
        begin = time.process_time()
        try:
            self.target.check(data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except self.target.allowed as error:
            self.n_refused += 1
            if len(str(error)) > _LONGEST_MESSAGE:
                self.keep("long message", data, str(error)[:4000])
        except BaseException as error:  # a panic of compiled code is no Exception
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in frames if "/fzclf/" in frame.filename] or frames
            self.keep(
                f"{type(error).__name__} {Path(own[-1].filename).name}:{own[-1].lineno}", data, traceback.format_exc()
            )
        return time.process_time() - begin

    def keep(self, kind: str, data: bytes, story: str) -> None:
        """Write a finding down, one for each kind."""
        if kind not in self._seen:
            self._seen.add(kind)
            keep(self.folder, self.target.name, kind, data, story)

    def report(self) -> None:
        """Write the figures so far."""
        self._reported = time.monotonic()
        figures = {
            "inputs": self.n_inputs,
            "refused": self.n_refused,
            "seconds": round(self._reported - self._began[0], 1),
            "cpu_seconds": round(time.process_time() - self._began[1], 1),
            "slowest_seconds_per_10_kb": round(self.slowest, 3),
        }
        place = self.folder / f"{self.target.name}.stats"
        partial = place.with_suffix(".part")
        partial.write_text(json.dumps(figures))
        partial.replace(place)


def keep(folder: Path, name: str, kind: str, data: bytes, story: str) -> None:
    """Write an input that broke a promise, and what happened."""
    findings = folder / "findings"
    findings.mkdir(exist_ok=True)
    stem = f"{name}-{hashlib.sha256(kind.encode()).hexdigest()[:8]}"
    (findings / f"{stem}.input").write_bytes(data)
    (findings / f"{stem}.txt").write_text(f"{name}: {kind}\n{story}\n", "utf-8", "backslashreplace")


def at_work(folder: Path, name: str) -> tuple[int, bytes]:
    """Number and bytes of the input that a dead or hanging process was at."""
    try:
        with (folder / f"{name}.current").open("rb") as file:
            number, size = (int.from_bytes(file.read(8), "little") for _ in range(2))
            return number, file.read(size)
    except FileNotFoundError:  # it died before the first
        return 0, b""
