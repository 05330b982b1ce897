"""Folders as learning management systems export them, collected in one run each."""

import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from autograder.collect.sources import read_sources
from autograder.config import Course, load_course
from autograder.errors import UsageError
from tests.autograder.collect.classes import NOTEBOOK, collected, handed_in

LATER = datetime(2023, 3, 20, tzinfo=UTC).timestamp()  # when the instructor unpacked the download
WORK = {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}
ROSTER = "id,name,email,canvas_id\n" + "".join(f"id{n},Student Number{chr(97 + n)},,{100 + n}\n" for n in range(26))

ZipDate = tuple[int, int, int, int, int, int]


@pytest.fixture
def course(course: Course) -> Course:
    (course.root / "roster.csv").write_text(ROSTER)
    return load_course(course.root)


def zipped(files: Mapping[str, str | bytes], when: ZipDate = (2023, 2, 20, 12, 0, 0)) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return buffer.getvalue()


def tarred(files: Mapping[str, str], mode: Literal["w", "w:gz", "w:bz2", "w:xz"], when: int = 1676900000) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), when
            archive.addfile(member, io.BytesIO(content.encode()))
    return buffer.getvalue()


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (LATER, LATER))


def work(n: int, **more: str) -> dict[str, str]:
    return {"netid": f"id{n}\n", "hw2.ipynb": NOTEBOOK, **more}


def version(n: int) -> str:
    return NOTEBOOK.replace("1 + 1", f"1 + {n}")


def test_whatever_a_folder_holds_is_taken_or_named(course: Course, clones: Path) -> None:
    put(
        clones,
        {
            "a_100_1_hw2.zip": zipped(work(0)),
            "b_101_2_HW2.ZIP": zipped(work(1)),
            "c_102_3_hw2.tar.gz": tarred(work(2), "w:gz"),
            "d_103_4_hw2.tgz": tarred({f"./hw2/{k}": v for k, v in work(3).items()}, "w:gz"),
            "e_104_5_hw2.tar.bz2": tarred(work(4), "w:bz2"),
            "f_105_6_hw2.tar.xz": tarred(work(5), "w:xz"),
            "g_106_7_hw2.tar": tarred(work(6), "w"),
            "h_107_8_hw2.zip": tarred(work(7), "w:gz"),  # under the name of another kind
            "i_108_9_hw2.rar": b"Rar!\x1a\x07",
            "j_109_10_hw2.7z": b"7z\xbc\xaf\x27\x1c",
            "k_110_11_hw2.zip": b"Rar!\x1a\x07",
            "l_111_12_hw2.zip": zipped({"hw2.zip": zipped(work(11))}),
            "m_112_13_hw2.zip": zipped({"a.zip": zipped({"b.zip": zipped(work(12))})}),
            "n_113_14_hw2.zip": zipped({"__MACOSX/._hw2.ipynb": b"x", ".DS_Store": b"x", **work(13), "._netid": b"x"}),
            "o_114_15_hw2.ipynb": NOTEBOOK,
            "o_114_16_netid": "id14\n",
            "p_115_text.html": "<p>typed</p>",
            "Student Numberq_9_assignsubmission_file_/hw2.ipynb": NOTEBOOK,
            "Student Numberq_9_assignsubmission_onlinetext_/onlinetext.html": "x",
            "Student Numberr_8_assignsubmission_file_/work.tar.gz": tarred(work(17), "w:gz"),
            "plain folder/hw2.ipynb": NOTEBOOK,
            "plain folder/netid": "id18\n",
            "id19.zip": zipped({"x/hw2.ipynb": NOTEBOOK}),
            "id20.ipynb": NOTEBOOK,
            "notes.docx": "x",
            "empty.zip": b"",
            ".DS_Store": "x",
            "__MACOSX/._a": "x",
            "Student Numberv_7_assignsubmission_file_/.git/HEAD": "ref: refs/heads/main",
            "Student Numberv_7_assignsubmission_file_/hw2.ipynb": NOTEBOOK,
            os.fsdecode(b"M\x81ller_123_4_hw2.ipynb"): NOTEBOOK,
            "line\nbreak_124_5_hw2.ipynb": NOTEBOOK,
        },
    )
    (clones / "link").symlink_to(course.root)
    teams = collected(course, clones)
    members = {team.members: team for team in teams.values() if team.commit}
    for n in (*range(8), 11, 13, 14, 16, 17, 18, 19, 20, 21, 23, 24):
        team = members[(f"id{n}",)]
        assert handed_in(course, team)["hw2.ipynb"] == NOTEBOOK, team
    told = [remark for team in teams.values() for remark in team.remarks]
    for name in ("i_108_9_hw2.rar", "j_109_10_hw2.7z", "k_110_11_hw2.zip", "p_115_text.html", "notes.docx", "link"):
        assert any(f"{name} " in remark for remark in told), (name, told)
    assert any("empty.zip is no zip file" in remark for remark in told)
    assert any("hw2.zip holds another archive" in remark for remark in told)
    assert any("a.zip holds an archive in an archive, b.zip: unpack it" in remark for remark in told)
    assert not any("DS_Store" in remark or "MACOSX" in remark for remark in told)
    unread = {team.members for team in teams.values() if team.unread}
    assert {("id8",), ("id9",), ("id10",), ("id15",)} <= unread


