"""The images of the course: the whole MNIST, embedded in the package, and Fashion-MNIST through torchvision.

This is course material: notebooks train on these loaders, and the probes of the checks take their images from
here. The files are decoded once per process and then served as tensors, which is much faster than decoding
image by image.
"""

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from coursekit.whole_file import write_whole

RAW = Path(__file__).parent / "MNIST" / "raw"
FILES = {
    True: ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    False: ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


class ImageLoader:
    """Serves batches of images that are already decoded; it iterates as a torch `DataLoader` does.

    Each batch is a pair: images (b, 1, height, width), float32 in [0, 1], and labels (b,), int64, both on
    `device` and both copies, so that a batch may be changed in place. Every pass over the loader is one
    epoch in a new order. The order comes from a generator of the loader's own on the CPU: it depends on
    `seed` alone, not on the device and not on torch's global random state.

    Attributes:
        dataset: all images, uint8 (n, 1, height, width), and labels, int64 (n,); `len(loader.dataset)` is n.
        batch_size: images in a batch; the last batch is smaller when n is no multiple of it.
    """

    def __init__(
        self,
        images: Tensor,  # uint8 (n, height, width)
        labels: Tensor,  # int64 (n,)
        batch_size: int,
        *,
        shuffle: bool = True,
        seed: int = 0,
        device: torch.device | str = "cpu",
        drop_last: bool = False,
    ) -> None:
        if batch_size <= 0:
            raise ValueError(f"batch_size must be 1 or more, got {batch_size}")
        self._images = images.unsqueeze(1).to(device)  # (n, 1, height, width)
        self._labels = labels.to(device)
        self.dataset = TensorDataset(self._images, self._labels)
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self._generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        batches = len(self._images) / self.batch_size
        return math.floor(batches) if self.drop_last else math.ceil(batches)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        n = len(self._images)
        order = torch.randperm(n, generator=self._generator) if self.shuffle else torch.arange(n)
        order = order.to(self._images.device)
        for indices in order.split(self.batch_size)[: len(self)]:
            yield self._images[indices].float().div_(255), self._labels[indices]


def load_mnist(
    batch_size: int,
    train: bool = True,
    shuffle: bool = True,
    seed: int = 0,
    device: torch.device | str = "cpu",
    drop_last: bool = False,
) -> ImageLoader:
    """The 60,000 training or 10,000 test images of MNIST in batches; needs no network.

    Iterates (images (b, 1, 28, 28) float32 in [0, 1], labels (b,) int64), see `ImageLoader`.
    """
    images, labels = mnist_images(train)
    return ImageLoader(images, labels, batch_size, shuffle=shuffle, seed=seed, device=device, drop_last=drop_last)


def load_fashion_mnist(
    batch_size: int,
    train: bool = True,
    shuffle: bool = True,
    seed: int = 0,
    device: torch.device | str = "cpu",
    drop_last: bool = False,
    root: Path | str = "data",
) -> ImageLoader:
    """Fashion-MNIST (clothes instead of digits, same sizes as MNIST) in batches, see `ImageLoader`.

    torchvision downloads it to `root`/FashionMNIST/raw the first time.

    Raises:
        RuntimeError: the files are not there and cannot be downloaded.
    """
    from torchvision.datasets import FashionMNIST  # here, since its import takes as long as all the rest

    try:
        clothes = FashionMNIST(str(root), train=train, download=True)
    except (OSError, RuntimeError) as error:
        folder = Path(root) / "FashionMNIST" / "raw"
        raise RuntimeError(
            f"Fashion-MNIST could not be downloaded ({error}); connect to the internet, "
            f"or put its four files into {folder}"
        ) from error
    return ImageLoader(
        clothes.data,
        clothes.targets,
        batch_size,
        shuffle=shuffle,
        seed=seed,
        device=device,
        drop_last=drop_last,
    )


def mnist_images(train: bool = True) -> tuple[Tensor, Tensor]:
    """All images, uint8 (n, 28, 28), and labels, int64 (n,), of MNIST; n is 60,000 (train) or 10,000 (test).

    Decoded once per process; every caller gets the same two tensors, so do not change them in place.
    """
    return _decode_mnist(train)


def warm_up_template() -> None:
    """Called where a process is prepared of which one is forked for each submission: all share the decoded images."""
    mnist_images(train=True)
    mnist_images(train=False)


@cache
def _decode_mnist(train: bool) -> tuple[Tensor, Tensor]:
    images, labels = (read_idx(RAW / f"{name}.gz") for name in FILES[train])
    return images, labels.long()


def unpack_mnist(root: Path | str) -> Path:
    """Unpack the embedded files into `root`/MNIST/raw, where `torchvision.datasets.MNIST(root)` finds them.

    Files that are there already are kept. Returns `root` as a path.
    """
    folder = Path(root) / "MNIST" / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*FILES[True], *FILES[False]):
        target = folder / name
        if not target.exists():
            write_whole(target, gzip.decompress((RAW / f"{name}.gz").read_bytes()))
    return Path(root)


def read_idx(path: Path) -> Tensor:
    """Read a gzip-compressed IDX file of unsigned bytes: a uint8 tensor of the shape that its header states.

    The format: two zero bytes, the type (8 is unsigned byte), the number of dimensions, each dimension as a
    big-endian 32-bit number, then the values in row-major order.

    Raises:
        ValueError: the file is not gzip, not IDX of unsigned bytes, or not as long as its header states.
    """
    try:
        content = bytearray(gzip.decompress(path.read_bytes()))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a complete gzip file ({error}); get a fresh copy of it") from error
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes: its header is {bytes(content[:4])!r}")
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise ValueError(f"{path} ends within its header; get a fresh copy of it")
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    if len(content) - header != math.prod(shape):
        raise ValueError(
            f"{path} holds {len(content) - header} values, but its header states the shape {shape}, "
            f"which is {math.prod(shape)} values; get a fresh copy of it"
        )
    return torch.frombuffer(content, dtype=torch.uint8, offset=header).view(shape)
