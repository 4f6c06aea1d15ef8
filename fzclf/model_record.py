"""A model as plain values and arrays, and back; every value of a stranger is checked here, once.

The compiled loops do not check what they index, and what is derived from a model (tries,
tables) grows with it: so sizes that no training gives are refused as well as wrong ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import code_points
from fzclf.features import CHANNELS, FLAGS
from fzclf.model import Golden, Model, Review, View
from fzclf.terms import Terms, TermSettings, TermTable

Arrays = dict[str, NDArray[Any]]
MOST_VIEWS = 8
MOST_CATEGORIES = 1000
MOST_GOLDEN = 100  # all of them are scored at load
LONGEST_GOLDEN = 1000  # characters
LONGEST_NAME = 100
MOST_TERMS = 1_000_000  # of a view
LONGEST_TERM = 1000  # bytes
LONGEST_USER_WORD = 100  # characters; jieba keeps every beginning of every word
MOST_USER_CHARACTERS = 200_000
MOST_WORDS_IN_A_TERM = 8
_LARGEST_IDF = 1e6  # ln of any number of documents is far below
_SPACE = ord(" ")


def model_from(manifest: Mapping[str, Any], arrays: Arrays) -> Model:
    """The model that a manifest and its arrays describe; `arrays` is emptied, so that nothing is held twice.

    Raises
    ------
    ValueError, TypeError, KeyError, ...
        Whatever a forged manifest breaks on; the caller makes one error of them.
    """
    categories = _names(manifest["categories"], "categories")
    if not 2 <= len(categories) <= MOST_CATEGORIES or len(set(categories)) != len(categories):
        raise ValueError(f"categories must be two or more different names, not {list(categories)}")
    channels = _strings(manifest["channels"], "channels")
    if not channels or not set(channels) <= set(CHANNELS) or len(set(channels)) != len(channels):
        raise ValueError(f"channels must be different ones of {list(CHANNELS)}, not {list(channels)}")
    flags = _strings(manifest["flags"], "flags")
    if flags != FLAGS:
        raise ValueError(f"flags must be {list(FLAGS)}, not {list(flags)}")
    temperature = manifest["temperature"]
    if type(temperature) not in (int, float) or not 1e-3 < temperature < 1e3:
        raise ValueError(f"temperature {temperature!r} is out of range")
    return Model(
        categories=categories,
        names=_names_by_category(manifest["names"], categories),
        views=_views_from(manifest["views"], arrays, len(categories)),
        channels=channels,
        context=_floats(arrays, "context", (len(channels), len(categories), len(categories))),
        flag_weights=_floats(arrays, "flag_weights", (len(FLAGS), len(categories))),
        bias=_floats(arrays, "bias", (len(categories),)),
        temperature=float(temperature),
        review=_review_from(manifest["review"]),
        golden=_golden_from(manifest["golden"], len(categories)),
        card=_card_from(manifest["card"]),
        sha256=str(manifest["arrays_sha256"]),
        tokenizer=_tokenizer_from(manifest["tokenizer"]),
    )


def _names_by_category(names: Mapping[str, Any], categories: tuple[str, ...]) -> dict[str, str]:
    if set(names) != set(categories):
        raise ValueError(f"names must be given for {list(categories)}, not {list(names)}")
    return dict(zip(names, _names(list(names.values()), "names"), strict=True))


def _golden_from(rows: list[Mapping[str, Any]], n_categories: int) -> tuple[Golden, ...]:
    if len(rows) > MOST_GOLDEN:
        raise ValueError(f"{len(rows)} golden predictions, more than {MOST_GOLDEN}")
    golden = tuple(Golden(str(row["text"]), tuple(float(margin) for margin in row["margins"])) for row in rows)
    for one in golden:
        if not one.text.strip() or len(one.text) > LONGEST_GOLDEN or len(one.margins) != n_categories:
            raise ValueError("a golden prediction must have words, and one margin for each category")
        if not all(map(math.isfinite, one.margins)):
            raise ValueError("golden margins must be finite")
    return golden


def _card_from(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card; only what the library reads of it must have a shape."""
    data = card.get("data", {})
    if not isinstance(data.get("sha256", ""), str):
        raise ValueError("the card's sha256 of the data must be a string")
    _strings(data.get("real_reports", []), "real_reports")
    return dict(card)


