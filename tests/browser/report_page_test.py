# SPDX-License-Identifier: Apache-2.0
"""Looks at report pages in headless Chromium, as wide as a desk and as a phone, light and dark.

Usage: report_page_test.py WRITE_PAGES [FOLDER]; with FOLDER pictures of the pages are left there."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
PICTURES = Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None

# What is wrong on a page, in words; nothing if all is well.
LOOK = """(() => {
  const wrong = [];
  const name = e => e.tagName + '.' + (e.getAttribute('class') || '') + ' "' + e.textContent.slice(0, 40) + '"';
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) wrong.push('page of ' + root.scrollWidth + ' px in ' + window.innerWidth);
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    if (e.closest('.scroll') === null && (box.right > window.innerWidth + 0.5 || box.left < -0.5))
      wrong.push('beyond the edge: ' + name(e));
    if (e.matches('.card, td, th, h1, p') && e.scrollWidth > e.clientWidth + 1) wrong.push('too narrow: ' + name(e));
  }
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map(t => t.getBoundingClientRect());
    boxes.forEach((b, i) => {
      if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 1)
        wrong.push('cut off in a picture: ' + name(texts[i]));
      boxes.slice(0, i).forEach((o, j) => {
        if (b.left < o.right - 1 && o.left < b.right - 1 && b.top < o.bottom - 2 && o.top < b.bottom - 2)
          wrong.push('texts on each other: ' + name(texts[i]) + ' and ' + name(texts[j]));
      });
      if (b.height < 8) wrong.push('too small to read: ' + name(texts[i]));
    });
  }
  const shade = c => { const p = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]; };
  const paper = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
  for (const e of document.querySelectorAll('h1, h2, p, .card, .card b, .card span, td, th, td span, svg text')) {
    const style = getComputedStyle(e), a = shade(e.closest('svg') ? style.fill : style.color), b = shade(paper(e));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (e.textContent.trim() && contrast < 4.5) wrong.push('contrast ' + contrast.toFixed(2) + ': ' + name(e));
  }
  return wrong;
})()"""


class Browser:
    """Chromium, spoken to through pipes in its DevTools protocol."""

    def __init__(self, folder):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def give_pipes():
            os.dup2(to_read, 63), os.dup2(from_write, 64)  # where nothing of the two above is
            os.dup2(63, 3), os.dup2(64, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--hide-scrollbars", f"--user-data-dir={folder}", "--disable-background-networking"],
            preexec_fn=give_pipes, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_read), os.close(from_write)
        self.to, self.back = os.fdopen(to_write, "wb", buffering=0), os.fdopen(from_read, "rb", buffering=0)
        self.rest, self.calls, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.rest:
            part = self.back.read(1 << 16)
            if not part:
                raise RuntimeError("chromium ended")
            self.rest += part
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **parameters):
        self.calls += 1
        request = {"id": self.calls, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.to.write(json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.calls:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, page, width, scheme):
        """Loads a page and gives what was heard of it meanwhile."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())
        self.call("Runtime.evaluate", expression="new Promise(done => setTimeout(done, 100))", awaitPromise=True)
        return list(self.events)

    def wrong(self):
        return self.call("Runtime.evaluate", expression=LOOK, returnByValue=True)["result"]["value"]

    def picture(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        return base64.b64decode(data)

    def close(self):
        self.to.close(), self.back.close()
        self.process.terminate()
        self.process.wait()


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        subprocess.run([PROGRAM, cls.folder], check=True)
        cls.browser = Browser(cls.folder / "profile")
        cls.addClassCleanup(cls.browser.close)

    def test_every_page_looks_right_at_both_widths_and_in_both_schemes(self):
        pages = sorted(self.folder.glob("*.html"))
        self.assertEqual([page.name for page in pages], ["large.html", "nothing.html", "usual.html"])
        for page in pages:
            for width in 1280, 390:
                for scheme in "light", "dark":
                    with self.subTest(page=page.name, width=width, scheme=scheme):
                        self.look_at(page, width, scheme)

    def look_at(self, page, width, scheme):
        heard = self.browser.open(page, width, scheme)
        if PICTURES:
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{page.stem}-{width}-{scheme}.png").write_bytes(self.browser.picture())
        asked_for = [e["params"]["request"]["url"] for e in heard if e.get("method") == "Network.requestWillBeSent"]
        self.assertEqual(asked_for, [page.as_uri()])
        said = [e for e in heard if e.get("method") in
                ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
        self.assertEqual(said, [])
        self.assertEqual(self.browser.wrong(), [])

    def test_what_is_wrong_on_a_page_is_seen(self):
        page = self.folder / "broken.htm"
        page.write_text("<!DOCTYPE html><meta charset=utf-8><body style='background:#fff'>"
                        "<script>console.error('broken')</script><img src='http://localhost:9/x.png'>"
                        "<p style='width:2000px;color:#ccc'>wide</p>"
                        "<svg width=100 height=50><text y=20>one</text><text y=22 x=3>two</text><text x=90 y=45>three</text>"
                        "</svg>")
        heard = self.browser.open(page, 390, "light")
        methods = [event.get("method") for event in heard]
        self.assertIn("Runtime.consoleAPICalled", methods)
        self.assertEqual(methods.count("Network.requestWillBeSent"), 2)
        wrong = " ".join(self.browser.wrong())
        for what in "page of 2", "beyond the edge", "contrast 1", "texts on each other", "cut off in a picture":
            self.assertIn(what, wrong)


unittest.main()
