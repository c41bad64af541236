"""A world of drones as a frame: what pictures and replays are made from."""

from __future__ import annotations

import numpy as np

from ..physics.records import EVENT_NAMES
from .stage import Frame, Stage


def frame_of(world: np.record, stage: Stage) -> Frame:
    """Copies what a picture needs out of a world record."""
    drones = world["drones"]
    contacts = []
    for k in range(int(world["n_events"])):
        event = world["events"][k]
        contacts.append((EVENT_NAMES[int(event["kind"])], int(event["who"]), tuple(float(v) for v in event["point"])))
    return Frame(
        step=int(world["step"]),
        pos=drones["pos"].copy(),
        quat=drones["quat"].copy(),
        rotor=drones["rotor"].copy(),
        ball=world["ball"]["pos"].copy() if stage.ball_radius > 0.0 else None,
        contacts=contacts,
        discs=np.array([[*world[disc.name]["pos"], *world[disc.name]["quat"]] for disc in stage.discs]).reshape(-1, 7),
    )
