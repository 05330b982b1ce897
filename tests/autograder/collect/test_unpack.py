import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.collect.git import GitError
from autograder.collect.mirror import content, history, read_tree
from autograder.collect.unpack import Part, unpack

CHICAGO = "America/Chicago"
ZipDate = tuple[int, int, int, int, int, int]


def take(path: Path, mirror: Path, zone: str) -> str:
    return unpack([Part(path, path.name)], mirror, zone, 32 * 2**20).commit


def packed(files: Mapping[str, tuple[int, bytes]], date: ZipDate = (2023, 2, 24, 23, 30, 0)) -> bytes:
    """A zip file with these members, each content by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, (mode, data) in files.items():
            member = zipfile.ZipInfo(name, date)
            member.external_attr, member.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return buffer.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "team.zip"


def test_a_zip_becomes_a_commit_dated_by_its_newest_member(path: Path, tmp_path: Path) -> None:
    odd = 'a "b" \\ é.txt'
    plain = {"hw2/netid": (0o644, b"ada1\n"), f"hw2/{odd.replace(chr(92), '')}": (0o644, b"x\n\0")}
    path.write_bytes(packed(plain | {"hw2/link": (0o120777, b"/etc/passwd"), "__MACOSX/x": (0o644, b"")}))
    mirror = tmp_path / "mirror.git"
    head = take(path, mirror, CHICAGO)
    assert head == take(path, mirror, CHICAGO)
    (commit,) = history(mirror, head)
    assert commit.dated == 1677303000  # 23:30 in Chicago
    entries, _ = tree_of(mirror, head)
    assert {name: kind for name, (kind, _) in entries.items()} == {
        "hw2/netid": "file",
        "hw2/link": "link",
        'hw2/a "b"  é.txt': "file",
    }
    assert entries["hw2/netid"][1] == b"ada1\n"
    assert entries['hw2/a "b"  é.txt'][1] == b"x\n\0"


def tree_of(mirror: Path, head: str) -> tuple[dict[str, tuple[str, bytes]], int]:
    found = read_tree(mirror, head)
    return {entry.path: (entry.kind, content(mirror, entry, 99)) for entry in found.entries}, found.unreadable


@pytest.mark.parametrize("name", ["../netid", "/etc/netid", "a/../../b", "..\\netid"])
def test_a_zip_whose_names_lead_outside_is_refused(path: Path, tmp_path: Path, name: str) -> None:
    path.write_bytes(packed({name: (0o644, b"x")}))
    with pytest.raises(GitError, match="lead outside"):
        take(path, tmp_path / "mirror.git", CHICAGO)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path: Path, tmp_path: Path) -> None:
    path.write_bytes(packed({f"{n}": (0o644, bytes(30 * 2**20)) for n in range(9)}))
    assert path.stat().st_size < 2**20
    with pytest.raises(GitError, match="too much"):
        take(path, tmp_path / "mirror.git", CHICAGO)


def test_damaged_zips_are_one_sentence(path: Path, tmp_path: Path) -> None:
    whole = packed({"netid": (0o644, bytes(range(256)) * 20), "b": (0o644, b"y" * 99)})
    chance = random.Random(7)
    for _ in range(25):
        broken = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(4)):
            if broken:
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            take(path, tmp_path / "mirror.git", CHICAGO)
        except GitError as error:
            assert "\n" not in str(error)
