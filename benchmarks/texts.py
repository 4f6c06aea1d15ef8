"""Text to measure on: real reports, and any amount of new text made from their sentences."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED_CORPUS = ROOT.parent / "shared" / "corpus"
_NUMBER = re.compile(r"\d+")
_RARE_WORDS_SHARE = 0.15  # of sentences that get a name nobody has seen


def real_paragraphs(folder: Path | None = None) -> list[str]:
    """Paragraphs of a folder of ``.txt`` files; without one, of the shared corpus or else the seeds."""
    folder = folder or (SHARED_CORPUS if SHARED_CORPUS.is_dir() else ROOT / "seeds")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    return [line for text in texts for line in text.splitlines() if line.strip()]


@lru_cache(maxsize=4)
def generated_paragraphs(n_codes: int, seed: int = 0) -> tuple[str, ...]:
    """At least `n_codes` code points of text in which nothing but sentences repeats.

    Sentences of the seeds in new order, their numbers drawn anew, and into some of
    them a name of two or three characters that is in no dictionary: so the
    vocabulary goes on growing with the text, as it does in real text.
    """
    rng = random.Random(seed)  # noqa: S311  # not for secrets
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt")))
    sentences = [sentence for sentence in re.split(r"(?<=[。；])|\n", text) if len(sentence) > 8]
    paragraphs: list[str] = []
    size = 0
    while size < n_codes:
        parts = [_renewed(rng.choice(sentences), rng) for _ in range(rng.randint(1, 6))]
        paragraphs.append("".join(parts))
        size += len(paragraphs[-1])
    return tuple(paragraphs)


def _renewed(sentence: str, rng: random.Random) -> str:
    sentence = _NUMBER.sub(lambda match: str(rng.randrange(10 ** len(match.group()))), sentence)
    if rng.random() < _RARE_WORDS_SHARE:
        at = rng.randrange(len(sentence))
        name = "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(rng.randint(2, 3)))
        sentence = sentence[:at] + name + sentence[at:]
    return sentence
