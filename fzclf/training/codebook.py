"""The codebook as data: ids, Chinese names, definitions, seed terms, colours."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fzclf.errors import LabelError, ReadError
from fzclf.reading.sources import load
from fzclf.resources import codebook_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_LARGEST = 1 << 20  # bytes
_FIELDS = {"id": str, "name": str, "definition": str, "seed_terms": list, "colour": str}


@dataclass(frozen=True)
class Category:
    """One category: what it covers, the words that point to it, its colour in pictures."""

    id: str
    name: str
    definition: str
    seed_terms: tuple[str, ...]
    colour: str


@dataclass(frozen=True)
class Codebook:
    """Categories in their order; `other` is the one for all that belongs to none."""

    categories: tuple[Category, ...]
    other: str
    sha256: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in the order of the codebook."""
        return tuple(category.id for category in self.categories)

    @property
    def names(self) -> dict[str, str]:
        """Chinese name of each id."""
        return {category.id: category.name for category in self.categories}


def load_codebook(path: Path | None = None) -> Codebook:
    """Read ``categories.toml``; the packaged one if no path is given.

    Raises
    ------
    LabelError
        If it cannot be read, or a category lacks a field, repeats an id, or is no known shape.
    """
    place = codebook_file() if path is None else path
    try:
        content = load(str(place), _LARGEST)
        data = tomllib.loads(content.decode("utf-8"))
    except ReadError as error:
        raise LabelError(str(error)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LabelError(f"{place}: not valid TOML in UTF-8 ({error})") from error
    entries = data.get("category")
    if not isinstance(entries, list) or len(entries) < 2 or not all(isinstance(entry, dict) for entry in entries):
        raise LabelError(f"{place}: needs two or more [[category]] tables")
    categories = tuple(_category(place, number, entry) for number, entry in enumerate(entries, 1))
    ids = [category.id for category in categories]
    if len(set(ids)) != len(ids):
        raise LabelError(f"{place}: an id stands twice among {', '.join(ids)}")
    other = str(data.get("other", ids[-1]))
    if other not in ids:
        raise LabelError(f"{place}: other = {other!r} is none of {', '.join(ids)}")
    return Codebook(categories, other, hashlib.sha256(content).hexdigest())


def _category(place: Path, number: int, entry: dict[str, Any]) -> Category:
    for name, kind in _FIELDS.items():
        if not isinstance(entry.get(name), kind):
            raise LabelError(f"{place}: category {number}: {name} must be a {kind.__name__}, not {entry.get(name)!r}")
    return Category(
        entry["id"], entry["name"], entry["definition"], tuple(map(str, entry["seed_terms"])), entry["colour"]
    )
