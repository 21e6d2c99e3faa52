"""Train pipeline/extract/body/model.json, and say how it does on sites that it was not trained on.

    WIREDESK_CORPUS=… python -m bench.train_body [--write]

Every text block of the labelled pages is one row (signals.py); a block is the article's when at least 45 % of its
four-word shingles stand in the gold text. A block weighs by its share of its article's words. Cross-validation leaves
out whole registrable domains, so the figures are those of unseen sites; the model that is written was trained on all.
Needs the dependency group "bench".
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bench.corpus import SETS, corpus, labelled
from bench.shingles import WORD, figures, overlap, shingles
from pipeline.extract.body import blocks, landscape, signals
from pipeline.extract.charset import decode
from pipeline.extract.metadata.metadata import read_metadata
from pipeline.extract.stage import hints_of
from pipeline.extract.tree import parse_tree
from pipeline.urls import registrable_domain

MODEL = Path("pipeline/extract/body/model.json")
FOLDS = 10
ROUNDS = 100
TREES = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.08,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "verbose": -1,
    "num_threads": 2,
    "seed": 7,
}


class Labelled(NamedTuple):
    """One page: its set, site, gold text, and of its blocks texts, signals and labels."""

    kind: str
    site: str
    gold: str
    texts: list[str]
    rows: list[list[float]]
    labels: list[float]


def main() -> None:
    """Train, cross-validate, and write the model when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {MODEL}")
    args = parser.parse_args()
    pages = [page for kind in SETS for page in read(kind)]
    print(
        f"{len(pages)} pages, {len({page.site for page in pages})} sites, "
        f"{sum(len(page.rows) for page in pages)} blocks"
    )
    validate(pages)
    if args.write:
        MODEL.write_text(json.dumps(as_json(*fit(pages))) + "\n")


def read(kind: str) -> list[Labelled]:
    """Return the pages of one set, measured and labelled."""
    found = []
    for gold, page in labelled(corpus() / kind):
        root = parse_tree(decode(page.body).text)
        hints = hints_of(read_metadata(root, page, None))
        land = landscape.Landscape(blocks.read_blocks(root))
        texts = [place.block.text for place in land.places]
        rows = [[float(value) for value in row] for row in signals.measure(land, hints)] if texts else []
        found.append(
            Labelled(kind, registrable_domain(page.url), gold["text"], texts, rows, labels(texts, gold["text"]))
        )
    return found


def labels(texts: list[str], gold: str) -> list[float]:
    """Return for each block the share of its shingles in the gold; short blocks count when they stand between the
    gold places of the long blocks around them."""
    words = WORD.findall(gold)
    wanted = shingles(gold)
    flat = f" {' '.join(words)} "
    shares, places = [], []
    for text in texts:
        own = shingles(text)
        tokens = WORD.findall(text)
        share = sum((own & wanted).values()) / max(1, sum(own.values())) if len(tokens) > 3 else -1.0
        shares.append(share)
        places.append(flat.find(f" {' '.join(tokens)} ") if share > 0.5 and len(tokens) > 5 else -1)
    for index, share in enumerate(shares):
        if share < 0:
            before = next((place for place in reversed(places[:index]) if place >= 0), None)
            after = next((place for place in places[index + 1 :] if place >= 0), None)
            low = before or 0
            high = after if after is not None else (before + 3_000 if before is not None else 0)
            tokens = WORD.findall(texts[index])
            shares[index] = float(bool(tokens) and high > low and f" {' '.join(tokens)} " in flat[low : high + 1])
    return shares


def matrix(pages: list[Labelled]) -> tuple[Any, Any, Any]:
    """Return rows, labels and weights of all blocks."""
    rows, marks, weights = [], [], []
    for page in pages:
        size = max(50, len(WORD.findall(page.gold)))
        rows += page.rows
        marks += [share >= 0.45 for share in page.labels]
        weights += [100 * (min(200, max(1, len(WORD.findall(text)))) + 2) / size for text in page.texts]
    return np.array(rows, float), np.array(marks, float), np.array(weights)


def fit(pages: list[Labelled]) -> tuple[Any, Any, Any]:
    """Return the scaler, the linear model and the trees."""
    rows, marks, weights = matrix(pages)
    scaler = StandardScaler().fit(rows)
    linear = LogisticRegression(C=0.05, max_iter=3_000).fit(scaler.transform(rows), marks, sample_weight=weights)
    trees = lightgbm.train(TREES, lightgbm.Dataset(rows, marks, weight=weights), ROUNDS)
    return scaler, linear, trees


def validate(pages: list[Labelled]) -> None:
    """Print body precision, recall and F1 over pages of sites left out of training."""
    likely: list[Any] = [None] * len(pages)
    for fold in range(FOLDS):
        scaler, linear, trees = fit([page for page in pages if zlib.crc32(page.site.encode()) % FOLDS != fold])
        for index, page in enumerate(pages):
            if zlib.crc32(page.site.encode()) % FOLDS == fold:
                rows = np.array(page.rows, float).reshape(-1, len(signals.SIGNALS))
                straight = linear.predict_proba(scaler.transform(rows))[:, 1] if len(rows) else np.array([])
                likely[index] = (straight + trees.predict(rows)) / 2 if len(rows) else straight
    for threshold in (0.4, 0.45, 0.5, 0.55):
        for kind in SETS:
            parts = [
                overlap("\n\n".join(t for t, p in zip(page.texts, shares, strict=True) if p >= threshold), page.gold)
                for page, shares in zip(pages, likely, strict=True)
                if page.kind == kind
            ]
            print(f"sites left out, threshold {threshold}, {kind}: precision %.3f recall %.3f F1 %.3f" % figures(parts))


def as_json(scaler: Any, linear: Any, trees: Any) -> dict[str, Any]:
    """Return the model as model.py reads it: the scaling folded into the weights, the trees as parallel lists."""
    weights = linear.coef_[0] / scaler.scale_
    bias = float(linear.intercept_[0] - (weights * scaler.mean_).sum())
    dumped = trees.dump_model()["tree_info"]
    return {
        "signals": list(signals.SIGNALS),
        "bias": round(bias, 6),
        "weights": [float(f"{weight:.5g}") for weight in weights],
        "trees": [tree_lists(info["tree_structure"]) for info in dumped],
    }


def tree_lists(root: dict[str, Any]) -> dict[str, list[Any]]:
    """Return one tree as lists of its splits and leaves."""
    lists: dict[str, list[Any]] = {"signal": [], "threshold": [], "left": [], "right": [], "leaf": []}

    def place(node: dict[str, Any]) -> int:
        if "split_index" not in node:
            lists["leaf"].append(float(f"{node['leaf_value']:.5g}"))
            return -len(lists["leaf"])
        index = len(lists["signal"])
        lists["signal"].append(node["split_feature"])
        lists["threshold"].append(float(f"{node['threshold']:.6g}"))
        lists["left"].append(0)
        lists["right"].append(0)
        lists["left"][index] = place(node["left_child"])
        lists["right"][index] = place(node["right_child"])
        return index

    place(root)
    return lists


if __name__ == "__main__":
    main()
