"""What-if over very many units: fixed goalposts and folded weights, chunk by chunk, in float64.

Memory beside the matrix is one chunk and two columns.
"""

import numpy as np

from services.scoring.domain.analysis.float_columns import Counts, Floats

ROWS = 4_096


def score_rows(matrix: Floats, low: Floats, high: Floats, weights: Floats) -> Floats:
    """Scores of (units, leaves): between goalposts, clamped, weighted. `low` above `high` where less is better."""
    scores = np.empty(matrix.shape[0])
    factor = 1.0 / (high - low)
    held = np.empty((min(ROWS, matrix.shape[0]), matrix.shape[1]))
    for start in range(0, matrix.shape[0], ROWS):
        part = matrix[start : start + ROWS]
        share = held[: part.shape[0]]
        np.subtract(part, low, out=share)
        np.multiply(share, factor, out=share)
        np.clip(share, 0.0, 1.0, out=share)
        np.dot(share, weights, out=scores[start : start + part.shape[0]])
    return scores


def order_of(scores: Floats) -> Counts:
    """Unit numbers from the best to the last; equal scores (to about 10^-10) in the order of units.

    Score (not below zero) and number are packed into one key, so that one plain sort does it.
    """
    bits = max(1, (len(scores) - 1).bit_length())
    mask = np.int64((1 << bits) - 1)
    keys = np.negative((scores + 1.0).view(np.int64) & ~mask) + np.arange(len(scores))
    keys.sort()
    return np.asarray(keys & mask)
