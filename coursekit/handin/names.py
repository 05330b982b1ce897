"""Finds required files under nearly the right names: "hw2 (1).ipynb", "HW2.ipynb", "netid.txt", a folder too deep.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The
student's last step and the collector look for files with the same functions; only names are looked at.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath

_ADDED = re.compile(  # hw2.ipynb.txt, and hw2.ipynb.pdf as the print of a notebook
    r"(\.ipynb)(?:\.(?:txt|json|ipynb|bak|download|part))+$|(?:\.ipynb)?(\.pdf)(?:\.(?:pdf|txt|download|part))*$"
)
_COPY = re.compile(  # what browsers, Jupyter, file managers and people put after a name
    r"[\s_.-]*(?:\(\d+\)|\[\d+\]|-\s*(?:copy|kopie|copie|copia)\s*(?:\(\d+\)|\d+)?|copy\s*(?:of\s*)?\d*|v\d+(?:\.\d+)?"
    r"|(?:my|final|finished|submission|submit|solutions?|new|latest|last|done|version|answers?|completed?)\s*\d*"
    r"|[-_.]\d{1,2})$"
)
_SQUEEZED = re.compile(r"[\s_.-]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_NETID_ENDS = ("", ".txt", ".md", ".text", ".csv")
_OLD = {"old", "backup", "bak", "archive", "release", "template", "original", "given", "draft", "drafts", "test", "tmp"}
_CACHES = {".ipynb_checkpoints", "__macosx", "__pycache__", ".git", "node_modules", "venv", ".venv", "site-packages"}


def near(name: str, required: str) -> bool:
    """Whether `name` is the name `required`, but for capitals, marks of copies, and added endings."""
    plain = _plain(name)
    wanted = _plain(required)
    if plain == wanted:
        return True
    if "." not in wanted:  # netid
        stem, end = _split(plain)
        if end not in _NETID_ENDS:
            return False
        bare = {re.sub(r"[^a-z0-9]", "", shorter).removesuffix("txt") for shorter in _without_copies(stem)}
        return bool(bare & {wanted, f"{wanted}s", f"my{wanted}", f"{wanted}file"})
    stem, end = _split(_ending(plain))
    wanted_stem, wanted_end = _split(wanted)
    if end != wanted_end:
        return False
    return any(_SQUEEZED.sub("", shorter) == _SQUEEZED.sub("", wanted_stem) for shorter in _without_copies(stem))


def may_be(path: str, required: str, others: Collection[str] = ()) -> bool:
    """Whether a file has nearly the name `required`, and none of `others`, which are those of other assignments."""
    name = PurePosixPath(path).name
    foreign = (other for other in others if other != required)
    return near(name, required) and not any(near(name, other) and not near(other, required) for other in foreign)


def same_stem(path: str, required: str) -> bool:
    """Whether a file has the name `required` but for its ending: the notebook as a page, `netid` as a document."""
    name, wanted = PurePosixPath(path).name, _split(_plain(required))[0]
    return _SQUEEZED.sub("", _split(_plain(name))[0]) == _SQUEEZED.sub("", wanted)


def look_for(
    required: str, paths: Iterable[str], others: Collection[str] = (), base: str = "", loose: bool = False
) -> tuple[str, ...]:
    """The files that may be meant by a required one: none, one that is unmistakable, or several.

    The first of these that fits any path counts: the name itself in the folder `base`, at the top, or elsewhere;
    then a name that is near to it, or holds it as in "roe_hw2.pdf", in the same order of places; then, for a notebook,
    the only notebook there is.

    Args:
        required: a file name.
        paths: everything that was handed in, with / between folders.
        others: names of the files of other assignments, which are not meant.
        base: the folder in which the other required files are, "" for the top.
        loose: whether any notebook may be meant, whatever its name.
    """
    seen = [path for path in paths if not _CACHES & {part.casefold() for part in path.split("/")[:-1]}]
    seen = [path for path in seen if not PurePosixPath(path).name.startswith("._")]
    named = [path for path in seen if PurePosixPath(path).name == required]
    foreign = [other for other in others if other != required]
    alike = [path for path in seen if may_be(path, required, others)]
    within = [] if "." not in required else [path for path in seen if _contains(path, required)]
    within = [path for path in within if not any(near(PurePosixPath(path).name, other) for other in foreign)]
    for found in (named, alike, within):
        for place in dict.fromkeys((base, "")):
            here = [path for path in found if _folder(path) == place]
            if here:
                return tuple(here)
        if found:
            return tuple(_preferred(found))
    if loose and required.endswith(".ipynb"):
        books = [path for path in seen if _split(_ending(_plain(PurePosixPath(path).name)))[1] == ".ipynb"]
        books = [path for path in books if not any(near(PurePosixPath(path).name, other) for other in foreign)]
        return tuple(books)
    return ()


def _preferred(paths: Sequence[str]) -> Sequence[str]:
    """Without those in folders whose name says that they do not count, unless all are."""
    current = [path for path in paths if not _OLD & {part.casefold() for part in path.split("/")[:-1]}]
    return current or paths


def _contains(path: str, required: str) -> bool:
    """Whether the stem of the required name stands in that of the path, apart from other letters and digits."""
    stem, end = _split(_ending(_plain(PurePosixPath(path).name)))
    wanted, wanted_end = _split(_plain(required))
    return end == wanted_end and bool(re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", stem))


def _ending(name: str) -> str:
    return _ADDED.sub(lambda found: found[1] or found[2], name)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _split(name: str) -> tuple[str, str]:
    """The stem, and the ending with its point; a name that begins with a point has no ending."""
    stem, point, end = name.rpartition(".")
    return (stem, point + end) if stem else (name, "")


def _without_copies(stem: str) -> list[str]:
    """The stem, and what is left of it as one mark of a copy after the other is taken off."""
    found = [stem, re.sub(r"^(?:copy of|kopie von|copie de|copia de)\s+", "", stem)]
    while (shorter := _COPY.sub("", found[-1]).strip()) != found[-1] and shorter:
        found.append(shorter)
    return found


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold().strip().strip(".") if name.strip(". ") else name
    decomposed = _DASHES.sub("-", decomposed)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
