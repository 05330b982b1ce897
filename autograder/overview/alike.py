"""Finds teams whose written answers or whole code are nearly the same: for a person to look at, never a verdict.

Short functions that are right look alike by themselves, so code counts only where it is the same in every letter but
blanks, and written answers where most of a longer text is.
"""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

ALIKE = 90.0  # of 100, in nine letters of ten: a judgement, since all that it does is to show a pair to a person
LEAST = 60  # characters of a written answer; short ones are alike by chance
_COMPARED = 3000  # characters of one answer


def alike_texts(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of names whose texts are nearly the same, each in the order of the names."""
    plain = {name: " ".join(text.lower().split())[:_COMPARED] for name, text in texts.items()}
    kept = [name for name, text in plain.items() if len(text) >= LEAST]
    return _groups(
        [
            (one, other)
            for index, one in enumerate(kept)
            for other in kept[index + 1 :]
            if fuzz.ratio(plain[one], plain[other], score_cutoff=ALIKE)
        ]
    )


def same_codes(codes: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of names whose code is the same, but for blanks, blank lines and comments."""
    by_code: dict[str, list[str]] = {}
    for name, code in codes.items():
        plain = re.sub(r"\s+", "", re.sub(r"#.*", "", code))
        if plain:
            by_code.setdefault(plain, []).append(name)
    return [tuple(names) for names in by_code.values() if len(names) > 1]


def _groups(pairs: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    groups: list[list[str]] = []
    for one, other in pairs:
        found = [group for group in groups if one in group or other in group]
        joined = list(dict.fromkeys([*(name for group in found for name in group), one, other]))
        groups = [*(group for group in groups if group not in found), joined]
    return [tuple(sorted(group)) for group in groups]
