import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from autograder.reproduce.compare_pictures import (
    MAX_FRAMES,
    BadPicture,
    FigureComparison,
    compare_pictures,
    read_picture,
)
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, WITHIN


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> str:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def plot(scale: float = 1.0, dpi: int = 100, software: str | None = None) -> str:
    figure = Figure(figsize=(4, 3), dpi=dpi)
    axes = figure.add_subplot(ylim=(0, 2))
    axes.plot(scale * np.exp(-np.arange(50) / 10))
    file = io.BytesIO()
    figure.savefig(file, metadata={"Software": software})
    return base64.b64encode(file.getvalue()).decode()


def noise(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (20, 20), dtype=np.uint8))


def compare(one: str, other: str) -> FigureComparison:
    return compare_pictures(read_picture(one), read_picture(other))


def test_the_same_pixels_are_identical_whatever_the_file_says_besides() -> None:
    assert plot() != plot(software="another")
    assert compare(plot(), plot(software="another")).outcome == IDENTICAL


def test_nearly_the_same_plot_is_within_tolerance_and_another_curve_is_different() -> None:
    near, far = compare(plot(), plot(1.002)), compare(plot(), plot(1.5))
    assert near.outcome == WITHIN
    assert far.outcome == DIFFERENT
    assert far.similarity is not None and near.similarity is not None and far.similarity < near.similarity < 1


def test_a_figure_of_another_resolution_is_brought_to_one_size() -> None:
    found = compare(plot(), plot(dpi=200))
    assert "one size" in found.detail
    other = compare(plot(), plot(1.5, dpi=200))
    assert found.similarity is not None and other.similarity is not None and found.similarity > other.similarity


def test_a_figure_of_other_proportions_is_different() -> None:
    found = compare(encode(Image.new("L", (40, 30))), encode(Image.new("L", (30, 40))))
    assert (found.outcome, found.similarity) == (DIFFERENT, None)
    assert "40 x 30 and 30 x 40" in found.detail


def test_colors_count() -> None:
    red, blue = (Image.new("RGB", (30, 30), color) for color in ("#ff0000", "#0000ff"))
    assert compare(encode(red), encode(blue)).outcome == DIFFERENT


def test_every_frame_of_an_animation_counts() -> None:
    frames = [noise(seed) for seed in range(3)]
    other = [*frames[:2], Image.new("L", (20, 20))]
    ours, theirs = (encode(f[0], "GIF", save_all=True, append_images=f[1:]) for f in (frames, other))
    assert compare(ours, ours).outcome == IDENTICAL
    assert compare(ours, theirs).outcome == DIFFERENT
    assert "3 frames were submitted, 1 drawn now" in compare(ours, encode(frames[0], "GIF")).detail


@pytest.mark.parametrize("size", [(1, 1), (6, 40), (7, 7), (5000, 3)])
def test_pictures_of_odd_sizes_are_compared(size: tuple[int, int]) -> None:
    black, white = (encode(Image.new("L", size, gray)) for gray in (0, 255))
    assert compare(black, white).outcome == DIFFERENT
    assert compare(black, black).outcome == IDENTICAL


def bomb(width: int, height: int) -> str:
    """A small PNG file whose header states a huge picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = zlib.compress(b"\0" * 10_000_000, 9)
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
    ).decode()


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (9_000_000, 1), (0, 10)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(BadPicture):
        read_picture(bomb(*size))


def test_an_animation_of_too_many_frames_is_refused() -> None:
    frames = [Image.new("L", (2, 2), n % 256) for n in range(MAX_FRAMES + 1)]
    with pytest.raises(BadPicture, match="frames"):
        read_picture(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(BadPicture):
        read_picture(encode(Image.new("L", (5, 5)), kind))


@given(st.data())
def test_a_damaged_picture_is_told_and_never_an_error_of_ours(data: st.DataObject) -> None:
    content = bytearray(base64.b64decode(encode(noise(0), data.draw(st.sampled_from(["PNG", "GIF"])))))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        frames = read_picture(base64.b64encode(content[: data.draw(st.integers(0, len(content)))]).decode())
    except BadPicture:
        return
    assert frames and all(frame.shape[2] == 3 for frame in frames)
