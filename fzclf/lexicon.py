"""jieba's dictionary and character model as flat arrays, built once and kept in the user's cache.

The dictionary becomes a double-array trie over the characters that jieba looks
words up for; a character's number is its rank by how many dictionary words it is
in, so that what is walked often lies close together.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fzclf.caching import cached_file, read_arrays, write_arrays
from fzclf.codes import MARK, code_points
from fzclf.machine import kernels
from fzclf.reference import import_jieba, tokenizer_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

FORMAT = 6
MIN_FLOAT = -3.14e100  # what jieba's Viterbi takes for an unseen event
STATES = "BEMS"  # alphabetical: jieba breaks ties by letter
WORD_CHARS = [*map(chr, range(0x4E00, 0x9FD6)), *map(chr, range(48, 58)), *map(chr, range(65, 91))]
WORD_CHARS += [*map(chr, range(97, 123)), *"+#&._%-"]
N_IDS = len(WORD_CHARS) + 1
# A node of the trie in one number, so that a step asks memory once: where its children's numbers count from (0 for no
# child), the number of the character that leads there, and which weight the word that ends there has (0 for no word).
LABEL_SHIFT, WEIGHT_SHIFT = 26, 42
FREE = 0xFFFF  # label of a slot that is nobody's
NOT_A_WORD = -math.inf
_NO_SIMPLE_LOWER_CASE = "İΣ"  # two characters; another one at the end of a word


@dataclass(frozen=True)
class Lexicon:
    """What the kernels walk; every array is one-dimensional."""

    char_ids: NDArray[np.uint16]  # (65536,): code point -> character number, 0 for none
    nodes: NDArray[np.uint64]  # slot -> node, as above
    weights: NDArray[np.float64]  # log probabilities of words, the first -inf; a few thousand, so they stay near
    forced: NDArray[np.uint8]  # slot -> 1 for words to take apart; no element if there is none
    emissions: NDArray[np.float64]  # (4 * N_IDS,): log probability of a character in B, E, M, S
    hmm: NDArray[np.float64]  # (21,): start (4), steps (16), log probability of an unknown character
    lower_pages: NDArray[np.uint16]  # (4352,): page of 256 code points -> block of lower_codes, 0 for none
    lower_codes: NDArray[np.uint32]  # the top bit marks what has no simple lower case


@lru_cache(maxsize=4)
def lexicon_for(user_words: tuple[str, ...] = ()) -> Lexicon:
    """The lexicon of jieba's dictionary with `user_words` on top.

    Mapped from the cache if it is there and sound; else built, and kept if the
    cache folder can be written. Without either it is built in every process.
    """
    path = cache_path(user_words)
    lexicon = read_lexicon(path) if path is not None else None
    if lexicon is None:
        lexicon = build_lexicon(user_words)
        if path is not None:
            write_lexicon(path, lexicon)
    return lexicon


def build_lexicon(user_words: tuple[str, ...] = ()) -> Lexicon:
    """Compile what ``tokenizer_for(user_words)`` would look up; about a second."""
    tokenizer = tokenizer_for(user_words)
    char_ids = _ranked_ids(tokenizer.FREQ)
    trie = _Trie(tokenizer.FREQ, char_ids)
    counts = np.unique([0, *tokenizer.FREQ.values()])
    # Python's log, not numpy's, which differs in the last bit
    log_total = math.log(tokenizer.total)
    emissions, hmm = _character_model(char_ids, log_total)
    lower_pages, lower_codes = _lower_case()
    return Lexicon(
        char_ids=char_ids,
        nodes=trie.nodes(counts),
        weights=np.array([NOT_A_WORD, *(math.log(count) - log_total for count in counts[1:].tolist())]),
        forced=trie.marks(tokenizer.forced_splits),
        emissions=emissions,
        hmm=hmm,
        lower_pages=lower_pages,
        lower_codes=lower_codes,
    )


def _ranked_ids(words: Iterable[str]) -> NDArray[np.uint16]:
    """Number the word characters from 1 on, those of most dictionary entries first."""
    codes = code_points("".join(words))
    uses = np.bincount(codes[codes < 65536], minlength=65536)
    known = code_points("".join(WORD_CHARS))
    ranked = known[np.argsort(-uses[known], kind="stable")]
    char_ids = np.zeros(65536, dtype=np.uint16)
    char_ids[ranked] = np.arange(1, N_IDS)
    return char_ids


class _Trie:
    """A dictionary laid out as a double array, with the slot of each entry."""

    def __init__(self, words: dict[str, int], char_ids: NDArray[np.uint16]) -> None:
        known = [*map(set(WORD_CHARS).issuperset, words)]
        keys = [*compress(words, known)]
        self._frequencies = np.fromiter(compress(words.values(), known), np.int64, len(keys))
        self._node_of = {key: node for node, key in enumerate(keys)}
        self._node_of[""] = len(keys)  # the root, after all others
        parents = np.array([self._node_of[key[:-1]] for key in keys], np.int64)
        del self._node_of[""]
        stops = np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)))
        ids = char_ids[code_points("".join(keys))[stops - 1]].astype(np.int64)
        bases = _placed(parents, ids)
        self._slots = bases[parents] + ids
        n_slots = max(int(self._slots.max()), N_IDS) + N_IDS + 1
        self._labels = np.full(n_slots, FREE, dtype=np.uint64)
        self._labels[1:N_IDS] = np.arange(1, N_IDS)  # every word character is a child of the root
        self._labels[self._slots] = ids
        self._bases = bases[:-1].astype(np.uint64)

    def nodes(self, counts: NDArray[np.int64]) -> NDArray[np.uint64]:
        """The node of every slot; which of the `counts` is its word's stands for the weight, the first is 0.

        Raises
        ------
        ValueError
            If there are too many words to number (some 60 million, jieba has 0.35).
        """
        if len(self._labels) > 1 << LABEL_SHIFT or len(counts) > 1 << (64 - WEIGHT_SHIFT):
            raise ValueError(f"a dictionary with {len(self._slots):,} words and beginnings of words is too large")
        numbers = np.searchsorted(counts, self._frequencies).astype(np.uint64)
        nodes: NDArray[np.uint64] = self._labels << np.uint64(LABEL_SHIFT)
        nodes[self._slots] |= self._bases | numbers << np.uint64(WEIGHT_SHIFT)
        return nodes

    def marks(self, words: set[str]) -> NDArray[np.uint8]:
        """1 at the slots of `words`; no element if none of them can ever be met."""
        nodes = [self._node_of[word] for word in words if word in self._node_of]
        marks = np.zeros(len(self._labels) if nodes else 0, dtype=np.uint8)
        marks[self._slots[nodes]] = 1
        return marks


def _placed(parents: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int32]:
    """A base for each node (the root is the last, its base 0); 0 for nodes without children."""
    root = len(parents)
    order = np.argsort(parents * N_IDS + ids)
    counts = np.bincount(parents, minlength=root + 1)
    stops = np.cumsum(counts)
    inner = np.nonzero(counts[:root])[0]
    inner = inner[np.argsort(-counts[inner], kind="stable")]
    n_words = (len(parents) * 4 + 8 * N_IDS) // 64
    free = np.full(n_words, np.iinfo(np.uint64).max)
    free_bases = free.copy()
    free[: N_IDS // 64] = 0
    free[N_IDS // 64] <<= np.uint64(N_IDS % 64)
    free_bases[0] ^= np.uint64(1)
    bases = np.zeros(root + 1, dtype=np.int32)
    kernels.place_children(inner, stops - counts, stops, ids[order].astype(np.uint16), free, free_bases, bases)
    return bases


def _character_model(char_ids: NDArray[np.uint16], log_total: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The hidden Markov model of jieba, states in the order of `STATES`."""
    start, steps, emit = (import_jieba(f"jieba.finalseg.prob_{part}").P for part in ("start", "trans", "emit"))
    emissions = np.full((N_IDS, 4), MIN_FLOAT)
    for column, state in enumerate(STATES):
        seen = {ord(char): value for char, value in emit[state].items() if len(char) == 1}
        codes = np.fromiter(seen, np.int64, len(seen))
        values = np.fromiter(seen.values(), np.float64, len(seen))
        han = (codes >= 0x4E00) & (codes <= 0x9FD5)
        emissions[char_ids[codes[han]], column] = values[han]
    hmm = [start[state] for state in STATES]
    hmm += [steps[source].get(target, MIN_FLOAT) for source in STATES for target in STATES]
    return emissions.ravel(), np.array([*hmm, math.log(1) - log_total])


