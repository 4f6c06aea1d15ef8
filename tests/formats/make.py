"""Make the example of the format that this checkout writes: ``python tests/formats/make.py`` (see README.md)."""

import json
from pathlib import Path

import fzclf
from fzclf.model_files import FORMAT, write_model
from fzclf.training.card import card_text
from fzclf.training.codebook import load_codebook
from fzclf.training.fitting import FitSettings
from fzclf.training.labels import load_labels
from fzclf.training.training import train

HERE = Path(__file__).resolve().parent
SETTINGS = FitSettings(word_min_df=1, character_min_df=2, user_words=("法治副校长",))


def main():
    codebook = load_codebook()
    labelled = load_labels([HERE / "sentences.csv"], codebook)
    model = train(*labelled, codebook, candidates=[SETTINGS]).model
    folder = HERE / str(FORMAT)
    write_model(model, folder / "model", card_text(model))
    rows = [json.dumps(row, ensure_ascii=False) for row in answers(fzclf.load_model(folder / "model"))]
    (folder / "expected.jsonl").write_text("\n".join(rows) + "\n", "utf-8")


def answers(model):
    """What the model says of each sentence of texts.txt."""
    for text in (HERE / "texts.txt").read_text("utf-8").splitlines():
        for paragraph in fzclf.classify(text, model=model):
            for sentence in paragraph.sentences:
                shares = {category: round(share, 6) for category, share in sentence.probabilities.items()}
                score = round(sentence.score, 6)
                yield {"text": sentence.text, "category": sentence.category, "score": score, "probabilities": shares}


if __name__ == "__main__":
    main()
