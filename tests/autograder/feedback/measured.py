"""How pages look in a real browser: their height, what is wider than its window, and the contrast of their texts."""

import os
import re
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup

from coursekit.submit.pdf import find_browser

MEASURE = """<script>
const channel = v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 };
const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
const color = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = color(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > .99) return c } };
addEventListener("load", () => {
  let lowest = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.data.trim() || !e.getClientRects().length || e.matches("script, style")) continue;
    const [a, b] = [light(color(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => x - y);
    const contrast = (b + .05) / (a + .05);
    if (contrast < lowest[0]) lowest = [contrast, node.data.trim().slice(0, 40)];
  }
  const root = document.documentElement;
  const told = [root.scrollHeight, root.scrollWidth, innerWidth, lowest[0].toFixed(2), lowest[1]];
  parent.postMessage(told.join("|"), "*");
});
</script></body>"""
FRAMES = """<!doctype html><meta name="color-scheme" content="light dark"><body><script>
addEventListener("message", e => { document.body.dataset.told = (document.body.dataset.told || "") + e.data + "#" });
</script>"""


def measure(pages: list[Path], widths: list[int], dark: bool, folder: Path) -> list[tuple[int, int, int, float, str]]:
    """Height, width, width of the window, lowest contrast and where it is, of each page in each width."""
    browser = find_browser()
    assert browser, "these tests need Chromium or Chrome: make setup"
    frames = ""
    for page in pages:
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
        inner = folder / f"{page.stem}-measured.html"
        inner.write_text(text.replace("</body>", MEASURE))
        frames += "".join(
            f'<iframe src="{inner.name}" style="width:{w}px;height:900px;border:0"></iframe>' for w in widths
        )
    outer = folder / "frames.html"
    outer.write_text(FRAMES + frames)
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=3000", "--dump-dom"]
    command += [f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--window-size=1500,1000"]
    command += [*(["--no-sandbox"] if os.geteuid() == 0 else []), outer.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    body = BeautifulSoup(shown, "html.parser").body
    assert body is not None
    told = str(body["data-told"])
    lines = [line.split("|", 4) for line in told.split("#") if "|" in line]
    return [(int(high), int(wide), int(window), float(least), where) for high, wide, window, least, where in lines]
