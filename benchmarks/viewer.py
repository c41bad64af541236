"""How fast a page plays in Chromium without a graphics card: python benchmarks/viewer.py PAGE.html [WIDTHxHEIGHT] [SECONDS].

One JSON line: pictures per second of wall time, and the processor time of all of Chromium per picture (which other work on the machine
does not change much): at 33 ms or less, 30 pictures per second need one core.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
COUNTED = """() => {
    const scene = skyrally.viewer.scene, draw = scene.draw.bind(scene);
    window.drawn = 0;
    scene.draw = (...moment) => draw(...moment) && ++window.drawn;
}"""


def family(process: int) -> list[int]:
    """A process and all that it started, by /proc."""
    try:
        children = [child for task in Path(f"/proc/{process}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [process, *(each for child in children for each in family(int(child)))]


def spent() -> float:
    """Seconds of processor time of this process's family so far."""
    ticks = 0
    for process in family(os.getpid()):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


path = Path(sys.argv[1]).resolve()
width, height = map(int, (sys.argv[2] if len(sys.argv) > 2 else "1280x720").split("x"))
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 10.0
with sync_playwright() as running:
    browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(path.as_uri())
    page.wait_for_function("window.skyrally?.viewer?.time > 2")
    page.evaluate(COUNTED)
    before, start = spent(), page.evaluate("performance.now()")
    page.wait_for_timeout(1000.0 * seconds)
    pictures, end, used = page.evaluate("drawn"), page.evaluate("performance.now()"), spent() - before
    row = {
        "page": path.name,
        "size": [width, height],
        "pixel_ratio": page.evaluate("skyrally.viewer.scene.ratio"),
        "load": os.getloadavg()[0],
    }
    print(json.dumps({**row, "pictures_per_s": 1000.0 * pictures / (end - start), "cpu_ms_per_picture": 1000.0 * used / max(pictures, 1)}))
    browser.close()