def test_canvas_says_which_files_are_late_and_numbers_those_that_came_again(course: Course, clones: Path) -> None:
    put(
        clones,
        {
            "again_100_1_hw2.ipynb": version(1),
            "again_100_2_netid": "id0\n",
            "again_100_7_hw2-1.ipynb": version(2),
            "both_101_3_hw2.ipynb": version(1),
            "both_101_4_netid": "id1\n",
            "both_LATE_101_9_hw2-1.ipynb": version(2),
            "late_LATE_102_5_hw2.ipynb": version(1),
            "late_late_102_6_netid": "id2\n",
            "zips_103_10_hw2.zip": zipped({"a/hw2.ipynb": version(1), "a/netid": "id3\n"}),
            "zips_103_11_hw2-1.zip": zipped({"b/hw2.ipynb": version(2), "b/netid": "id3\n"}),
            "newest_104_12_hw2-2.ipynb": version(3),
            "newest_104_13_netid-1": "id4\n",
        },
    )
    teams = collected(course, clones)
    expected = {"again_100": 2, "both_101": 1, "late_102": 1, "zips_103": 2, "newest_104": 3}
    for source, number in expected.items():
        assert handed_in(course, teams[source])["hw2.ipynb"] == version(number), source
    assert [source for source, team in teams.items() if not team.accepted] == ["late_102"]
    assert any("marked as late, but nothing says by how much" in remark for remark in teams["late_102"].remarks)
    assert not any("in time" in remark for remark in teams["again_100"].remarks)
    assert not any("should be called" in remark for remark in teams["newest_104"].remarks)  # Canvas named it


def test_blackboard_brightspace_and_gradescope_say_when_each_attempt_came(course: Course, clones: Path) -> None:
    blackboard, brightspace, gradescope = (clones / name for name in ("blackboard", "brightspace", "gradescope"))
    attempt = "Home_work_id0_attempt_2023-02-2"
    put(
        blackboard,
        {
            f"{attempt}4-20-00-00.txt": "Name: Student Numbera (id0)",
            f"{attempt}4-20-00-00_hw2.ipynb": version(1),
            f"{attempt}4-23-59-00_hw2.ipynb": version(2),
            f"{attempt}5-00-01-00_hw2.ipynb": version(3),
            "Home_work_id1_attempt_2023-02-25-06-00-00_hw2.ipynb": version(1),
            "Home_work_id2_attempt_2023-02-24-06-00-00.txt": "only typed",
        },
    )
    put(
        brightspace,
        {
            "21-7 - Student Numbera - Feb 24, 2023 958 PM/hw2.ipynb": version(1),
            "21-7 - Student Numbera - Feb 24, 2023 1158 PM/hw2.ipynb": version(2),
            "22-7 - Student Numberb - Feb 25, 2023 1201 AM - hw2.ipynb": version(1),
            "index.html": "<html>",
        },
    )
    metadata = """\
---
submission_11:
  :submitters:
  - :name: Student Numbera
    :sid: id0
    :email: a@uni.edu
  :created_at: 2023-02-25 05:58:00.123456789 Z
submission_12:
  :submitters:
  - :name: Student Numberb
    :sid: '101'
  :created_at: 2023-02-25 06:01:00.000000000 Z
"""
    put(gradescope, {f"submission_{n}/hw2.ipynb": version(n) for n in (11, 12)})
    put(gradescope, {"submission_metadata.yml": metadata})
    for folder, kept in ((blackboard, 2), (brightspace, 2), (gradescope, 11)):
        teams = {team.members: team for team in collected(course, folder).values()}
        assert handed_in(course, teams[("id0",)])["hw2.ipynb"] == version(kept), folder
        assert (teams[("id0",)].accepted, teams[("id0",)].late.total_seconds()) == (True, 0)
        assert not teams[("id1",)].accepted
        assert 60 <= teams[("id1",)].late.total_seconds() < 7 * 3600
    (gradescope / "submission_metadata.yml").write_text("a: [")
    with pytest.raises(UsageError, match="is no YAML"):
        read_sources(gradescope)


