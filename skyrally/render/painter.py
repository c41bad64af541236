"""Draws a stage and its frames on a pygame surface, in software, with no display needed.

`observe` takes every frame (it keeps the ball's trail, the turning rotors, the flashes and the ticker), `paint` draws the last one; so a
video at half the frame rate observes all frames and paints every second. Pictures are drawn at twice the size and shrunk, which smooths
every edge; what stands still is drawn once per camera position.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from skyrally.errors import SkyrallyError
from skyrally.render import ball as ball_art
from skyrally.render import hud, theme
from skyrally.render.camera import NEAR, Camera, View
from skyrally.render.density import density_tiles
from skyrally.render.disc import DiscPose, PlayerArt, pose_discs
from skyrally.render.drone import DroneArt, DronePose
from skyrally.render.net import draw_net
from skyrally.render.pg import pygame
from skyrally.render.pillar import PillarPose, draw_links, draw_marks, draw_tiles, pose_pillars
from skyrally.render.scenery import draw_backdrop
from skyrally.render.swarm import SwarmArt
from skyrally.render.views import Rig, ball_of
from skyrally.scenarios.stage import Frame, Stage

TRAIL_SECONDS = 0.7
ROTOR_RATE = 34.0  # rad/s shown at full throttle: real rotors (over 800 rad/s) would only flicker
JUMP = 1.5  # m in one frame: the ball was put somewhere, it did not fly there
MANY = 64  # flashes shown at once, at most
FINE_UP_TO = 1280 * 760  # pixels: larger pictures are drawn at single size when speed matters
MARK = 0.55  # of the drones' radius: of what shows a goal
SIZES = (16, 8192)  # pixels, least and greatest side of a picture


Solid = DronePose | DiscPose | PillarPose


@dataclass
class Flash:
    """A touch that is being shown."""

    name: str
    point: np.ndarray  # [3] m
    colour: theme.Colour
    born: float  # s of the painter's clock


@dataclass
class Memory:
    """What a picture needs from the frames before: all of it can be dropped at any time."""

    clock: float = 0.0  # s of frames observed
    angles: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))  # [N, R] rad
    trail: deque[np.ndarray] = field(default_factory=deque)
    flashes: list[Flash] = field(default_factory=list)
    ticker: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=12))  # line, when
    last: Frame | None = None


class Painter:
    """Pictures of one stage. `size` is (width, height) in pixels; `fineness` 2 smooths (1 is faster, None chooses by size)."""

    def __init__(
        self, stage: Stage, size: tuple[int, int] = (960, 540), camera: str = "orbit", *, fineness: int | None = 2, labels: bool = True
    ) -> None:
        if not all(SIZES[0] <= side <= SIZES[1] for side in size):
            raise SkyrallyError(f"picture size {size[0]}x{size[1]} is out of range: each side must be {SIZES[0]} to {SIZES[1]} pixels")
        self.stage, self.size, self.labels = stage, (int(size[0]), int(size[1])), labels
        self.density = False  # of a swarm: the floor shows where its drones are dense
        self.fineness = fineness or (2 if size[0] * size[1] <= FINE_UP_TO else 1)
        self.rig = Rig(stage, self.size, camera)
        self._art = PlayerArt(stage) if stage.players else DroneArt(stage)
        self._swarm = SwarmArt(stage) if stage.glyph > 0.0 else None
        self._hud = hud.Hud(stage, self.size)
        self._memory, self._unpainted = Memory(), 0.0
        fine = (self.size[0] * self.fineness, self.size[1] * self.fineness)
        self._canvas, self._backdrop = pygame.Surface(fine, 0, 32), pygame.Surface(fine, 0, 32)
        self._still = pygame.Surface(self.size, 0, 32)  # the backdrop and the net in final size
        self._drawn: View | None = None  # whose backdrop is drawn
        self._kept: View | None = None  # whose still picture is kept
        self._out = pygame.Surface(self.size, 0, 32)

    @property
    def hud(self) -> hud.Hud:
        """The writing, for those who add to it."""
        return self._hud

    @property
    def ready(self) -> bool:
        """Whether a frame has been observed, so that there is something to paint."""
        return self._memory.last is not None

    def inherit(self, other: Painter) -> None:
        """Carries on where a painter of another size was."""
        self._memory = other._memory
        self.rig.view = other.rig.view

    def forget(self) -> None:
        """Drops trail, flashes and ticker: the next frame does not follow the last."""
        self._memory = Memory()

    def observe(self, frame: Frame) -> None:
        """Takes the next frame, one control step after the last."""
        memory, last = self._memory, self._memory.last
        memory.clock += self.stage.dt
        self._unpainted += self.stage.dt
        if last is not None and (frame.rally != last.rally or frame.step < last.step):
            memory.trail.clear()
        self._follow_ball(frame)
        self._follow_swarm(frame, last)
        rotor = np.nan_to_num(np.asarray(frame.rotor, float)).clip(0.0, 1.0)
        spin = np.array(self.stage.rotor_spin, float)
        if memory.angles.shape != rotor.shape:
            memory.angles = np.arange(rotor.size).reshape(rotor.shape) * 0.7
        memory.angles = memory.angles + spin * (0.25 * (rotor > 0.0) + 0.75 * rotor) * ROTOR_RATE * self.stage.dt
        for name, who, point in frame.contacts:
            colour = self._art.colours[who] if 0 <= who < len(self._art.colours) else theme.ROTOR
            memory.flashes.append(Flash(name, np.asarray(point, float), theme.lit(colour, 1.4), memory.clock))
        memory.flashes = [flash for flash in memory.flashes[-MANY:] if memory.clock - flash.born < ball_art.FLASH_SECONDS]
        memory.ticker.extend((line, memory.clock) for line in frame.lines)
        memory.last = frame

    def _follow_ball(self, frame: Frame) -> None:
        trail, ball = self._memory.trail, ball_of(self.stage, frame)
        if ball is None:
            trail.clear()
            return
        if trail and np.abs(ball - trail[-1]).max() > JUMP:
            trail.clear()
        trail.append(ball.copy())
        while len(trail) > TRAIL_SECONDS / self.stage.dt:
            trail.popleft()

    def _follow_swarm(self, frame: Frame, last: Frame | None) -> None:
        if self._swarm is not None:
            if last is not None and (frame.rally != last.rally or frame.step < last.step):
                self._swarm.forget()
            self._swarm.observe(frame.pos)

    def paint(self, surface: pygame.Surface, seconds: float | None = None) -> None:
        """Draws the last observed frame. `seconds` moves the camera (default: the time of the frames observed since the last picture)."""
        frame = self._memory.last
        if frame is None:
            raise SkyrallyError("nothing to paint: observe a frame first")
        view = self.rig.advance(frame, self._unpainted if seconds is None else seconds)
        self._unpainted = 0.0
        self._write(surface, frame, self._draw(surface, view, frame))

    def _draw(self, surface: pygame.Surface, view: View, frame: Frame) -> list[DronePose | DiscPose]:
        """Draws all but the writing, and tells where drones or players are seen."""
        camera = Camera(view, self._canvas.get_size())
        box = self._lay_backdrop(surface, camera, frame)
        self._canvas.set_clip(box)
        self._canvas.blit(self._backdrop, box, box)
        poses = self._draw_moving(camera, frame)
        self._shrink(surface, box)
        return poses

    def _lay_backdrop(self, surface: pygame.Surface, camera: Camera, frame: Frame) -> pygame.Rect:
        """Puts what stands still on the surface, and tells which part of the canvas must be drawn anew: all of it when the camera moved."""
        whole = self._canvas.get_rect()
        if camera.view is self._drawn and camera.view is not self._kept:  # the camera stopped: keep its picture from now on
            self._canvas.set_clip(None)
            self._canvas.blit(self._backdrop, (0, 0))
            if self.stage.court is not None:
                draw_net(self._canvas, self.stage.court, camera)
            self._shrink(self._still, whole)
            self._kept = camera.view
        if camera.view is not self._drawn:
            draw_backdrop(self._backdrop, self.stage, camera)
            self._drawn = camera.view
            return whole
        surface.blit(self._still, (0, 0))
        return self._moving_box(camera, frame).clip(whole)

    def _moving_box(self, camera: Camera, frame: Frame) -> pygame.Rect:
        """A box on the canvas that holds everything that moves, shadows and flashes too (its corners are even, for the shrinking)."""
        if self.stage.space is not None:
            return self._canvas.get_rect()
        spots = [*np.asarray(frame.pos, float), *frame.discs[:, :3], *self._memory.trail, *(flash.point for flash in self._memory.flashes)]
        around = np.array(spots).reshape(-1, 3)
        if not len(around) or not (np.abs(around) < 1e4).all():
            return self._canvas.get_rect()
        radius = max(self.stage.body_radius, self.stage.ball_radius, 0.3, *(disc.reach for disc in self.stage.discs))
        reach = 0.2 + 2.0 * radius * (1.0 + 0.05 * max(around[:, 2].max(), 0.0))
        low, high = np.append(around.min(axis=0)[:2] - reach, 0.0), around.max(axis=0) + reach
        low[2] = min(0.0, float(around[:, 2].min()) - reach)
        corners = np.array([(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        flat, depth = camera.project(corners)
        if depth.min() < 2.0 * NEAR:
            return self._canvas.get_rect()
        (x0, y0), (x1, y1) = (np.clip(edge, 0, self._canvas.get_size()) for edge in (flat.min(axis=0) - 8, flat.max(axis=0) + 8))
        x, y = int(x0) // 2 * 2, int(y0) // 2 * 2
        return pygame.Rect(x, y, int(x1 - x + 1) // 2 * 2, int(y1 - y + 1) // 2 * 2)

    def _shrink(self, surface: pygame.Surface, box: pygame.Rect) -> None:
        """Brings a part of the canvas to the surface in its final size."""
        if self.fineness == 1:
            surface.blit(self._canvas, box, box)
        elif box.width and box.height:
            part = pygame.Rect(box.x // 2, box.y // 2, box.width // 2, box.height // 2)
            target = surface if surface.get_bitsize() == 32 and part.size != (0, 0) else self._out
            pygame.transform.smoothscale(self._canvas.subsurface(box), part.size, target.subsurface(part))
            if target is not surface:
                surface.blit(target, part, part)

    def rgb(self) -> np.ndarray:
        """The last observed frame as a picture, uint8 [height, width, 3]."""
        self.paint(self._out)
        picture = bytearray(pygame.image.tobytes(self._out, "RGB"))
        return np.frombuffer(picture, np.uint8).reshape(self.size[1], self.size[0], 3)

    def _draw_moving(self, camera: Camera, frame: Frame) -> list[DronePose | DiscPose]:
        """Shadows, then what is behind the net, the net, and what is before it; within each the far before the near."""
        memory, ball = self._memory, ball_of(self.stage, frame)
        draw_tiles(self._canvas, camera, frame.tiles)
        if self.density and self.stage.space is not None:
            draw_tiles(self._canvas, camera, density_tiles(frame.pos, self.stage.space))
        draw_marks(self._canvas, camera, frame.marks, MARK * self.stage.body_radius)
        if self._swarm is not None:
            bodies: list[Solid] = [*pose_pillars(frame.pillars, camera), *pose_discs(self.stage.discs, frame.discs, camera)]
            for body in sorted(bodies, key=lambda pose: -pose.depth):
                body.draw(self._canvas)
            draw_links(self._canvas, camera, frame)
            self._swarm.draw(self._canvas, camera, frame.pos, frame.quat)
            for flash in memory.flashes:
                self._draw_flash(self._canvas, camera, flash)
            return []
        posed = self._art.pose(camera, frame.pos, frame.quat, memory.angles)
        poses = [pose for pose in posed if pose is not None]
        for at in np.asarray(frame.pos, float):
            ball_art.draw_shadow(self._canvas, camera, at, 1.15 * self.stage.body_radius)
        discs: list[Solid] = [*pose_discs(self.stage.discs, frame.discs, camera), *pose_pillars(frame.pillars, camera)]
        for disc, at in zip(self.stage.discs, frame.discs[:, :3], strict=False):
            ball_art.draw_shadow(self._canvas, camera, at, disc.reach)
        if ball is not None:
            ball_art.draw_shadow(self._canvas, camera, ball, max(self.stage.ball_radius, 0.06))
        for flash in memory.flashes:
            if flash.name.endswith("ground"):
                self._draw_flash(self._canvas, camera, flash)
        court = self.stage.court
        near = 1.0 if camera.eye[0] >= 0.0 else -1.0
        for side in (-near, near) if court is not None else (0.0,):
            solid = sorted((pose for pose in (*poses, *discs) if _on_side(pose.pos[0], side)), key=lambda pose: -pose.depth)
            self._draw_side(camera, solid, ball, side)
            if court is not None and side == -near:
                draw_net(self._canvas, court, camera)
        draw_links(self._canvas, camera, frame)
        for flash in memory.flashes:
            if not flash.name.endswith("ground"):
                self._draw_flash(self._canvas, camera, flash)
        return poses

    def _draw_flash(self, surface: pygame.Surface, camera: Camera, flash: Flash) -> None:
        ball_art.draw_flash(surface, camera, flash.name, flash.point, flash.colour, self._memory.clock - flash.born)

    def _draw_side(self, camera: Camera, poses: Sequence[Solid], ball: np.ndarray | None, side: float) -> None:
        """Drones, discs, ball and trail on one side of the net's plane (0: there is no net)."""
        if len(self._memory.trail) > 1:
            trail = np.array(self._memory.trail)
            middle = 0.5 * (trail[1:, 0] + trail[:-1, 0])
            keep = np.array([_on_side(x, side) for x in middle])
            ball_art.draw_trail(self._canvas, camera, trail, keep, self.stage.ball_radius, self.fineness)
        waiting = ball if ball is not None and _on_side(ball[0], side) else None
        depth = -math.inf if waiting is None else float(camera.look(waiting)[2])
        for pose in poses:
            if waiting is not None and depth >= pose.depth:
                ball_art.draw_ball(self._canvas, camera, waiting, self.stage.ball_radius, self.fineness)
                waiting = None
            pose.draw(self._canvas)
        if waiting is not None:
            ball_art.draw_ball(self._canvas, camera, waiting, self.stage.ball_radius, self.fineness)

    def _write(self, surface: pygame.Surface, frame: Frame, poses: Sequence[DronePose | DiscPose]) -> None:
        if self.labels and len(poses) > 1 and not self.stage.players:
            for pose in poses:
                x, y = pose.foot
                at = (x / self.fineness, y / self.fineness + self._hud.px(8))
                self._hud.label(surface, hud.short_name(self.stage.agents[pose.index]), at, pose.colour)
        clock = self._memory.clock
        self._hud.draw(surface, frame, [(line, clock - born) for line, born in self._memory.ticker])


def _on_side(x: float, side: float) -> bool:
    """Whether x lies on that side of the net's plane; side 0 is everywhere."""
    return side == 0.0 or (x >= 0.0) == (side > 0.0)
