"""How firm an index is: the state of each value, and the span of ranks when members, weights and method change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.model import State
from layers.frames import ORDER, frame
from layers.german import STATE_WORDS, number
from layers.index import (
    Floats,
    How,
    Method,
    combine,
    german,
    refuse,
    standardise,
    unit_scores,
    weight_shares,
    weighted_mean,
)

DECIMALS = 9  # closer than that, indices are equal and share a rank
CONCENTRATION = 50.0  # of the drawn weights: one of 0.2 varies by about 0.06
CODE = {state: place for place, state in enumerate(ORDER)}


@dataclass(frozen=True)
class Variation:
    """What changes between the variants of an index; the first of ``methods`` gives the rank itself.

    Every member is left out once; every weight is raised and lowered by each of ``steps`` (the others scaled to sum 1);
    ``draws`` sets of weights are drawn from a Dirichlet distribution around the given ones, the same for a ``seed``.
    ``frozen``: areas that alone fix location and scale (``index.standardise``).
    """

    methods: tuple[Method, ...] = ("robust",)
    how: How = "arithmetic"
    steps: tuple[float, ...] = (0.25, 0.5)
    draws: int = 0
    seed: int = 0
    frozen: Collection[str] | None = None


STANDARD = Variation()


def rank_span(
    values: pd.DataFrame,
    direction: Mapping[str, int],
    weights: Mapping[str, float],
    variation: Variation = STANDARD,
) -> pd.DataFrame:
    """Return ``rank``, ``lowest``, ``highest`` and ``median`` rank per area over all variants; rank 1 has most load.

    After Saisana, Saltelli and Tarantola (2005). Equal indices share the lower number. Areas with a missing member have
    no rank and do not count, in no variant. Where one of the methods does not apply (``index.scales``) the span is NaN.
    """
    shares = weight_shares(weights, values.columns)
    shares = shares[shares > 0].sort_index()
    members = values[shares.index]
    complete = members.notna().all(axis=1).to_numpy()
    variants = weight_variants(shares.to_numpy(float), variation)
    ranks = [_ranks(members, direction, variants, method, variation)[:, complete] for method in variation.methods]
    every = np.concatenate(ranks)
    columns = {"rank": every[0], "lowest": every.min(axis=0), "highest": every.max(axis=0)}
    columns["median"] = np.median(every, axis=0)
    return pd.DataFrame(columns, index=values.index[complete], dtype=float).reindex(values.index)


def weight_variants(shares: Floats, variation: Variation = STANDARD) -> Floats:
    """Return the sets of weights as columns, each with sum 1: as given, members left out, varied, drawn."""
    unfit = [german(step) for step in variation.steps if not 0 < step < 1]
    refuse(("Schritt der Gewichte liegt nicht zwischen 0 und 1", unfit, "zum Beispiel 0,25 für ±25 % angeben"))
    drawn = np.random.default_rng(variation.seed).standard_gamma(CONCENTRATION * shares, (variation.draws, len(shares)))
    sets = np.vstack([shares, *_factors(len(shares), variation.steps) * shares, *drawn])
    return np.asarray((sets / sets.sum(axis=1, keepdims=True)).T)


def _factors(count: int, steps: tuple[float, ...]) -> Floats:
    """Return one row per variant: what each weight is multiplied by. The only member is never left out."""
    factors = [0.0] * (count > 1) + [1 + sign * step for step in steps for sign in (1, -1)]
    rows = [np.where(np.eye(count, dtype=bool), factor, 1.0) for factor in factors]
    return np.concatenate(rows) if rows else np.ones((0, count))


def _ranks(
    members: pd.DataFrame, direction: Mapping[str, int], variants: Floats, method: Method, variation: Variation
) -> Floats:
    """Return the ranks of all areas, one row per variant; NaN for incomplete areas or where the method fails."""
    scores = standardise(members, direction, method, frozen=variation.frozen)
    scores = unit_scores(scores, method) if variation.how == "geometric" else scores
    formed = scores.notna().all(axis=1).to_numpy()
    index = np.round(weighted_mean(scores.to_numpy(float)[formed], variants, variation.how), DECIMALS)
    ranks = np.full((variants.shape[1], len(members)), np.nan, np.float32)
    for row, values in enumerate(np.ascontiguousarray(index.T)):  # a loop over variants keeps the memory small
        ranks[row, formed] = len(values) - np.searchsorted(np.sort(values), values, "right") + 1
    return np.asarray(ranks)


def index_table(
    scores: pd.DataFrame,
    weights: Mapping[str, float],
    how: How = "arithmetic",
    *,
    allow_missing: float = 0.0,
    states: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the index (``combine``) as value, state, base (share of the weight behind it) and reason (German).

    ``states``: State of every figure; an index is no firmer than its weakest member, and an estimate where one is left
    out. A member with a figure but without a score is not applicable (``index.scales``). A secret member leaves the
    index missing: it is no secret itself, but nobody can form it.
    """
    value = combine(scores, weights, how, allow_missing=allow_missing)
    shares = weight_shares(weights, scores.columns)
    members = scores[shares.index[shares > 0]]
    there = members.notna() @ shares[members.columns]
    gaps, formed = members.isna().to_numpy(), value.notna().to_numpy()
    codes = _codes(members, states)
    firm = np.where(gaps, CODE[State.ESTIMATED], codes).max(axis=1)
    empty = np.where(gaps, codes, 0).max(axis=1)
    empty = np.where(empty > CODE[State.NOT_APPLICABLE], CODE[State.MISSING], empty)
    state = pd.Series([str(ORDER[code]) for code in np.where(formed, firm, empty)], scores.index, dtype=object)
    lost = [_lost(members.columns[row], codes[n, row]) for n, row in enumerate(gaps)]
    texts = [_gap(text, share, made) for text, share, made in zip(lost, there, formed.tolist(), strict=True)]
    reason = pd.Series(texts, scores.index, dtype=object)
    return frame(value, state, base=there, reason=reason)


def _codes(members: pd.DataFrame, states: pd.DataFrame | None) -> NDArray[np.intp]:
    """Return the place of each figure's state in ORDER; a zero is a measured figure like any other."""
    known = members.notna().to_numpy()
    if states is None:
        return np.where(known, CODE[State.MEASURED], CODE[State.MISSING])
    names = [str(state) for state in ORDER]
    given = states.reindex(index=members.index, columns=members.columns)
    codes = np.stack([pd.Categorical(given[name], names).codes for name in members.columns], axis=1).astype(np.intp)
    codes = np.where(codes == CODE[State.ZERO], CODE[State.MEASURED], codes)
    scoreless = ~known & (codes >= 0) & (codes < CODE[State.BREAK])
    return np.where(codes < 0, CODE[State.MISSING], np.where(scoreless, CODE[State.NOT_APPLICABLE], codes))


def _lost(names: pd.Index, codes: NDArray[np.intp]) -> str:
    return ", ".join(f"{name} ({STATE_WORDS[ORDER[code]]})" for name, code in zip(names, codes, strict=True))


def _gap(lost: str, share: float, formed: bool) -> str:
    """Return what an area lacks as a German sentence, empty where it lacks nothing."""
    if not lost:
        return ""
    if not formed:
        return f"Kein Index: {lost}."
    return f"Ohne {lost} gerechnet: {number(100 * (1 - share))} % des Gewichts fehlen, die übrigen zählen mehr."
