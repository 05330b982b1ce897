"""What each row of a call's input is: a real image, a sample G(z), a reconstruction G(E(x)), a code or noise.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this names the inputs of the
recorded calls. A row that equals a real image, a code or an image of G is that. What noise, dropout, a shift or the
like was put on is told by the experiments: an image of G is what moves with G's last bias, a real one what moves with
the real images alone, and a code what moves with them, too. What does not move with this step's G is an image of an
older one.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import Call, Evidence, Experiment
from course_utils.gan.attribution.made_of import images_behind
from course_utils.gan.moves import MOVES, OF_G, OF_X, STILL, move_images

SAME = 1e-4  # two rows are the same if they differ by less than this times the square root of their width
# A row moves if one of its numbers changes by this share of what was moved; what an earlier update of the step changes
# in its course is smaller by far.
MOVED = 0.02
LIKE = 0.3  # the least cosine, or size, of the change of a row and that of the image that it is traced to
# By so much the cosine of the image behind a row is larger than any other; of MNIST images shifted by up to 2 pixels,
# rotated by 15 degrees, mirrored or cropped, no wrong one had an advantage above 0.19.
CLEARLY = 0.25


@dataclass(frozen=True)
class Row:
    """Where one input row comes from.

    `kind` is `"real"`, `"sample"`, `"reconstruction"`, `"old"` (of a G of before this step), `"code"`, `"noise"` or
    `"other"`; `index` is the row of the batch that a real image, or the image behind a code or a reconstruction, is
    (-1 if there is none); `sources` are the (call number, row) whose output it equals, or that something was put on
    (then it is not `exact`). In a conditional model `label` is the one that the row came with; a real image with a
    wrong one is of the kind `"wrong"`, an image of G with another label than G was given is `"stray"`.
    """

    kind: str
    index: int = -1
    sources: tuple[tuple[int, int], ...] = ()
    exact: bool = True
    label: int = -1

    @property
    def is_altered_code(self) -> bool:  # noise was put on it, or it was squashed, scaled or dropped in part
        return self.kind == "code" and not self.exact


Rows = dict[int, tuple[Row, ...]]


def trace_rows(evidence: Evidence) -> Rows:
    """For every call, by its number, what its input rows are."""
    rows: Rows = {}
    for call in evidence.calls:
        earlier = [c for c in evidence.calls if c.time < call.time and c.number in rows]
        experiment = evidence.experiments.get(call.step)
        if call.module == "generator":
            rows[call.number] = _latent_rows(call, [c for c in earlier if c.module == "encoder"], rows, experiment)
        else:
            batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
            generators = [c for c in earlier if c.module == "generator"]
            rows[call.number] = _image_rows(call, batch, generators, rows, experiment)
        if call.labels is not None:
            truth = evidence.labels[min(call.step, len(evidence.labels) - 1)]
            rows[call.number] = tuple(
                _with_label(row, int(label), truth, rows)
                for row, label in zip(rows[call.number], call.labels, strict=True)
            )
    return rows


def _with_label(row: Row, label: int, truth: Tensor, rows: Rows) -> Row:
    """The row with its label, and its kind in the light of it; `truth` holds the labels of the batch."""
    kind = row.kind
    if kind == "real" and row.index >= 0 and label != int(truth[row.index]):
        kind = "wrong"
    given = {rows[number][i].label for number, i in row.sources}
    if kind in ("sample", "reconstruction") and given and label not in given:
        kind = "stray"
    return replace(row, kind=kind, label=label)


def _latent_rows(call: Call, encoders: Sequence[Call], rows: Rows, experiment: Experiment | None) -> tuple[Row, ...]:
    """Codes of this step come first: an image that was in two batches may have the same code in both steps."""
    encoders = sorted(encoders, key=lambda encoder: -encoder.step)
    sources = [(e.number, i) for e in encoders for i in range(len(e.outputs))]
    codes = torch.cat([e.outputs for e in encoders]) if encoders else call.content[:0]
    moves = _change(experiment, OF_X, call) if experiment else torch.zeros_like(call.content)
    found: list[Row] = []
    taken: set[tuple[int, int]] = set()
    for matches, moved in zip(_same(call.content, codes), moves, strict=True):
        if matches:
            matched = _one_of_each_call([(0.0, sources[m]) for m in matches], taken)
            taken |= set(matched)
            found.append(_code(matched, rows))
        elif experiment and bool(moved.any()):
            found.append(_code_by_its_move(moved, encoders, rows, experiment))
        else:
            found.append(Row("noise"))
    return tuple(found)


def _code(sources: tuple[tuple[int, int], ...], rows: Rows, exact: bool = True) -> Row:
    number, i = sources[0]
    origin = rows[number][i]
    return Row("code", origin.index if origin.kind in ("real", "wrong") else -1, sources, exact)


def _code_by_its_move(moved: Tensor, encoders: Sequence[Call], rows: Rows, experiment: Experiment) -> Row:
    """A code with something added changes as the code does."""
    for encoder in encoders:
        if encoder.step != experiment.calls[0].step:
            continue
        changes = experiment.call(OF_X, encoder).outputs - experiment.call(STILL, encoder).outputs
        if changes.shape[1] == moved.shape[0]:
            distances = (changes - moved).norm(dim=1)
            nearest = int(distances.argmin())
            if float(distances[nearest]) < 0.01 * float(moved.norm()):
                return _code(((encoder.number, nearest),), rows, exact=False)
    return Row("code", exact=False)


def _change(experiment: Experiment, run: str, call: Call) -> Tensor:
    """How the content of a call's inputs changes in a run, against the one in which only D's scores are moved."""
    return experiment.call(run, call).content - experiment.call(STILL, call).content


def _image_change(experiment: Experiment, run: str, generator: Call) -> Tensor:
    """How each image of a call of G changes in a run, against the one in which only D's scores are moved."""
    return experiment.call(run, generator).outputs.sigmoid() - experiment.call(STILL, generator).outputs.sigmoid()


