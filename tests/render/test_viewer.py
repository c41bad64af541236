"""The viewer in a real browser: it loads, plays, scrubs, reads what Python wrote, complains of nothing and fetches nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from browser import Watched, chromium

from skyrally.render import open_replay, open_sink
from skyrally.render.page import write_page
from skyrally.scenarios.stage import Disc, Frame, Patch, board_stage

LOADED = "window.skyrally?.viewer?.fps > 0"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def page(tmp_path, stage, match):
    """A 3v3 match as a page."""
    with open_sink(tmp_path / "match.html", stage) as sink:
        for frame in match:
            sink.write(frame)
    return tmp_path / "match.html"


def test_it_plays_and_pictures_differ(browser, page):
    seen = Watched(browser, page)
    seen.until(LOADED)
    seen.until("skyrally.viewer.time > 0.2")
    first, before = seen.page.locator("canvas.sr-canvas").screenshot(), seen.ask("skyrally.viewer.time")
    seen.until(f"skyrally.viewer.time > {before + 0.3}")
    assert seen.page.locator("canvas.sr-canvas").screenshot() != first
    assert seen.quiet()


def test_pause_step_scrub_and_speed(browser, page, match):
    seen = Watched(browser, page)
    seen.until(LOADED)
    seen.page.keyboard.press("Space")
    assert seen.ask("skyrally.viewer.playing") is False
    seen.ask("skyrally.viewer.seek(1.0)")
    seen.page.keyboard.press("ArrowRight")
    assert seen.ask("skyrally.viewer.time") == pytest.approx(1.02)
    seen.page.locator(".sr-timeline input").evaluate("grip => { grip.value = 300; grip.dispatchEvent(new Event('input')); }")
    assert seen.ask("skyrally.viewer.time") == pytest.approx(6.0)
    seen.until("skyrally.viewer.recording.state.k === 300")
    assert seen.ask("Array.from(skyrally.viewer.recording.state.pos)") == pytest.approx(match[300].pos.ravel().tolist(), abs=6e-4)
    assert seen.page.locator(".sr-score").inner_text().split() == ["scripted:rally", *map(str, match[300].score), "zoo:ace"]
    seen.page.locator("select[aria-label=speed]").select_option("4")
    assert seen.ask("skyrally.viewer.speed") == 4
    seen.page.keyboard.press("e")
    seen.page.locator(".sr-events button").first.click()
    assert seen.ask("skyrally.viewer.time") == pytest.approx(max(next(k for k, f in enumerate(match) if f.lines) * 0.02 - 0.6, 0.0))
    assert seen.quiet()


def test_cameras_look_from_elsewhere(browser, page):
    seen = Watched(browser, page)
    seen.until(LOADED)
    seen.ask("skyrally.viewer.play(false)")
    eyes = set()
    for name in ("orbit", "behind", "side", "top", "follow"):
        seen.page.locator(f"button[data-camera={name}]").click()
        seen.page.wait_for_timeout(400)
        eyes.add(tuple(seen.ask("skyrally.viewer.scene.cameras.camera.position.toArray().map(v => Math.round(10 * v))")))
    assert len(eyes) == 5
    assert seen.quiet()


@pytest.mark.parametrize("codec", ["quantised", "coarse", "lossless"])
def test_the_page_reads_what_was_recorded(browser, tmp_path, stage, match, codec):
    broken = replace(match[7], pos=np.where(np.arange(18).reshape(6, 3) == 4, np.nan, match[7].pos), ball=None)
    path = tmp_path / "a.replay"
    with open_sink(path, stage, codec=codec) as sink:
        for frame in [*match[:7], broken, *match[8:300]]:
            sink.write(frame)
    seen = Watched(browser, write_page(path, tmp_path / "a.html"))
    seen.until(LOADED)
    columns = ("pos", "quat", "rotor", "count")
    got = seen.ask(
        f"Object.fromEntries({list(columns)}.map(name => [name, Array.from(skyrally.viewer.recording[name], v => isNaN(v) ? null : v)]))"
    )
    with open_replay(path) as replay:
        frames = list(replay)
    for name in columns[:3]:
        mine = np.array([getattr(frame, name).ravel() for frame in frames]).ravel()
        assert np.allclose(np.array(got[name], float), mine, rtol=1e-6, atol=1e-6, equal_nan=True), name
    assert got["count"] == [number for frame in frames for number in (frame.step, frame.rally, int(frame.ball is not None))]
    assert seen.ask("skyrally.viewer.recording.lines.map(line => line.text)") == [line for frame in frames for line in frame.lines]
    assert seen.quiet()


def game() -> tuple:
    """A game on a floor, with a car for a player, and its frames."""
    player, thing = Disc("car", 0.9, 0.7, 4.2, "red"), Disc("stag", 0.3, 0.2, colour="stag")
    stage = board_stage(
        "toy", ("red_0", "blue_0"), 0.1, (player, replace(player, colour="blue")), (thing,), (Patch(0, 0, 20, 6, "asphalt", "A<b>"),)
    )
    still = np.array([[1.0, 0.0, 0.0, 0.0]] * 2)
    frames = [
        Frame(
            k,
            np.array([[0.2 * k, 1, 0.7], [-0.2 * k, -1, 0.7]]),
            still,
            np.zeros((2, 0)),
            None,
            discs=np.array([[0, 0, 0.2, 1, 0, 0, 0]]),
            score=(k // 20, 0),
        )
        for k in range(60)
    ]
    return stage, frames


def drill(stage_of, frames_of):
    stage = stage_of(0, court=False)
    return stage, list(frames_of(stage, 100))


def swarm(stage_of):
    """200 drones on open ground."""
    names = tuple(f"drone_{i}" for i in range(200))
    stage = replace(stage_of(0, court=False, ball=False), scenario="swarm", agents=names, teams=(0,) * 200)
    rng = np.random.default_rng(1)
    homes = rng.uniform(-15, 15, (200, 3)) * [1, 1, 0.2] + [0, 0, 5]
    still = np.tile([1.0, 0.0, 0.0, 0.0], (200, 1))
    return stage, [Frame(k, homes + 0.05 * k, still, np.full((200, 4), 0.5), None) for k in range(50)]


@pytest.mark.parametrize("kind", ["game", "drill", "swarm"])
def test_other_stages_play_too(browser, tmp_path, stage_of, frames_of, kind):
    stage, frames = {"game": game, "drill": lambda: drill(stage_of, frames_of), "swarm": lambda: swarm(stage_of)}[kind]()
    with open_sink(tmp_path / "a.html", stage) as sink:
        for frame in frames:
            sink.write(frame)
    seen = Watched(browser, tmp_path / "a.html")
    seen.until(LOADED)
    seen.ask("skyrally.viewer.play(false)")
    pictures = []
    for k in (2, len(frames) - 2):
        seen.ask(f"skyrally.viewer.seek({k * stage.dt})")
        seen.until(f"skyrally.viewer.recording.state.k === {k}")
        seen.page.wait_for_timeout(100)
        pictures.append(seen.page.locator("canvas.sr-canvas").screenshot())
    assert pictures[0] != pictures[1]
    assert seen.ask("skyrally.viewer.scene.renderer.info.render.triangles") > 100
    assert seen.quiet()


def test_saved_as_one_file_it_plays_again(browser, tmp_path, page):
    seen = Watched(browser, page)
    seen.until(LOADED)
    with seen.page.expect_download() as coming:
        seen.page.locator("button[aria-label='save as one file']").click()
    saved = tmp_path / "saved.html"
    coming.value.save_as(saved)
    assert saved.read_text() == page.read_text()
    assert seen.quiet()


def test_a_damaged_replay_is_told_in_words(browser, page):
    text = page.read_text()
    at = text.index('data-name="match">') + 2000
    page.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    seen = Watched(browser, page)
    seen.until("document.querySelector('.sr-trouble')")
    assert "damaged" in seen.page.locator(".sr-trouble").inner_text()
    assert seen.quiet()
