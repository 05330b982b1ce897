"""Compares two pictures: the same pixels, nearly the same structure, or different.

A part of the comparison of a submission with a new run of it, between submission and report in the flow course
material -> submission -> trace -> verdict -> gradebook -> report. A submitted picture is somebody else's file: its
header is read first, and nothing is decoded that would not be a picture of ordinary size.
"""

import base64
import binascii
import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, WITHIN, Outcome

SIMILAR = 0.85
"""Figures are equal within tolerance from this structural similarity on, where one of them shows anything.

Loss curves with 1 % of noise are 0.95 alike, with 3 % 0.85 and with 10 % 0.68; a curve that is 5 % higher, 0.75. Images
of digits with noise of 0.01 are 0.98 alike, with 0.05 0.79, and other digits 0.48.
"""

MAX_BYTES = 8 * 2**20  # of one encoded picture
MAX_PIXELS = 8 * 2**20  # of all its frames together
MAX_COMPARED = 2**20  # pixels of one frame; larger ones are made smaller before their structure is compared
MAX_FRAMES = 100
MAX_STRETCH = 1.05  # two pictures of other proportions than this show something else
WINDOW = 7  # pixels; the side of the window over which structure is compared, scikit-image's default
_FORMATS = ("PNG", "JPEG", "GIF")


class BadPicture(ValueError):
    """A picture that cannot or must not be decoded; the message says why, without a full stop."""


@dataclass(frozen=True)
class FigureComparison:
    """How two pictures compare.

    Attributes:
        outcome: IDENTICAL, WITHIN or DIFFERENT.
        similarity: structural similarity, at most 1, of the frames that differ most; None where it does not apply.
        detail: what a person should know, without a full stop; empty where they are identical.
    """

    outcome: Outcome
    similarity: float | None
    detail: str


def read_picture(encoded: str) -> list[NDArray[np.uint8]]:
    """The frames of a PNG, JPEG or GIF in base64, each (height, width, 3), on white.

    Raises:
        BadPicture: it is damaged, or larger than any figure of a notebook.
    """
    if len(encoded) > MAX_BYTES * 4 // 3:
        raise BadPicture(f"it has more than {MAX_BYTES // 2**20} MiB")
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # we have bounds of our own
            return _decode(content)
    except BadPicture:
        raise
    except (binascii.Error, OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, zlib.error):
        raise BadPicture("it is damaged") from None
    except (Image.DecompressionBombError, MemoryError, OverflowError):
        raise BadPicture("it is too large") from None


def compare_pictures(submitted: list[NDArray[np.uint8]], executed: list[NDArray[np.uint8]]) -> FigureComparison:
    """Compare two pictures that `read_picture` decoded, frame by frame."""
    if len(submitted) != len(executed):
        return FigureComparison(DIFFERENT, None, f"{len(submitted)} frames were submitted, {len(executed)} drawn now")
    sizes = submitted[0].shape[:2], executed[0].shape[:2]
    if sizes[0] != sizes[1] and not _same_proportions(*sizes):
        shown = " and ".join(f"{width} x {height}" for height, width in sizes)
        return FigureComparison(DIFFERENT, None, f"the sizes have other proportions: {shown} pixels")
    if all(np.array_equal(a, b) for a, b in zip(submitted, executed, strict=True)):
        return FigureComparison(IDENTICAL, 1.0, "")
    similarity = min(_similarity(a, b) for a, b in zip(submitted, executed, strict=True))
    resized = "" if sizes[0] == sizes[1] else ", after bringing them to one size"
    outcome = WITHIN if similarity >= SIMILAR else DIFFERENT
    return FigureComparison(outcome, similarity, f"structural similarity {similarity:.3f}{resized}")


def _decode(content: bytes) -> list[NDArray[np.uint8]]:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:  # reads the header only
        pixels = image.width * image.height
        if pixels > MAX_PIXELS:
            raise BadPicture(f"it has {image.width} x {image.height} pixels")
        frames = []
        for number in range(MAX_FRAMES):
            try:
                image.seek(number)
            except EOFError:
                break
            if pixels * (number + 1) > MAX_PIXELS:
                raise BadPicture("its frames have too many pixels")
            frames.append(_on_white(image))
            if image.format == "PNG":  # an animated one shows its first frame
                break
        else:
            raise BadPicture(f"it has more than {MAX_FRAMES - 1} frames")
    return frames


def _on_white(image: Image.Image) -> NDArray[np.uint8]:
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    return np.asarray(Image.alpha_composite(paper, layer).convert("RGB"))


def _same_proportions(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    stretch = (one[0] * other[1]) / (one[1] * other[0])
    return 1 / MAX_STRETCH <= stretch <= MAX_STRETCH


def _similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean structural similarity over the windows in which at least one of the pictures shows anything.

    Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004. Most of a plot is
    empty paper, which is alike in all plots: averaged over the whole picture, two different curves are 0.95 alike.
    """
    from scipy.ndimage import maximum_filter, minimum_filter
    from skimage.metrics import structural_similarity
    from skimage.transform import resize

    pixels = min(picture.shape[0] * picture.shape[1] for picture in (one, other))
    scale = min(1.0, (MAX_COMPARED / pixels) ** 0.5)
    shape = tuple(max(1, round(scale * min(sides))) for sides in zip(one.shape[:2], other.shape[:2], strict=True))
    a, b = (
        picture.astype(np.float32)  # (height, width, 3)
        if picture.shape[:2] == shape
        else resize(picture.astype(np.float32), (*shape, 3), anti_aliasing=True, preserve_range=True)
        for picture in (one, other)
    )
    if min(shape) < WINDOW:  # too small for a structure
        return 1.0 if np.allclose(a, b, atol=8) else 0.0
    _, local = structural_similarity(a, b, win_size=WINDOW, data_range=255, channel_axis=-1, full=True)
    shows = np.abs(a - b) > 0
    for picture in (a, b):
        shows |= maximum_filter(picture, (WINDOW, WINDOW, 1)) > minimum_filter(picture, (WINDOW, WINDOW, 1))
    return float(local[shows].mean()) if shows.any() else 1.0
