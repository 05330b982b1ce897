r"""Typesets formulas of strangers as MathML, when a page is written: it then needs no script and no network.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Only formulas
of symbols are typeset, which `shown.formulas` lists; of what the converter makes of them, only elements and attributes
that are named here come into the page, with their texts escaped anew: the converter itself escapes none.
"""

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from autograder.shown.formulas import is_of_symbols

MAX_FORMULA = 4000  # characters; a line of a formula has about 200
_ELEMENTS = """
    math mrow mi mo mn mtext mspace msub msup msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mstyle
    menclose
"""
_HARMLESS = """
    stretchy fence form accent accentunder linethickness columnalign rowspacing displaystyle scriptlevel mathvariant
    minsize maxsize notation
"""
_TAGS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = dict.fromkeys(_HARMLESS.split(), re.compile(r"[a-z-]{1,20}|[0-9.]{1,5}(em|pt)?")) | {
    "width": re.compile(r"[0-2](\.\d{1,3})?em"),  # the widest is that of \qquad
    "columnspacing": re.compile(r"[0-9em. ]{1,40}"),
}
# What the converter does not know under this name, or only alone: tables, and brackets that are to grow.
_TABLES = re.compile(r"(\\(?:begin|end)\s*\{)\s*(?:aligned|gather\*?|gathered|multline\*?|eqnarray\*?)\s*\}")
_WRAPPERS = re.compile(r"\\(?:begin|end)\s*\{\s*(?:equation\*?|subequations)\s*\}")
_NO_BAR = re.compile(r"\\[bB]igg?[lrm]?\s*\.")
_BRACKETS = {
    **dict.fromkeys((r"\|", r"\Vert", r"\lVert", r"\rVert"), "‖"),
    **dict.fromkeys((r"\vert", r"\lvert", r"\rvert"), "|"),
    **{r"\{": "{", r"\lbrace": "{", r"\}": "}", r"\rbrace": "}", r"\lbrack": "[", r"\rbrack": "]"},
    **{r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉"},
}


def to_mathml(formula: str, *, block: bool = False) -> str | None:
    """The formula as MathML that draws symbols and does nothing else; None where it cannot be typeset.

    Args:
        formula: TeX without its delimiters; anybody may have written it.
        block: whether it stands on lines of its own.
    """
    if len(formula) > MAX_FORMULA or not is_of_symbols(formula):
        return None
    text = _NO_BAR.sub("", _WRAPPERS.sub("", _TABLES.sub(r"\1align*}", formula)))
    try:
        made = convert_to_element(text)
    except Exception:  # the library's own, of many types, for what is no formula: it is shown as it was written
        return None
    made.attrib.clear()
    written = _write(made)
    return written.replace("<math>", f'<math display="{"block" if block else "inline"}">', 1) if written else None


def _write(element: Element) -> str | None:
    """The element and all in it; None where there is anything in it that was not understood."""
    text = unescape(element.text or "")
    text = _BRACKETS.get(text, text)
    if element.tag not in _TAGS or (text.startswith("\\") and len(text) > 1):
        return None
    children = [_write(child) for child in element]
    if any(child is None for child in children):
        return None
    inside = escape(text) + "".join(child for child in children if child)
    named = {name: value for name, value in element.attrib.items() if _is_plain(name, value)}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in sorted(named.items()))
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _is_plain(name: str, value: str) -> bool:
    pattern = _ATTRIBUTES.get(name)
    return pattern is not None and pattern.fullmatch(value) is not None
