"""The embedded MNIST and its loader."""

import gzip
import hashlib
import re
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from course_utils import data
from course_utils.data import (
    ImageLoader,
    load_fashion_mnist,
    load_mnist,
    mnist_images,
    read_idx,
    unpack_mnist,
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_mnist(tmp_path_factory.mktemp("mnist"))


def numbered_loader(n: int, batch_size: int, **options: object) -> ImageLoader:
    """A loader of n one-pixel images whose labels are their places."""
    labels = torch.arange(n)
    return ImageLoader(labels.to(torch.uint8).view(n, 1, 1), labels, batch_size, **options)  # type: ignore[arg-type]


def labels_of_an_epoch(loader: ImageLoader) -> list[int]:
    return [label for _, labels in loader for label in labels.tolist()]


def test_embedded_files_are_the_original_ones() -> None:
    table = (data.RAW / "README.md").read_text()
    stated = dict(re.findall(r"\| (\S+-ubyte) \| ([0-9a-f]{32}) \|", table))
    original = {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    }
    assert stated == original
    for name, md5 in original.items():
        content = gzip.decompress((data.RAW / f"{name}.gz").read_bytes())
        assert hashlib.md5(content).hexdigest() == md5


def test_images_are_decoded_once_per_process() -> None:
    assert mnist_images()[0] is mnist_images(train=True)[0]
    assert load_mnist(64, train=False).dataset.tensors[0].data_ptr() == mnist_images(False)[0].data_ptr()


@pytest.mark.parametrize(("train", "n"), [(True, 60_000), (False, 10_000)])
def test_torchvision_reads_the_same_images_and_labels(unpacked: Path, train: bool, n: int) -> None:
    theirs = MNIST(str(unpacked), train=train)
    images, labels = mnist_images(train)
    assert images.shape == (n, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert torch.equal(theirs.data, images)
    assert torch.equal(theirs.targets, labels)


def test_batches_equal_those_of_torchvision_and_a_data_loader(unpacked: Path) -> None:
    dataset = MNIST(str(unpacked), train=False, transform=ToTensor())
    theirs = torch.utils.data.DataLoader(dataset, batch_size=48)
    ours = load_mnist(48, train=False, shuffle=False)
    assert len(ours) == len(theirs) == 209
    assert len(ours.dataset) == len(dataset)
    for (x, y), (their_x, their_y) in zip(ours, theirs, strict=True):
        assert x.dtype == their_x.dtype
        assert torch.equal(x, their_x)
        assert torch.equal(y, their_y)


def test_unpacking_again_keeps_the_files_and_leaves_nothing_else(unpacked: Path) -> None:
    folder = unpacked / "MNIST" / "raw"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert unpack_mnist(unpacked) == unpacked
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert len(before) == 4


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 200), batch_size=st.integers(1, 70), seed=st.integers(0, 2**32), shuffle=st.booleans())
def test_an_epoch_serves_every_image_once(n: int, batch_size: int, seed: int, shuffle: bool) -> None:
    loader = numbered_loader(n, batch_size, seed=seed, shuffle=shuffle)
    for _ in range(2):
        batches = list(loader)
        assert len(batches) == len(loader)
        sizes = [len(labels) for _, labels in batches]
        assert sizes[:-1] == [batch_size] * (len(loader) - 1)
        assert sizes[-1] == n - batch_size * (len(loader) - 1)
        for images, labels in batches:
            assert images.shape == (len(labels), 1, 1, 1)
            assert torch.equal((images.flatten() * 255).round().long(), labels)
        assert sorted(torch.cat([labels for _, labels in batches]).tolist()) == list(range(n))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 200), batch_size=st.integers(1, 70))
def test_drop_last_leaves_only_full_batches(n: int, batch_size: int) -> None:
    loader = numbered_loader(n, batch_size, drop_last=True)
    assert [len(labels) for _, labels in loader] == [batch_size] * (n // batch_size)
    assert len(loader) == n // batch_size


def test_each_epoch_has_an_order_of_its_own() -> None:
    loader = numbered_loader(200, 32)
    first, second = labels_of_an_epoch(loader), labels_of_an_epoch(loader)
    assert first != second
    assert first != sorted(first)


def test_the_order_depends_on_the_seed_alone() -> None:
    torch.manual_seed(1)
    first = numbered_loader(200, 32, seed=5)
    orders = [labels_of_an_epoch(first) for _ in range(2)]
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again = numbered_loader(200, 32, seed=5)
    assert [labels_of_an_epoch(again) for _ in range(2)] == orders
    assert torch.equal(torch.get_rng_state(), state)
    assert labels_of_an_epoch(numbered_loader(200, 32, seed=6)) != orders[0]


def test_batches_are_served_on_the_device_that_was_asked_for() -> None:
    images, labels = next(iter(numbered_loader(5, 3, device="meta")))
    assert images.device.type == labels.device.type == "meta"


def test_changing_a_batch_leaves_the_data_unchanged() -> None:
    loader = numbered_loader(10, 4, shuffle=False)
    for images, labels in loader:
        images.zero_()
        labels.zero_()
    assert labels_of_an_epoch(loader) == list(range(10))
    assert loader.dataset.tensors[0].flatten().tolist() == list(range(10))


def test_batch_size_must_be_positive() -> None:
    with pytest.raises(ValueError, match="batch_size must be 1 or more, got 0"):
        load_mnist(0, train=False)


def test_fashion_mnist_is_read_from_files_that_are_there(tmp_path: Path) -> None:
    unpack_mnist(tmp_path)
    (tmp_path / "MNIST").rename(tmp_path / "FashionMNIST")  # the same format, so digits can stand in for clothes
    images, labels = next(iter(load_fashion_mnist(16, train=False, shuffle=False, root=tmp_path)))
    digits, digit_labels = next(iter(load_mnist(16, train=False, shuffle=False)))
    assert torch.equal(images, digits)
    assert torch.equal(labels, digit_labels)


def test_fashion_mnist_that_cannot_be_stored_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(RuntimeError, match=r"^Fashion-MNIST could not be downloaded .*put its four files"):
        load_fashion_mnist(16, root=tmp_path / "file")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"not gzip at all", "not a complete gzip file", id="not-gzip"),
        pytest.param(gzip.compress(bytes(1000))[:-9], "not a complete gzip file", id="cut-off"),
        pytest.param(gzip.compress(b""), "not an IDX file of unsigned bytes", id="empty"),
        pytest.param(
            gzip.compress(b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00\x00\x00\x00"),
            "not an IDX file of unsigned bytes",
            id="floats",
        ),
        pytest.param(gzip.compress(b"\x00\x00\x08\x03\x00\x00"), "ends within its header", id="short-header"),
        pytest.param(
            gzip.compress(b"\x00\x00\x08\x02" + struct.pack(">2I", 2, 3) + bytes(5)),
            r"holds 5 values.*\(2, 3\)",
            id="too-few-values",
        ),
    ],
)
def test_a_damaged_idx_file_is_told_in_one_sentence(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=complaint) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


@settings(max_examples=30, deadline=None)
@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=4), seed=st.integers(0, 100))
def test_idx_files_of_any_shape_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, shape: list[int], seed: int
) -> None:
    values = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)
    header = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    path = tmp_path_factory.mktemp("idx") / "values.gz"
    path.write_bytes(gzip.compress(header + values.numpy().tobytes()))
    assert torch.equal(read_idx(path), values)
