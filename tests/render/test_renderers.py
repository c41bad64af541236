"""Pictures by Genesis as far as they are ours: the bodies of a stage and where they are, the writing over them, what is refused."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from skyrally import SkyrallyError
from skyrally.physics.genesis import drawable
from skyrally.render import genesis as drawn
from skyrally.render import theme
from skyrally.render.bodies import BEADS, NOWHERE, bodies, places
from skyrally.render.genesis import FOV, GenesisPainter
from skyrally.render.painter import Painter
from skyrally.render.pg import pygame
from skyrally.render.renderers import painter_of
from skyrally.render.sinks import open_sink
from skyrally.scenarios.stage import Disc, Patch
from skyrally.viewing import View

GREEN = (10, 200, 30)


class FlatPictures:
    """In the place of Genesis's scene: the ground is green, and the views are remembered."""

    def __init__(self, stage, size, pillars):
        self.size, self.pillars, self.eyes, self.open = size, pillars, [], True

    def draw(self, frame, trail, eye):
        self.eyes.append(eye)
        return np.full((self.size[1], self.size[0], 3), GREEN, np.uint8)

    def close(self):
        self.open = False


@pytest.fixture
def flat(monkeypatch):
    monkeypatch.setattr(drawn, "Pictures", FlatPictures)
    monkeypatch.setattr(drawn, "started", lambda device: None)


@pytest.mark.parametrize("court", [True, False])
@pytest.mark.parametrize("each", [0, 3])
def test_every_free_body_has_a_place(stage_of, frames_of, each, court):
    stage = replace(stage_of(each, court), discs=(Disc("board", 0.8, 0.05),))
    frame = next(frames_of(stage, 1))
    free = ET.fromstring(bodies(stage)).findall("./worldbody/body/freejoint/..")
    assert len(free) == len(places(stage, frame, [])) == 2 * (len(stage.agents) + 2) + BEADS
    assert all(body.find("geom") is not None for body in free)


@pytest.mark.parametrize("round_", [False, True])
def test_a_swarms_domain_and_its_pillars_stand_where_they_are(stage_of, round_):
    stage = replace(stage_of(3, False), space=(6.0, 4.0, 2.5), round=round_)
    pillars = np.array([[1.0, -2.0, 0.3, 1.8], [-3.0, 0.5, 0.2, 2.2]])
    geoms = [ET.fromstring(bodies(stage, found)).findall("./worldbody/body[@name='still']/geom") for found in (None, pillars)]
    added = [(geom.get("pos"), geom.get("size"), geom.get("type")) for geom in geoms[1][len(geoms[0]) :]]
    assert added == [("1 -2 0.9", "0.3 0.9", "cylinder"), ("-3 0.5 1.1", "0.2 1.1", "cylinder")]
    flat = [geom for geom in geoms[0] if geom.get("size").split()[0] == "6"]
    assert len(flat) == 1  # the floor


def test_drones_wear_their_teams_colours(stage):
    free = ET.fromstring(bodies(stage)).findall("./worldbody/body/freejoint/..")
    for body, team in zip(free, stage.teams, strict=False):
        worn = {tuple(round(255 * float(part)) for part in geom.get("rgba").split()[:3]) for geom in body.findall("geom")}
        assert theme.TEAMS[team] in worn
        assert theme.TEAMS[1 - team] not in worn


def test_places_are_the_frames_and_what_is_not_there_waits_below_the_ground(stage, match):
    frame = replace(match[70], pos=match[70].pos.copy())
    frame.pos[2] = np.nan
    n, trail = len(stage.agents), [np.array([0.0, 0.1 * k, 2.0]) for k in range(40)]
    found = places(stage, frame, trail)
    assert (found[0] == [*frame.pos[0], *frame.quat[0]]).all()
    assert (found[n, :3] == frame.ball).all()
    assert (found[n + BEADS, :3] == trail[-1]).all()  # the last bead is the youngest
    shadows = found[n + 1 + BEADS :]
    assert (shadows[0, :2] == frame.pos[0, :2]).all()
    assert 0.0 < shadows[0, 2] < 0.05
    assert found[2, 2] == shadows[2, 2] == NOWHERE
    gone = places(stage, replace(frame, ball=None), [])
    assert (gone[n : n + 1 + BEADS, 2] == NOWHERE).all()