def _tokenizer_from(signature: Mapping[str, Any]) -> dict[str, str | bool]:
    if not all(type(value) in (str, bool) for value in signature.values()):
        raise ValueError(f"the tokenizer's signature must be strings and truths, not {dict(signature)}")
    return dict(signature)


def _review_from(limits: Mapping[str, Any]) -> Review:
    if not all(type(value) in (int, float) and 0 <= value <= 1e6 for value in limits.values()):
        raise ValueError(f"review limits must be numbers from 0, not {dict(limits)}")
    review = Review(**limits)
    if type(review.fewest_characters) is not int:
        raise ValueError(f"fewest_characters must be a whole number, not {review.fewest_characters}")
    return review


def _views_from(views: list[Mapping[str, Any]], arrays: Arrays, n_categories: int) -> tuple[View, ...]:
    names = [view["name"] for view in views]
    if not 1 <= len(views) <= MOST_VIEWS or len(set(names)) != len(names):
        raise ValueError(f"views must hold at least one, at most {MOST_VIEWS}, of different names")
    made = tuple(_view_from(view, arrays, n_categories) for view in views)
    unknown = set(arrays) - {"context", "flag_weights", "bias"}  # a view takes its own out
    if unknown:
        raise ValueError(f"arrays that no view names: {sorted(unknown)}")
    return made


def _view_from(view: Mapping[str, Any], arrays: Arrays, n_categories: int) -> View:
    name = view["name"]
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"a view is named {name!r}, which is no word of letters")
    settings = _settings_from(name, view["settings"])
    ends, idf = arrays.pop(f"{name}.term_ends"), arrays.pop(f"{name}.idf")
    if idf.dtype != np.float64 or idf.shape != ends.shape or not (np.abs(idf) < _LARGEST_IDF).all():
        raise ValueError(f"{name}.idf must be {len(ends)} numbers below {_LARGEST_IDF:g}")
    terms = _unpack_terms(arrays.pop(f"{name}.terms"), ends, settings)
    weights = _floats(arrays, f"{name}.weights", (len(terms), n_categories))
    return View(name, TermTable(settings, terms, idf), weights)


def _settings_from(name: str, given: Mapping[str, Any]) -> TermSettings:
    low, high = given["ngram_range"]
    if given["analyzer"] not in ("word", "char") or not 1 <= low <= high <= MOST_WORDS_IN_A_TERM:
        raise ValueError(f"view {name!r}: unknown analyzer or n-gram range")
    if type(low) is not int or type(high) is not int:
        raise ValueError(f"view {name!r}: an n-gram range takes whole numbers")
    if given["norm"] not in (None, "l1", "l2"):
        raise ValueError(f"view {name!r}: unknown norm {given['norm']!r}")
    if any(type(given[flag]) is not bool for flag in ("lowercase", "sublinear_tf")):
        raise ValueError(f"view {name!r}: lowercase and sublinear_tf must be true or false")
    words = _strings(given["user_words"], "user_words")
    if any(len(word.splitlines()) > 1 or len(word) > LONGEST_USER_WORD for word in words):
        raise ValueError(f"view {name!r}: a user word has a line break or more than {LONGEST_USER_WORD} characters")
    if sum(map(len, words)) > MOST_USER_CHARACTERS:
        raise ValueError(f"view {name!r}: user words of more than {MOST_USER_CHARACTERS} characters")
    return TermSettings(**{**given, "ngram_range": (low, high), "user_words": words})


