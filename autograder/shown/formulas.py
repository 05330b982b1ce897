r"""Lets formulas be typeset that only draw symbols, and shows every other one as the text that it is.

Stands between verdict and report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
MathJax makes links, styles, rules and spaces of any size out of TeX, so that a formula could lead away or cover the
page. Which of its commands are harmless is listed here; the backslash of any other one is put into an element of its
own, across which no version of MathJax looks for a formula. So nothing hangs on how MathJax is configured, or loaded.
"""

import re

# Symbols, letters and what builds formulas of them; nothing that takes a length, a colour, a name or an address.
_SYMBOLS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi varpi rho
    varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi
    Omega aleph hbar ell imath jmath Re Im wp partial nabla infty emptyset varnothing forall exists nexists neg lnot
    top bot angle prime backslash surd square Box blacksquare diamond star bigstar checkmark dagger ddagger degree
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt over choose sum prod coprod int iint iiint oint bigcup bigcap
    bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus limits nolimits displaystyle textstyle scriptstyle
    scriptscriptstyle
    pm mp times div cdot ast circ bullet cap cup uplus sqcap sqcup vee wedge lor land setminus wr oplus ominus otimes
    oslash odot amalg le leq leqslant ge geq geqslant ne neq equiv sim simeq approx cong propto asymp doteq prec succ
    preceq succeq ll gg lll ggg subset supset subseteq supseteq subsetneq supsetneq sqsubseteq sqsupseteq in ni notin
    mid nmid parallel nparallel perp vdash dashv models not lt gt triangleq coloneqq
    to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow
    Longleftarrow Longrightarrow longleftrightarrow Longleftrightarrow mapsto longmapsto hookleftarrow hookrightarrow
    uparrow downarrow updownarrow Uparrow Downarrow nearrow searrow swarrow nwarrow leadsto rightsquigarrow iff implies
    impliedby xrightarrow xleftarrow
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log
    max min Pr sec sin sinh sup tan tanh operatorname mod bmod pmod pod
    hat widehat tilde widetilde bar overline underline vec overrightarrow overleftarrow dot ddot dddot acute grave
    breve check mathring overbrace underbrace overset underset stackrel substack boxed
    left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm lbrace rbrace langle
    rangle lvert rvert lVert rVert vert Vert lfloor rfloor lceil rceil lbrack rbrack
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal boldsymbol bm pmb rm bf it cal text
    textrm textbf textit textsf texttt textnormal mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner
    ldots cdots vdots ddots dots dotsc dotsb dotsm dotsi colon quad qquad space enspace thinspace
    begin end hline hdashline cr nonumber notag
"""
_ALIGNED = """
    equation equation* align align* aligned alignat* gather gather* gathered multline multline* split eqnarray eqnarray*
    cases array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix subequations
"""
_COMMANDS, _ENVIRONMENTS = frozenset(_SYMBOLS.split()), frozenset(_ALIGNED.split())
_ESCAPED = frozenset(",;:!{}|[]()$%&#_ \n\t")  # what may follow a backslash, besides letters
_MAX_DEPTH = 20  # of braces, and of the scripts that make a formula ever higher
# A line break with a length, a run of negative spaces, an environment, a command, and an escaped character.
_BACKSLASH = re.compile(
    r"\\\\(?=\s*\*?\s*\[)|(?:\\!\s*){3,}|\\(?:begin|end)(?:\s*\{\s*([A-Za-z]*\*?)\s*\})?|\\([A-Za-z]+)|\\(.)|\\",
    re.DOTALL,
)
_TAG = re.compile(r"(<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*>)")  # as an HTML serializer writes them
_UNTOUCHED = ("pre", "code")  # MathJax leaves these alone, and so does whoever copies code from them


def typeset_only_symbols(html: str) -> str:
    """`html`, as a serializer wrote it, in which MathJax finds no formula but those of symbols."""
    inside: list[str] = []
    pieces = split_at_tags(html)
    for index, piece in enumerate(pieces):
        if index % 2:
            name = re.match(r"</?([a-z0-9]*)", piece)
            if name and name[1] in _UNTOUCHED:
                inside = inside[:-1] if piece.startswith("</") else [*inside, name[1]]
        elif not inside:
            pieces[index] = show_as_text(piece) if _is_deep(piece) else _BACKSLASH.sub(_keep_or_show, piece)
    return "".join(pieces)


def split_at_tags(html: str) -> list[str]:
    """`html`, as a serializer wrote it, in pieces: text and tags in turn, text first."""
    return _TAG.split(html)


def is_of_symbols(text: str) -> bool:
    """Whether MathJax makes nothing but symbols of a text that is no HTML."""
    return not _is_deep(text) and _BACKSLASH.sub(_keep_or_show, text) == text


def show_as_text(text: str) -> str:
    """Escaped text in which MathJax finds no formula at all."""
    return re.sub(r"[\\$]", lambda found: f"<span>{found[0]}</span>", text)


def _keep_or_show(found: re.Match[str]) -> str:
    environment, command, escaped = found.groups()
    kept = (
        environment in _ENVIRONMENTS
        if found[0].startswith(("\\begin", "\\end")) and command is None
        else command in _COMMANDS
        if command
        else escaped is not None and (escaped in _ESCAPED or escaped == "\\")
    )
    return found[0] if kept else found[0].replace("\\", "<span>\\</span>")


def _is_deep(text: str) -> bool:
    depth = deepest = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest > _MAX_DEPTH
