"""How likely each block is the article's own text: a weighted sum and a small set of decision trees, averaged.

Both were trained on labelled pages by bench/train_body.py, which also measures them on sites that they were not trained
on. The weights are data (model.json): names of signals and numbers, nothing of any site.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from operator import mul
from typing import Any

import msgspec

from pipeline.extract.body.signals import SIGNALS
from pipeline.models import Value

#: From here on a block counts as the article's.
THRESHOLD = 0.48
#: Below this likelihood by weights alone the trees are not asked; nor where half of it is enough without them.
_HOPELESS = 0.02
_SURE = 2 * THRESHOLD


class Tree(Value, frozen=True, kw_only=True):
    """A decision tree in parallel lists; a child below zero is leaf number -child - 1."""

    signal: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf: tuple[float, ...]


class Model(Value, frozen=True, kw_only=True):
    """The weights. `signals` are the names that the columns of a row must have."""

    signals: tuple[str, ...]
    bias: float
    weights: tuple[float, ...]
    trees: tuple[Tree, ...]


@cache
def load_model() -> Model:
    """Return the trained model that ships with the package."""
    data = files("pipeline.extract.body").joinpath("model.json").read_bytes()
    model = msgspec.json.decode(data, type=Model)
    if model.signals != SIGNALS:
        raise ValueError("model.json was trained on other signals: run bench/train_body.py")
    return model


def likelihood(rows: list[list[float]]) -> list[float]:
    """Return for each row how likely its block belongs to the article, 0 to 1."""
    model, trees = load_model(), _flat_trees()
    return [_one(model, trees, row) for row in rows]


def _one(model: Model, trees: tuple[Any, ...], row: list[float]) -> float:
    straight = _sigmoid(model.bias + sum(map(mul, model.weights, row)))
    # The trees would have to be surer than they ever are to lift the hopeless; the sure are taken whatever they say.
    if straight < _HOPELESS:
        return straight / 2
    return straight if straight >= _SURE else (straight + _sigmoid(_voted(trees, row))) / 2


def _voted(trees: tuple[Any, ...], row: list[float]) -> float:
    total = 0.0
    for tree in trees:
        node = tree
        while type(node) is tuple:
            signal, threshold, left, right = node
            node = left if row[signal] <= threshold else right
        total += node
    return total


@cache
def _flat_trees() -> tuple[Any, ...]:
    """Return the trees as nested tuples (signal, threshold, left, right), numbers as leaves: fast to walk."""
    return tuple(_node(tree, 0) for tree in load_model().trees)


def _node(tree: Tree, index: int) -> Any:
    if index < 0:
        return tree.leaf[-index - 1]
    return tree.signal[index], tree.threshold[index], _node(tree, tree.left[index]), _node(tree, tree.right[index])


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, value))))