def _floats(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    array = arrays.pop(name)
    if array.dtype not in (np.float32, np.float16) or array.shape != shape:
        raise ValueError(f"{name} must be float32 or float16 of shape {shape}, not {array.dtype} of {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return array.astype(np.float32, copy=False)


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of strings")
    return tuple(value)


def _names(value: object, name: str) -> tuple[str, ...]:
    """Strings that may be shown to people: not empty, not long, nothing that moves a cursor or turns the writing."""
    names = _strings(value, name)
    wrong = [one for one in names if not one.isprintable() or not 1 <= len(one) <= LONGEST_NAME]
    if wrong:
        raise ValueError(f"{name} must be 1 to {LONGEST_NAME} printable characters each, not {wrong[0]!r}")
    return names


def _unpack_terms(content: NDArray[Any], ends: NDArray[Any], settings: TermSettings) -> Terms:
    """Terms from their bytes end to end; they must be sorted, different and of a length, as training leaves them."""
    if content.dtype != np.uint8 or ends.dtype != np.int64 or content.ndim != 1 or ends.ndim != 1:
        raise ValueError("terms must be bytes with 64-bit ends")
    bounds = np.concatenate([np.zeros(1, np.int64), ends])
    if len(ends) > MOST_TERMS or (bounds[1:] < bounds[:-1]).any() or bounds[-1] != len(content):
        raise ValueError(f"the ends of the terms do not fit their bytes, or are more than {MOST_TERMS}")
    high = settings.ngram_range[1]
    longest = LONGEST_TERM if settings.analyzer == "word" else 4 * high
    if (np.diff(bounds) > longest).any() or (_count_spaces(content, bounds) > 2 * high - 1).any():
        raise ValueError(f"a term is longer than {high} words or characters can be")
    begins = np.append(content & 0xC0 != 0x80, True)  # a character, or the end
    if not begins[bounds].all():
        raise ValueError("a term ends inside a character")
    n_before = np.cumsum(begins) - begins
    terms = Terms(content.tobytes().decode("utf-8", "surrogatepass"), n_before[bounds])
    if not _ascending(terms):
        raise ValueError("terms must be sorted and different")
    return terms


def _count_spaces(content: NDArray[np.uint8], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Spaces in each term; words are joined by one, and one may be a word itself."""
    n_before = np.concatenate([[0], np.cumsum(content == _SPACE)])
    counts: NDArray[np.int64] = np.diff(n_before[bounds])
    return counts


def _ascending(terms: Terms) -> bool:
    """Whether each term is greater than the one before; all pairs are compared at once, place by place."""
    codes = np.append(code_points(terms.joined).astype(np.int64), -1)
    starts, lengths = terms.bounds[:-1], np.diff(terms.bounds)
    left = np.arange(len(terms) - 1)
    for place in range(int(lengths.max(initial=0)) + 1):
        if place > 64 or not len(left):
            break
        one, other = (
            np.where(place < lengths[numbers], codes[np.minimum(starts[numbers] + place, len(codes) - 1)], -1)
            for numbers in (left, left + 1)
        )
        if (one > other).any() or (np.maximum(one, other) < 0).any():
            return False
        left = left[one == other]
    return all(terms[number] < terms[number + 1] for number in left.tolist())


# --- writing --------------------------------------------------------------------------------


def arrays_of(model: Model) -> Arrays:
    """The arrays of a model as they are saved; weights as float16."""
    arrays: Arrays = {"context": model.context, "flag_weights": model.flag_weights, "bias": model.bias}
    for view in model.views:
        encoded = [term.encode("utf-8", "surrogatepass") for term in view.table.terms]
        arrays[f"{view.name}.terms"] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        arrays[f"{view.name}.term_ends"] = np.cumsum([len(term) for term in encoded], dtype=np.int64)
        arrays[f"{view.name}.idf"] = view.table.idf
        arrays[f"{view.name}.weights"] = view.weights.astype(np.float16)
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def manifest_of(model: Model) -> dict[str, Any]:
    """All of a model but its arrays, as JSON can hold it."""
    return {
        "categories": list(model.categories),
        "names": dict(model.names),
        "channels": list(model.channels),
        "flags": list(FLAGS),
        "temperature": model.temperature,
        "review": vars(model.review),
        "golden": [{"text": golden.text, "margins": list(golden.margins)} for golden in model.golden],
        "card": dict(model.card),
        "tokenizer": dict(model.tokenizer),
        "views": [{"name": view.name, "settings": vars(view.table.settings)} for view in model.views],
    }