def _lower_case() -> tuple[NDArray[np.uint16], NDArray[np.uint32]]:
    """``str.lower`` of single characters, for the pages of 256 where it does anything."""
    pages = np.zeros(0x110000 >> 8, dtype=np.uint16)
    blocks = [np.arange(256, dtype=np.uint32)]
    for page in range(len(pages)):
        chars = [chr(code) for code in range(page << 8, (page + 1) << 8)]
        if "".join(chars).lower() != "".join(chars):
            pages[page] = len(blocks)
            blocks.append(np.array([ord(char.lower()[0]) for char in chars], dtype=np.uint32))
            blocks[-1][[char in _NO_SIMPLE_LOWER_CASE for char in chars]] |= MARK
    return pages, np.concatenate(blocks)


def cache_path(user_words: tuple[str, ...] = ()) -> Path | None:
    """Where the lexicon of these inputs is kept; ``None`` if there is no place.

    The name is the hash of all that the arrays come from: jieba's files, the user
    words, the version of Unicode and the format.
    """
    settings = [FORMAT, sys.byteorder, unicodedata.unidata_version, user_words]
    try:
        return cached_file("lexicon", [json.dumps(settings).encode(), dictionary_sha256().encode()])
    except OSError:
        return None


@lru_cache(maxsize=1)
def dictionary_sha256() -> str:
    """Of the files that decide how jieba cuts: its dictionary and the tables of its character model.

    Raises
    ------
    OSError
        If jieba is not there, or not as files.
    """
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("jieba is not installed as files")
    digest = hashlib.sha256()
    for name in ("dict.txt", *(f"finalseg/prob_{part}.py" for part in ("start", "trans", "emit"))):
        digest.update(hashlib.sha256((Path(spec.origin).parent / name).read_bytes()).digest())
    return digest.hexdigest()


def tokenizer_signature() -> dict[str, str | bool]:
    """What decides how words are cut, besides the user words of a model."""
    from importlib.metadata import version

    return {"jieba": version("jieba"), "dictionary_sha256": dictionary_sha256(), "hmm": True}


def write_lexicon(path: Path, lexicon: Lexicon) -> bool:
    """Keep a lexicon; ``False`` where the folder cannot be written."""
    return write_arrays(path, vars(lexicon))


def read_lexicon(path: Path) -> Lexicon | None:
    """Map a lexicon that `write_lexicon` kept; ``None`` if there is no sound one."""
    arrays = read_arrays(path)
    return None if arrays is None else Lexicon(**arrays)