def _image_rows(
    call: Call, batch: Tensor, generators: Sequence[Call], rows: Rows, experiment: Experiment | None
) -> tuple[Row, ...]:
    if call.content.shape[1] != batch.shape[1]:
        return tuple(Row("other") for _ in call.content)
    generators = sorted(generators, key=lambda generator: -generator.step)
    sources = [(g.number, i) for g in generators for i in range(len(g.outputs))]
    images = torch.cat([batch, *(generator.outputs.sigmoid() for generator in generators)])
    found: list[Row] = []
    taken: set[tuple[int, int]] = set()
    of_g = _moved_by_g(experiment, call) if experiment else None

    @functools.cache
    def moves_of_images() -> tuple[Tensor, Tensor]:  # once for all rows, of which there may be thousands
        assert experiment is not None
        return _change(experiment, OF_X, call), move_images(batch, experiment.share * MOVES[OF_X].pixels) - batch

    for i, matches in enumerate(_same(call.content, images)):
        real = [m for m in matches if m < len(batch)]
        made = [sources[m - len(batch)] for m in matches if m >= len(batch)]
        if real:
            row = Row("real", real[0])
        elif made:
            chosen = _one_of_each_call([(0.0, source) for source in made], taken)
            taken |= set(chosen)
            row = _image_of_g(chosen, rows)
            if of_g is not None and not bool(of_g[i]):
                row = replace(row, kind="old")
        elif experiment and of_g is not None:
            changes, patterns = moves_of_images()
            if bool(of_g[i]):
                recent = [generator for generator in generators if generator.step == call.step]
                row = _image_of_g_by_its_move(call, i, changes[i], recent, rows, experiment)
            else:
                row = _real_by_its_move(changes[i], patterns, experiment.share)
        else:
            row = Row("other", exact=False)
        found.append(row)
    return tuple(found)


def _image_of_g(sources: tuple[tuple[int, int], ...], rows: Rows, exact: bool = True) -> Row:
    latent = rows[sources[0][0]][sources[0][1]]
    return Row("reconstruction" if latent.kind == "code" else "sample", latent.index, sources, exact)


def _moved_by_g(experiment: Experiment, call: Call) -> Tensor:
    """Whether each row moves with G's last bias, `(rows,)`."""
    return _change(experiment, OF_G, call).abs().amax(dim=1) > MOVED * experiment.share * MOVES[OF_G].images


def _image_of_g_by_its_move(
    call: Call, i: int, moved: Tensor, recent: Sequence[Call], rows: Rows, experiment: Experiment
) -> Row:
    """Of a row that moves with G: which of its recent images it is; `moved` is how it changed with the real images."""
    if not recent:  # made where no call was seen
        return Row("reconstruction" if bool(moved.any()) else "sample", exact=False)
    sources = [(g.number, j) for g in recent for j in range(len(g.outputs))]
    changes = torch.cat([_image_change(experiment, OF_G, g) for g in recent])
    likely = images_behind(_change(experiment, OF_G, call)[i], changes)
    if not likely:
        latents = [rows[number][j] for number, j in sources]
        may_be = torch.tensor([latent.kind == "code" for latent in latents])
        if bool(may_be.any()) and not bool(may_be.all()):  # reconstructions move with the real images, samples do not
            of_codes = torch.cat([_image_change(experiment, OF_X, g) for g in recent])[may_be].abs().amax(dim=1)
            may_be = may_be == (float(moved.abs().max()) > LIKE * float(of_codes.median()))
        else:
            may_be = torch.ones_like(may_be)
        if call.labels is not None:  # under which label its image was made cannot be told; under its own, if one was
            same = may_be & torch.tensor([latent.label == int(call.labels[i]) for latent in latents])
            may_be = same if bool(same.any()) else may_be
        images = torch.cat([g.outputs.sigmoid() for g in recent])
        likely = [int(torch.where(may_be, _distances(call.content[i : i + 1], images)[0], torch.inf).argmin())]
    return _image_of_g((sources[likely[0]],), rows, exact=False)


def _real_by_its_move(moved: Tensor, patterns: Tensor, share: float) -> Row:
    """By how the row changed when all real images did, and the pattern `(batch, input_size)` in which each did. Where a
    row is turned or shifted, the pattern of another image may lie over that of its own: then it is not told."""
    if float(moved.abs().max()) <= MOVED * share * MOVES[OF_X].pixels:
        return Row("other", exact=False)
    behind = images_behind(moved, patterns)
    if not behind:
        cosines = patterns @ moved / (patterns.norm(dim=1) * moved.norm()).clamp(min=1e-300)
        first, *others = cosines.sort(descending=True).values.tolist()
        if first > LIKE and first - max(others, default=0.0) > CLEARLY:
            behind = [int(cosines.argmax())]
    return Row("real", behind[0] if len(behind) == 1 else -1, exact=False)


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
    # The means of equal rows differ by less than SAME: most candidates are told by theirs, and need no distance.
    alike = torch.isclose(rows.mean(dim=1)[:, None], candidates.mean(dim=1), rtol=1e-6, atol=2 * SAME)
    chosen = alike.any(dim=0).nonzero()[:, 0]
    limit = SAME * rows.shape[1] ** 0.5
    return [chosen[row < limit].tolist() for row in _distances(rows, candidates[chosen])]


def _distances(rows: Tensor, candidates: Tensor) -> Tensor:
    return torch.cdist(rows, candidates, compute_mode="donot_use_mm_for_euclid_dist")
