"""The player's keys and time, and the window without a screen (SDL's dummy driver)."""

from __future__ import annotations

import pytest

from skyrally.render import overlay
from skyrally.render.pg import pygame
from skyrally.render.player import HELP, SPEEDS, Player
from skyrally.render.recorder import ReplaySink
from skyrally.render.replay import ReplaySource, open_replay
from skyrally.render.source import Seekable, Source
from skyrally.render.views import MODES
from skyrally.render.window import NoDisplay, Window, show


class LiveSource:
    """A source without length: frames of a made-up match."""

    def __init__(self, stage, frames):
        self.stage, self.title, self.frames, self.at = stage, "live", frames, 0

    def read(self):
        if self.at >= len(self.frames):
            return None
        self.at += 1
        return self.frames[self.at - 1]

    def restart(self):
        self.at = 0

    def next_rally(self):
        self.at = min(self.at + 100, len(self.frames))


@pytest.fixture
def live(stage, match):
    return LiveSource(stage, match)


@pytest.fixture
def recorded(tmp_path, stage, match):
    with ReplaySink(tmp_path / "a.replay", stage) as sink:
        for frame in match:
            sink.write(frame)
    with open_replay(tmp_path / "a.replay") as replay:
        yield ReplaySource(replay)


def steps(batch) -> list[int]:
    return [frame.step for frame in batch.frames]


def test_protocols(live, recorded):
    assert isinstance(live, Source)
    assert not isinstance(live, Seekable)
    assert isinstance(recorded, Seekable)


def test_plays_in_real_time(live):
    player = Player(live)
    first = player.tick(0.0)
    assert (steps(first), first.fresh) == ([0], True)
    assert steps(player.tick(0.05)) == [1, 2]
    assert steps(player.tick(0.01)) == [3]
    assert not player.tick(0.02).fresh
    assert player.position == 5


def test_slow_sources_do_not_pile_up(live):
    player = Player(live)
    player.tick(0.0)
    assert len(player.tick(60.0).frames) <= 13


def test_speed(live):
    player = Player(live)
    player.tick(0.0)
    for key, expected in (("]", 1.5), ("+", 2.0), ("=", 3.0), ("]", 4.0), ("]", 4.0), ("[", 3.0), ("-", 2.0)):
        assert player.key(key)
        assert player.speed == expected
    assert len(player.tick(0.2).frames) == 20
    for _ in range(20):
        player.key("-")
    assert player.speed == SPEEDS[0]
    assert sum(len(player.tick(0.02).frames) for _ in range(50)) == 5


def test_pause_and_single_steps(live):
    player = Player(live)
    player.tick(0.0)
    player.key("space")
    assert player.paused
    assert player.tick(1.0).frames == []
    player.key(".")
    assert steps(player.tick(1.0)) == [1]
    player.key("right")
    assert steps(player.tick(0.0)) == [2]
    assert player.tick(1.0).frames == []
    player.key("left")  # a live match does not run backwards
    assert player.tick(1.0).frames == []
    player.key("space")
    assert steps(player.tick(0.02)) == [3]


def test_end_and_restart(live):
    player = Player(live)
    live.at = 399
    assert len(player.tick(0.2).frames) == 1
    player.tick(0.02)
    assert player.ended
    player.key("r")
    again = player.tick(0.0)
    assert (steps(again), again.fresh, player.ended, player.position) == ([0], True, False, 1)
    live.at = 400
    player.tick(0.02)
    player.key("space")
    assert steps(player.tick(0.0)) == [0]


def test_next_rally(live, recorded):
    for source, expected in ((live, 101), (recorded, 0)):
        player = Player(source)
        player.tick(0.0)
        player.key("n")
        batch = player.tick(0.0)
        assert batch.fresh
        assert steps(batch) == [expected]
    assert player.position == 301


