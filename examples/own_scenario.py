"""A scenario of one's own in 60 lines: land gently at the origin. docs/own_scenario.md goes through it.

skyrally eval hover --scenario examples/own_scenario.py      skyrally watch examples/own_scenario.py --agent hover --out land.mp4
"""

from skyrally import register_scenario
from skyrally.physics.control import settle
from skyrally.physics.native import fly
from skyrally.physics.params import make_params
from skyrally.physics.records import F8, I8, world_record
from skyrally.physics.rng import uniform
from skyrally.physics.vec import fn, norm, sub, vec3, write
from skyrally.scenarios.parts import COMMON_OPTIONS, REWARD_OPTIONS, ROOT, physics_options, place, random_attitude, root_of, stage_of
from skyrally.scenarios.scenario import Field, Layout, Metric, Scenario, Term, pay, set_weights, steps_of

PAD = (0.0, 0.0, 0.1)  # m
LAYOUT = Layout("land", [Field("to_target", 3, "m", "world"), *ROOT])
TERMS = [Term("near", 0.1, "1 / (1 + distance to the pad)", shaping=True), Term("landed", 10.0, "down within 0.3 m, under 0.5 m/s")]
advance = fly  # the physics of one control step: drones without a ball


@fn
def reset(world, params):
    world.episode += 1
    world.step = world.terminated = world.truncated = world.n_events = 0
    drone = world.drones[0]
    start = (uniform(world, 0, 1, -2.0, 2.0), uniform(world, 0, 2, -2.0, 2.0), uniform(world, 0, 3, 2.0, 3.0))
    place(drone, start, random_attitude(world, 0, 4, 0.1, -3.14, 3.14))
    settle(drone, params.airframe)
    drone.alive = 1
    drone.returns[0] = drone.returns[1] = world.landed = 0.0


@fn
def referee(world, params, reward):
    drone = world.drones[0]
    gap = norm(sub(PAD, vec3(drone.pos)))
    down = drone.pos[2] < 0.2
    world.landed = 1.0 if down and gap < 0.3 and norm(vec3(drone.vel)) < 0.5 else 0.0
    reward[0] = pay(drone, params, (1.0 / (1.0 + gap), world.landed))
    world.terminated = 1 if down else 0
    world.truncated = 1 if world.step >= params.max_steps and not down else 0


@fn
def observe(world, params, i, out):
    drone = world.drones[i]
    write(out, 0, sub(PAD, vec3(drone.pos)) + root_of(drone))


def configure(options):
    block = make_params([("max_steps", I8), ("weight", F8, 2)], **physics_options(options))
    block["max_steps"] = steps_of(options, "max_cycles", 500)
    set_weights(block, TERMS, options)
    return block


LAND = register_scenario(
    Scenario(
        name="land",
        summary="one drone lands gently at the origin",
        family="drill",
        module=__name__,
        world=world_record(1, [("term", F8, 2), ("returns", F8, 2)], [("landed", F8)], ball=False),
        agents=("drone_0",),
        teams=(0,),
        views={"land": LAYOUT},
        terms=lambda options: TERMS,
        metric=Metric("landings", "landed", "1 for a gentle landing, 0 for any other end"),
        options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None},
        configure=configure,
        stage=lambda options: stage_of("land", ("drone_0",), (0,), None, False, options),
        info=("landed",),
    )
)
