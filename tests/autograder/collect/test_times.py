"""When something was handed in: what archives, systems and nobody know, and whose extension counts."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.collect.zip_times import universal_time
from autograder.config import Course, load_course
from autograder.people import _people
from tests.autograder.collect.classes import LATE, NOTEBOOK, TOML, collected, commit, handed_in

DUE = datetime(2023, 2, 25, 5, 59, 59, tzinfo=UTC)  # 23:59 in Chicago
TOKYO, HONOLULU = 9, -10


def unix(moment: datetime) -> bytes:
    return struct.pack("<HHBi", 0x5455, 5, 1, int(moment.timestamp()))


def ntfs(moment: datetime) -> bytes:
    ticks = (int(moment.timestamp()) + 11_644_473_600) * 10**7
    return struct.pack("<HHIHHQQQ", 0x000A, 32, 0, 1, 24, ticks, ticks, ticks)


def info_zip(moment: datetime) -> bytes:
    return struct.pack("<HHII", 0x5855, 8, 0, int(moment.timestamp()))


def pkware(moment: datetime) -> bytes:
    return struct.pack("<HHIIHH", 0x000D, 12, 0, int(moment.timestamp()), 0, 0)


def write_zip(path: Path, moment: datetime, zone: float, extra: bytes = b"") -> None:
    """A zip file made at `moment` on a computer whose clock is `zone` hours ahead of universal time."""
    wall = moment + timedelta(hours=zone)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}.items():
            member = zipfile.ZipInfo(name, wall.timetuple()[:6])
            member.extra = extra
            archive.writestr(member, text)


@pytest.mark.parametrize("extra", [unix, ntfs, info_zip, pkware])
def test_each_way_to_store_universal_time_is_read_among_others(extra: Callable[[datetime], bytes]) -> None:
    other = struct.pack("<HH4s", 0x7075, 4, b"abcd")
    assert universal_time(other + extra(DUE)) == int(DUE.timestamp())
    assert universal_time(other) is universal_time(extra(DUE)[:6]) is None


def test_the_zone_of_an_archive_decides_only_where_it_is_known(course: Course, clones: Path) -> None:
    before, after = DUE - timedelta(hours=4), DUE + timedelta(hours=2)
    write_zip(clones / "tokyo-in-time.zip", before, TOKYO, unix(before))
    write_zip(clones / "tokyo-late.zip", after, TOKYO, ntfs(after))
    write_zip(clones / "honolulu-late.zip", after, HONOLULU, unix(after))
    write_zip(clones / "tokyo-without-zone.zip", before, TOKYO)
    write_zip(clones / "days-late.zip", DUE + timedelta(days=3), TOKYO)
    for name, moment in (("tar-in-time.tar.gz", before), ("tar-late.tar.gz", after)):
        with tarfile.open(clones / name, "w:gz") as archive:
            member = tarfile.TarInfo("hw2.ipynb")
            member.size, member.mtime = len(NOTEBOOK), moment.timestamp()
            archive.addfile(member, io.BytesIO(NOTEBOOK.encode()))
    (clones / "nobody-knows").mkdir()
    (clones / "nobody-knows" / "hw2.ipynb").write_text(NOTEBOOK)
    teams = collected(course, clones)
    assert {name for name, team in teams.items() if not team.accepted} == {
        "tokyo-late.zip",
        "honolulu-late.zip",
        "days-late.zip",
        "tar-late.tar.gz",
    }
    assert teams["tokyo-late.zip"].late == timedelta(seconds=7199, microseconds=1)
    told = {name: " ".join(team.remarks) for name, team in teams.items()}
    assert "names no time zone, and would be in time if written further east" in told["tokyo-without-zone.zip"]
    assert "names no time zone: late by up to" in told["days-late.zip"]
    assert "nothing says when it was handed in: it counts as in time" in told["nobody-knows"]
    assert "is dated" not in told["tokyo-in-time.zip"] + told["tar-in-time.tar.gz"] + told["tokyo-late.zip"]


def test_of_several_archives_the_last_before_the_deadline_counts(course: Course, clones: Path) -> None:
    for number, moment in enumerate([DUE - timedelta(days=2), DUE - timedelta(hours=1), DUE + timedelta(hours=1)]):
        path = clones / ("one.zip" if number == 0 else f"one ({number}).zip")
        write_zip(path, moment, 0, unix(moment))
    team = collected(course, clones)["one.zip"]
    assert (team.accepted, team.received, team.members) == (True, DUE - timedelta(hours=1), ("ada1",))
    assert any("Later commits are not graded" in remark for remark in team.remarks)


def test_of_uploads_by_the_same_people_the_last_before_the_deadline_counts(course: Course, clones: Path) -> None:
    for name, hours in {"ada.zip": -9, "bob.zip": -1, "both.zip": 1}.items():
        moment = DUE + timedelta(hours=hours)
        write_zip(clones / name, moment, 0, unix(moment))
    for _ in range(2):
        teams = collected(course, clones)
        counts = teams["bob.zip"]
        assert counts.replaced_by is None
        assert teams["ada.zip"].replaced_by == teams["both.zip"].replaced_by == counts.pseudonym
        assert [path.parent.name for path in (course.root / "submitted").glob("*/hw2")] == [counts.pseudonym]
        assert not any("is also in" in remark for team in teams.values() for remark in team.remarks)
        assert any("this is the last in time, and counts" in remark for remark in counts.remarks)
    rows = {row["id"]: (row["team"], row["status"]) for row in _people(course, "hw2")}
    assert rows["ada1"] == (counts.pseudonym, "")


BORROWED = {
    "named until the deadline": (["ada1\nbob2\n", "ada1\n"], False),
    "named from the deadline on": (["ada1\n", "ada1\nbob2\n"], False),
    "named by address until the deadline": (["ada1\nbob2@uni.edu\n", "ada1\n"], False),
    "one of a group that is too large": (["ada1\nbob2\ncyd3\n", "ada1\nbob2\ncyd3\n"], False),
    "a group that is too large later": (["ada1\nbob2\n", "ada1\nbob2\ncyd3\n"], False),
    "in both": (["ada1\nbob2\n", "bob2\nada1\n"], True),
    "alone, by address": (["Bob <bob2@uni.edu>\n", "bob2\n"], True),
    "nobody until then": (["your-netid-here\n", "bob2\n"], True),
    "nobody until then and then two": (["\n", "ada1\nbob2\n"], False),
}


def test_an_extension_counts_for_members_of_the_graded_state_only(course: Course, clones: Path) -> None:
    (course.root / "extensions.csv").write_text("id,assignment,until\nbob2,hw2,2023-02-26 23:59\n")
    names = {what: what.replace(" ", "-").replace(",", "") for what in BORROWED}
    for what, (netids, _) in BORROWED.items():
        commit(clones / names[what], {"netid": netids[0], "hw2.ipynb": NOTEBOOK})
        commit(clones / names[what], {"netid": netids[1], "better": "x"}, LATE)
    teams = collected(load_course(course.root), clones)
    for what, (_, counts) in BORROWED.items():
        team = teams[names[what]]
        assert ("better" in handed_in(course, team)) is counts, what
        told = any("was not counted" in remark for remark in team.remarks)
        assert told is (not counts and not what.startswith(("named from", "nobody"))), (what, team.remarks)
    assert any("named nobody at the deadline" in remark for remark in teams["nobody-until-then"].remarks)
    assert any("decides on the extension" in remark for remark in teams["nobody-until-then-and-then-two"].remarks)


def test_a_lost_secret_gives_no_team_a_second_folder(course: Course, clones: Path) -> None:
    (course.root / "course.toml").write_text(TOML.replace('late = "none"', "late = { points_per_day = 1, days = 9 }"))
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    first = collected(course, clones)["one"]
    (course.state / "secret").unlink()
    assert collected(load_course(course.root), clones)["one"] == first
    assert len(list((course.root / "submitted").iterdir())) == 1


def test_folders_of_no_team_are_named_where_the_table_was_lost_too(course: Course, clones: Path) -> None:
    from autograder.collect.collect import strays

    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    first = collected(course, clones)["one"]
    (course.root / "submitted" / "by-hand" / "hw2").mkdir(parents=True)
    assert strays(course, "hw2") == []
    course.state.rename(course.root / "lost")
    second = collected(load_course(course.root), clones)["one"]
    (told,) = strays(course, "hw2")
    assert first.pseudonym in told
    assert second.pseudonym not in told
