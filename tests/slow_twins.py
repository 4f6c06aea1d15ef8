"""What each kernel does, said in the plainest Python; also the makers of random text.

jieba and scikit-learn stand behind these through ``fzclf.reference``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import random

ROOT = Path(__file__).resolve().parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*.txt"))


def paragraphs_of(paths: list[Path]) -> list[str]:
    return [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def joined(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    codes = np.array([ord(char) for text in texts for char in text], dtype=np.uint32)
    return codes, np.cumsum([0, *map(len, texts)], dtype=np.int64)


def gather_spans(text: str, spans: list[tuple[int, int]], *, lowercase: bool) -> list[str]:
    return [text[start:end].lower() if lowercase else text[start:end] for start, end in spans]


def squeeze_spaces(texts: list[str]) -> list[str]:
    return [re.sub(r"\s\s+", " ", text) for text in texts]


def separate(words: list[str], separator: str) -> str:
    return "".join(word + separator for word in words)


def intern(rows: list[list[str]], max_n: int) -> dict[tuple[str, ...], int]:
    """Numbers by first sight: first all words, then the n-grams, shortest first."""
    numbers: dict[tuple[str, ...], int] = {}
    for n in range(1, max_n + 1):
        for words in rows:
            for at in range(len(words) - n + 1):
                numbers.setdefault(tuple(words[at : at + n]), len(numbers))
    return numbers


def tokens_of(term: str, analyzer: str) -> list[str]:
    """Joined by spaces, each word that is a space leaves two empty pieces side by side."""
    if analyzer == "char":
        return list(term)
    tokens: list[str] = []
    pieces = iter(term.split(" "))
    for piece in pieces:
        if not piece and next(pieces, None) != "":
            return []
        tokens.append(piece or " ")
    return tokens


def count_rows(rows: list[list[int]], n_terms: int) -> list[list[tuple[int, int]]]:
    return [sorted(Counter(node for node in row if 0 <= node < n_terms).items()) for row in rows]


def tally_nodes(rows: list[list[int]], n_nodes: int) -> tuple[list[int], list[int]]:
    df = [sum(node in row for row in rows) for node in range(n_nodes)]
    tf = [sum(row.count(node) for row in rows) for node in range(n_nodes)]
    return df, tf


def weigh_row(counts: list[tuple[int, int]], idf: list[float], norm: str | None, *, sublinear: bool) -> list[float]:
    weights = [(math.log(count) + 1 if sublinear else count) * idf[column] for column, count in counts]
    length = {
        None: 1.0,
        "l1": sum(map(abs, weights)),
        "l2": math.sqrt(sum(weight * weight for weight in weights)),
    }[norm]
    return [weight / length if length else weight for weight in weights]


def number_characters(texts: list[str], known: dict[str, int]) -> tuple[list[int], list[int], list[int]]:
    """Nodes, ends in the joined text, and bounds of the tokens of each text; runs of white space are one space."""
    pieces = [re.findall(r"\s\s+|.", text, re.DOTALL) for text in texts]
    flat = [piece for row in pieces for piece in row]
    nodes = [known.get(" " if len(piece) > 1 else piece, -1) for piece in flat]
    ends = np.cumsum([*map(len, flat)], dtype=int).tolist()
    return nodes, ends, [0, *np.cumsum([*map(len, pieces)], dtype=int).tolist()]


def look_up_words(known: list[str], words: list[str]) -> list[int]:
    return [known.index(word) if word in known else -1 for word in words]


def entry_of(buckets: list[int], key: int, n_bits: int) -> int:
    """Bucket by bucket from where the key belongs, until one has it or has room."""
    bucket = (key * 0x9E3779B97F4A7C15 % 2**64) >> (64 - n_bits)
    while True:
        entries = buckets[8 * bucket : 8 * bucket + 8]
        for entry in entries:
            if entry >> 21 == key:
                return entry
        if 0 in entries:
            return 0
        bucket = (bucket + 1) % (len(buckets) // 8)


def random_text(rng: random.Random, real: list[str], length: int = 60) -> str:
    """Real text, mutated, with every script and mark that jieba treats in a way of its own."""
    alphabet = (
        "的一是了我不法治政府丁丂鿕鿖龥㐀𠀀αΣİßéЯあ한①ＡＢ２abcXYZ"
        "019.%+#&_-—，。《》“”（） \t\r\n\x00\x85\u3000😀\ud800\udc00"
    )
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choice(alphabet) for _ in range(rng.randrange(length)))
    if kind == 1:
        return "".join(chr(rng.randrange(0x4E00, 0x9FD8)) for _ in range(rng.randrange(length)))
    source = rng.choice(real)
    start = rng.randrange(max(1, len(source) - length))
    chars = list(source[start : start + length])
    for _ in range(rng.randrange(1 + len(chars) // (2 if kind == 2 else 8))):
        at = rng.randrange(len(chars))
        change = rng.randrange(4)
        if change == 0:
            chars[at] = rng.choice(alphabet)
        elif change == 1:
            chars[at] = chr(rng.randrange(0x110000))
        elif change == 2:
            chars.insert(at, rng.choice(["\r\n", "3.14%", "R&D", "a.b", "12.5", "--", "+86-10", "C++", "50%"]))
        else:
            other = rng.randrange(len(chars))
            chars[at], chars[other] = chars[other], chars[at]
    return "".join(chars)