def test_scrubbing(recorded):
    player = Player(recorded)
    player.tick(0.0)
    player.scrub(0.5)
    batch = player.tick(0.0)
    assert batch.fresh
    assert steps(batch)[-1] == 200
    assert len(batch.frames) == 41  # with those before, so that the ball has its trail
    assert player.position == 201
    assert player.share == pytest.approx(0.5, abs=0.01)
    player.key("space")
    player.key("left")
    assert steps(player.tick(0.0))[-1] == 199
    player.key("left")
    player.key("left")
    assert steps(player.tick(0.0))[-1] == 197
    player.key(".")
    assert steps(player.tick(0.0)) == [198]
    for share, last in ((0.0, 0), (1.0, 99), (7.0, 99), (-1.0, 0)):
        player.scrub(share)
        assert steps(player.tick(0.0))[-1] == last
        assert not player.ended
    player.scrub(1.0)
    player.tick(0.0)
    player.key("space")
    player.tick(0.1)
    assert player.ended
    player.scrub(0.25)
    assert steps(player.tick(0.0))[-1] == 100


def test_live_sources_ignore_scrubbing(live):
    player = Player(live)
    player.scrub(0.5)
    assert steps(player.tick(0.0)) == [0]
    assert player.share == 0.0


def test_cameras_and_hand(live):
    player = Player(live, "top")
    seen = []
    for _ in MODES:
        player.key("c")
        seen.append(player.camera)
    assert sorted(seen) == sorted(MODES)
    for k, mode in enumerate(MODES):
        player.key(str(k + 1))
        assert player.camera == mode
    player.drag(100, -50)
    player.wheel(3)
    assert player.hand.turn < 0
    assert player.hand.zoom < 1
    player.wheel(1000)
    assert player.hand.zoom == 0.25
    player.key("1")
    assert (player.hand.turn, player.hand.zoom) == (0.0, 1.0)


def test_flags_and_unknown_keys(live):
    player = Player(live)
    for key, flag in (("h", "help"), ("f", "fullscreen"), ("l", "labels")):
        before = getattr(player, flag)
        player.key(key)
        assert getattr(player, flag) is not before
    assert not player.key("z")
    assert not player.key("")
    player.key("escape")
    assert player.done
    assert len(HELP) >= 12


def test_no_display(live, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(NoDisplay, match=r"neither DISPLAY nor WAYLAND_DISPLAY is set.*write a file instead"):
        show(live)
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    with pytest.raises(NoDisplay):
        show(live)
    assert live.at == 0


@pytest.fixture
def dummy(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    yield
    pygame.display.quit()


def press(window, key, text=""):
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=text, mod=0))
    window.turn(0.02)


def test_window_takes_events(dummy, recorded):
    window = Window(recorded, size=(400, 240))
    window.turn(0.0)
    press(window, pygame.K_SPACE, " ")
    assert window.player.paused
    press(window, pygame.K_RIGHT)
    assert window.player.position == 2
    press(window, pygame.K_PLUS, "+")
    assert window.player.speed == 1.5
    press(window, pygame.K_h, "h")
    assert window.player.help
    press(window, pygame.K_4, "4")
    assert window.player.camera == "top"
    post, event = pygame.event.post, pygame.event.Event
    at = (overlay.timeline((400, 240)).centerx, overlay.timeline((400, 240)).centery)
    post(event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))
    window.turn(0.02)
    assert abs(window.player.position - 200) < 5
    post(event(pygame.MOUSEMOTION, buttons=(1, 0, 0), pos=(0, 0), rel=(-50, -50)))
    window.turn(0.02)
    assert window.player.position == 1
    post(event(pygame.MOUSEBUTTONUP, button=1, pos=(0, 0)))
    post(event(pygame.MOUSEMOTION, buttons=(1, 0, 0), pos=(0, 0), rel=(30, 10)))
    post(event(pygame.MOUSEWHEEL, y=1, x=0))
    window.turn(0.02)
    assert window.player.hand.turn != 0.0
    assert window.player.hand.zoom < 1.0
    press(window, pygame.K_ESCAPE, "\x1b")
    assert window.player.done


def test_window_resizes_and_goes_full_screen(dummy, live):
    window = Window(live, size=(400, 240))
    window.turn(0.0)
    pygame.display.set_mode((640, 400), pygame.RESIZABLE)
    window.turn(0.02)
    assert window._painter.size == (640, 400)
    press(window, pygame.K_f, "f")
    press(window, pygame.K_f, "f")
    assert window._painter.size == (640, 400)


def test_show_plays_and_closes(dummy, live):
    show(live, size=(320, 180), seconds=0.2)
    assert live.at > 2
    assert not pygame.display.get_init()
