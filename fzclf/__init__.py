"""Cut Chinese government reports into sentences and tag them with rule-of-law categories.

>>> import fzclf
>>> report = fzclf.classify("全面推行行政执法公示制度，规范行政处罚裁量权。")
>>> report.paragraphs[0].category
'enforcement'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fzclf.cutting import tokenize
    from fzclf.errors import FzclfError, LabelError, MissingExtraError, ModelError, ReadError
    from fzclf.loading import load_model
    from fzclf.model import Model
    from fzclf.reading import read
    from fzclf.report import Block, Paragraph, Report, Sentence
    from fzclf.segmentation import segment
    from fzclf.tagged import TaggedParagraph, TaggedReport, TaggedSentence
    from fzclf.tagging import classify, classify_many
    from fzclf.vectorizer import JiebaTfidfVectorizer

__version__ = "0.1.0"

# Names are imported when first used, so that `import fzclf` costs next to nothing.
_HOMES = {
    "classify": "fzclf.tagging",
    "classify_many": "fzclf.tagging",
    "load_model": "fzclf.loading",
    "TaggedReport": "fzclf.tagged",
    "TaggedParagraph": "fzclf.tagged",
    "TaggedSentence": "fzclf.tagged",
    "segment": "fzclf.segmentation",
    "Report": "fzclf.report",
    "Block": "fzclf.report",
    "Paragraph": "fzclf.report",
    "Sentence": "fzclf.report",
    "read": "fzclf.reading",
    "tokenize": "fzclf.cutting",
    "Model": "fzclf.model",
    "JiebaTfidfVectorizer": "fzclf.vectorizer",
    "FzclfError": "fzclf.errors",
    "ReadError": "fzclf.errors",
    "LabelError": "fzclf.errors",
    "ModelError": "fzclf.errors",
    "MissingExtraError": "fzclf.errors",
}

__all__ = [
    "Block",
    "FzclfError",
    "JiebaTfidfVectorizer",
    "LabelError",
    "MissingExtraError",
    "Model",
    "ModelError",
    "Paragraph",
    "ReadError",
    "Report",
    "Sentence",
    "TaggedParagraph",
    "TaggedReport",
    "TaggedSentence",
    "classify",
    "classify_many",
    "load_model",
    "read",
    "segment",
    "tokenize",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fzclf' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
