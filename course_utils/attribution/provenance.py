"""What each row of a call's input is: a real image, a sample G(z), a reconstruction G(E(x)), a code or noise.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this names the inputs of the
recorded calls. Rows are matched by exact Euclidean distances; the faster form by matrix multiplication loses the
precision that telling two nearly equal rows apart needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.attribution.evidence import Call, Evidence

SAME = 1e-4  # two rows are the same if they differ by less than this times the square root of their width
# A real image or a sample with noise is still nearest to where it came from: two different digits of MNIST are about
# 10 apart (28 x 28 pixels), and noise of standard deviation 0.1 moves a row by 2.8, in a direction of its own.
TIED = 1e-6  # one sample that was made twice is equally near both times
NEAR = 0.95  # ... if the nearest candidate of any other kind is at least 1 / NEAR times as far
# ... and unless it has nothing of the image: the slope of its pixels over those of the image is 1 with noise, 0.6 where
# noise of standard deviation 0.5 is cut off at 0 and 1, and 0 for noise alone.
LEAST_SLOPE = 0.4


@dataclass(frozen=True)
class Row:
    """Where one input row comes from.

    `kind` is `"real"`, `"sample"`, `"reconstruction"`, `"code"`, `"noise"` or `"other"`; `index` is the row of the
    batch that a real image, or the image behind a code or a reconstruction, is (-1 if there is none); `sources` are
    the (call number, row) whose output it equals, or is once noise was added
    (then not `exact`). In a conditional model `label` is the one that the row came with; a real image with a wrong one
    is of the kind `"wrong"`, an image of G with another label than G was given is `"stray"`.
    """

    kind: str
    index: int = -1
    sources: tuple[tuple[int, int], ...] = ()
    exact: bool = True
    label: int = -1


def trace_rows(evidence: Evidence) -> dict[int, tuple[Row, ...]]:
    """For every call, by its number, what its input rows are."""
    rows: dict[int, tuple[Row, ...]] = {}
    for call in evidence.calls:
        earlier = [c for c in evidence.calls if c.time < call.time and c.number in rows]
        if call.module == "generator":
            rows[call.number] = _latent_rows(call, [c for c in earlier if c.module == "encoder"], rows)
        else:
            batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
            rows[call.number] = _image_rows(call, batch, [c for c in earlier if c.module == "generator"], rows)
        if call.labels is not None:
            truth = evidence.labels[min(call.step, len(evidence.labels) - 1)]
            rows[call.number] = tuple(
                _with_label(row, int(label), truth, rows)
                for row, label in zip(rows[call.number], call.labels, strict=True)
            )
    return rows


def _with_label(row: Row, label: int, truth: Tensor, rows: dict[int, tuple[Row, ...]]) -> Row:
    """The row with its label, and its kind in the light of it; `truth` holds the labels of the batch."""
    kind = row.kind
    if kind == "real" and label != int(truth[row.index]):
        kind = "wrong"
    elif kind in ("sample", "reconstruction") and label not in {rows[number][i].label for number, i in row.sources}:
        kind = "stray"
    return replace(row, kind=kind, label=label)


def _latent_rows(call: Call, encoders: Sequence[Call], rows: dict[int, tuple[Row, ...]]) -> tuple[Row, ...]:
    """Codes of this step come first: an image that was in two batches may have the same code in both steps."""
    encoders = sorted(encoders, key=lambda encoder: -encoder.step)
    sources = [(e.number, i) for e in encoders for i in range(len(e.outputs))]
    if not sources:
        return tuple(Row("noise") for _ in call.content)
    codes = torch.cat([e.outputs for e in encoders])
    found: list[Row] = []
    taken: set[tuple[int, int]] = set()
    for matches in _same(call.content, codes):
        if not matches:
            found.append(Row("noise"))
            continue
        matched = _one_of_each_call([(0.0, sources[m]) for m in matches], taken)
        taken |= set(matched)
        number, i = matched[0]
        origin = rows[number][i]
        index = origin.index if origin.kind in ("real", "wrong") else -1
        found.append(Row("code", index, matched))
    return tuple(found)


def _image_rows(
    call: Call, batch: Tensor, generators: Sequence[Call], rows: dict[int, tuple[Row, ...]]
) -> tuple[Row, ...]:
    if call.content.shape[1] != batch.shape[1]:
        return tuple(Row("other") for _ in call.content)
    recent = [generator for generator in generators if generator.step == call.step]
    found = _match_images(call.content, batch, recent, rows)
    if len(recent) < len(generators) and any(not row.exact for row in found):  # kept from an earlier step?
        found = _match_images(call.content, batch, generators, rows)
    return tuple(found)


def _match_images(
    images: Tensor, batch: Tensor, generators: Sequence[Call], rows: dict[int, tuple[Row, ...]]
) -> list[Row]:
    candidates = [Row("real", i) for i in range(len(batch))]
    for generator in generators:
        for i, row in enumerate(rows[generator.number]):
            kind = "reconstruction" if row.kind == "code" else "sample"
            candidates.append(Row(kind, row.index, ((generator.number, i),)))
    stacked = torch.cat([batch, *(generator.outputs.sigmoid() for generator in generators)])
    distances = _distances(images, stacked)  # (rows, candidates)
    nearest, places = distances.min(dim=1)
    kinds = [candidate.kind for candidate in candidates]
    found: list[Row] = []
    taken: set[tuple[int, int]] = set()
    for image, row, smallest, place in zip(images, distances, nearest, places, strict=True):
        exact = bool(smallest < _limit(images))
        if not exact:
            others = row[torch.tensor([kind != kinds[place] for kind in kinds])]
            unclear = len(others) > 0 and bool(smallest >= NEAR * others.min())
            if unclear or _slope(image, stacked[place]) < LEAST_SLOPE:
                found.append(Row("other", exact=False))
                continue
        # Noise may have been added: the gradient passes through an addition unchanged, so even then the row leads
        # back to its source.
        tied = (row <= (_limit(images) if exact else smallest * (1 + TIED))).nonzero()[:, 0].tolist()
        sources = _one_of_each_call([(float(row[i]), s) for i in tied for s in candidates[i].sources], taken)
        taken |= set(sources)
        first = candidates[tied[0]]
        found.append(Row(first.kind, first.index, sources, exact))
    return found


def _slope(image: Tensor, candidate: Tensor) -> float:
    """Of the line that is fitted to the image's pixels over the candidate's."""
    centred = candidate - candidate.mean()
    return float(centred @ image / centred.square().sum().clamp(min=1e-300))


def _one_of_each_call(
    sources: list[tuple[float, tuple[int, int]]], taken: set[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Of each call its nearest row, first among those that no other row was traced to: equal rows pair off."""
    best: dict[int, tuple[int, int]] = {}
    for _, source in sorted(sources, key=lambda s: (s[1] in taken, s[0])):
        best.setdefault(source[0], source)
    return tuple(best.values())


def _same(rows: Tensor, candidates: Tensor) -> list[list[int]]:
    """For each row, the candidates that equal it."""
    if rows.shape[1] != candidates.shape[1]:
        return [[] for _ in rows]
    return [[int(i) for i in (row < _limit(rows)).nonzero()[:, 0]] for row in _distances(rows, candidates)]


def _distances(rows: Tensor, candidates: Tensor) -> Tensor:
    return torch.cdist(rows, candidates, compute_mode="donot_use_mm_for_euclid_dist")


def _limit(rows: Tensor) -> float:
    return SAME * rows.shape[1] ** 0.5