@pytest.mark.usefixtures("flat")
class TestPainter:
    def test_score_and_names_are_written_over_its_pictures(self, stage, match):
        painters = [make(stage, (320, 180)) for make in (GenesisPainter, Painter)]
        for painter in painters:
            painter.observe(match[0])
        ours, plain = (painter.rgb() for painter in painters)
        assert (ours[100, 5] == GREEN).all()
        board = (slice(4, 14), slice(150, 170))  # the scoreboard's panel
        np.testing.assert_allclose(ours[board].mean((0, 1)), plain[board].mean((0, 1)), atol=40)  # it lets a third through

    @pytest.mark.parametrize("camera", ["orbit", "behind", "top"])
    def test_its_eye_sees_the_ground_where_the_painters_does(self, stage, match, camera):
        painter = GenesisPainter(stage, (320, 180), camera)
        painter.observe(match[0])
        painter.rgb()
        eye, corner = painter._pictures.eyes[0], np.array(painter.rig.view.target)
        assert eye.view.fov == FOV
        np.testing.assert_allclose(eye.project(corner)[0], (160.0, 90.0), atol=1e-6)
        across = corner + 0.5 * eye.axes[0]  # what lies beside the target is as large as in the painter's own view
        own = 0.5 * 90.0 / (painter.rig.view.distance * np.tan(0.5 * painter.rig.view.fov))
        np.testing.assert_allclose(eye.project(across)[0][0] - 160.0, own, rtol=1e-6)

    def test_a_window_of_another_size_scales_the_first_ones_pictures(self, stage, match):
        first, second = GenesisPainter(stage, (320, 180)), GenesisPainter(stage, (480, 270))
        first.observe(match[0])
        first.rgb()
        second.inherit(first)
        picture = second.rgb()
        assert picture.shape == (270, 480, 3)
        assert (picture[150, 5] == GREEN).all()

    def test_films_and_pictures_take_it(self, stage, match, tmp_path):
        for name in ("a.png", "a.mp4"):
            with open_sink(tmp_path / name, stage, size=(320, 180), painter=painter_of("genesis")) as sink:
                for frame in match[:5]:
                    sink.write(frame)
            assert (tmp_path / name).stat().st_size > 500
        image = pygame.image.load(tmp_path / "a.png")
        assert image.get_at((5, 100))[:3] == GREEN

    def test_other_pillars_are_another_scene(self, stage, match):
        painter, scenes = GenesisPainter(replace(stage, space=(5, 5, 2)), (320, 180)), []
        for height in (1.0, 1.0, 2.0):
            painter.observe(replace(match[0], pillars=np.array([[1.0, 2.0, 0.2, height]])))
            painter.rgb()
            scenes.append(painter._pictures)
        assert scenes[0] is scenes[1]
        assert scenes[2] is not scenes[0]
        assert [scene.open for scene in scenes[1:]] == [False, True]
        assert scenes[2].pillars[0, 3] == 2.0

    def test_large_swarms_and_games_are_refused_by_name(self, stage):
        players = (Disc("a", 0.3, 0.1), Disc("b", 0.3, 0.1))
        swarm, game = replace(stage, space=(5, 5, 2), glyph=0.2), replace(stage, players=players, floor=(Patch(0, 0, 4, 4, "field"),))
        for other, what in ((swarm, "swarms of so many"), (game, "games")):
            with pytest.raises(SkyrallyError, match=rf"does not draw {what} \({stage.scenario}\); leave --renderer out"):
                GenesisPainter(other)


def test_unknown_renderers():
    with pytest.raises(SkyrallyError, match=r"'genesys'.*genesis"):
        View("orbit", "320x180", 25, False, renderer="genesys")


def test_without_the_extra_it_names_the_line_that_installs_it(stage, monkeypatch):
    monkeypatch.setitem(sys.modules, "genesis", None)
    with pytest.raises(SkyrallyError, match=r"pip install 'skyrally\[genesis\]'"):
        GenesisPainter(stage)


def test_without_opengl_the_packages_are_named_and_other_errors_pass():
    lacking = type("EGLError", (Exception,), {"__module__": "OpenGL.raw.EGL._errors", "err": "No EGL context\ncould be initialized."})
    said = r"OpenGL here \(No EGL context could be initialized\.\).*apt-get install libegl1"
    with pytest.raises(SkyrallyError, match=said) as told, drawable():
        raise lacking
    assert "\n" not in str(told.value)
    with pytest.raises(KeyError), drawable():
        raise KeyError("drone_7")