def test_an_export_that_was_unpacked_into_one_more_folder_is_found(course: Course, clones: Path) -> None:
    put(
        clones,
        {"assignment_1_export/roe_100_1_hw2.ipynb": NOTEBOOK, "assignment_1_export/poe_101_2_hw2.ipynb": NOTEBOOK},
    )
    assert set(read_sources(clones)) == {"roe_100", "poe_101"}
    packed = clones / "submissions.zip"
    packed.write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"submissions\.zip is an archive: unpack it"):
        read_sources(packed)


def test_what_cannot_be_read_is_no_nothing_handed_in(course: Course, clones: Path) -> None:
    from autograder.people import Status, _people
    from autograder.teams import load_teams

    put(clones, {"a_100_1_hw2.rar": b"Rar!", "who_7_2_hw2.7z": b"7z\xbc\xaf"})
    collected(course, clones)
    rows = {row["id"]: row["status"] for row in _people(course, "hw2")}
    assert (rows["id0"], rows[""], rows["id1"]) == (Status.UNREAD, Status.UNREAD, Status.NOTHING)
    assert all(team.unread for team in load_teams(course, "hw2").values())


def test_the_same_export_downloaded_again_is_nothing_new(course: Course, clones: Path) -> None:
    put(clones, {"roe_100_1_hw2.ipynb": NOTEBOOK, "roe_100_2_netid": "id0\n"})
    first = collected(course, clones)["roe_100"]
    for path in clones.iterdir():
        os.utime(path)
    assert collected(course, clones)["roe_100"].commit == first.commit
    _, again = (course.state / "collections" / "hw2.jsonl").read_text().splitlines()
    assert '"new": []' in again


def test_what_was_handed_in_first_and_once_more_at_last_is_graded(course: Course, clones: Path) -> None:
    attempt = "Home_work_id0_attempt_2023-02-24"
    times = {"20-00": version(1), "21-00": version(2), "22-00": version(1)}
    put(clones, {f"{attempt}-{time}-00_hw2.ipynb": text for time, text in times.items()})
    (team,) = collected(course, clones).values()
    assert handed_in(course, team)["hw2.ipynb"] == version(1)


def test_a_download_of_a_download_is_one_more_of_the_same_team(clones: Path) -> None:
    put(clones, {name: zipped(WORK) for name in ("roe.zip", "roe (1).zip", "roe (1) (1).zip")})
    assert list(read_sources(clones)) == ["roe.zip"]


def test_nobody_takes_the_place_of_work_that_somebody_else_handed_in(course: Course, clones: Path) -> None:
    early, late = (2023, 2, 20, 12, 0, 0), (2023, 2, 23, 12, 0, 0)
    blank = {"hw2.ipynb": version(9)}
    put(clones, {
        "numbera_100_1_hw2.zip": zipped(work(0), early),
        "numberb_101_2_hw2.zip": zipped(work(0) | blank, late),  # it names the one above, and nobody else
        "numberc_102_3_hw2.zip": zipped({**work(2), "netid": "id2\nid3\n"}, early),
        "numberd_103_4_hw2.zip": zipped({**work(3), "netid": "id2\nid3\n"} | blank, late),  # both of a group
        "nobody_999_5_hw2.zip": zipped(work(4) | blank, late),  # whose name is on no roster
        "numbere_104_6_hw2.zip": zipped(work(4), early),
    })  # fmt: skip
    teams = collected(course, clones)
    told = {name: " ".join(team.remarks) for name, team in teams.items()}
    assert {name: team.replaced_by is None for name, team in teams.items()} == {
        "numbera_100": True, "numberb_101": True, "numberc_102": False, "numberd_103": True,
        "nobody_999": True, "numbere_104": True,
    }  # fmt: skip
    for name in ("numbera_100", "numberb_101"):
        assert "id0 is also in" in told[name]
    for name in ("nobody_999", "numbere_104"):
        assert "id4 is also in" in told[name]
    assert "whom netid does not name" in told["numberb_101"]
