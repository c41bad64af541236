"""Cars on a straight two-lane road: kinematic bicycle, lane and speed control, the Intelligent Driver Model, touching rectangles.

Every car is described in the frame of its own direction: s along its way, y to its left, so that both directions share one set of
equations; the other direction's frame is turned by pi. Models and constants are those of highway-env 1.12 (Leurent 2018), whose
`two-way-v0` the numbers are checked against: benchmarks/two_way_road.py.
"""

import math

from .records import F8, I4, Fields
from .vec import clip, fn

LENGTH, WIDTH = 5.0, 2.0  # m
LANE = 4.0  # m, width of a lane; y = 0 is the line between both
OWN_LANE = -0.5 * LANE  # m, its middle
TAU_SPEED, TAU_HEADING, TAU_LATERAL = 0.6, 0.2, 0.6  # s, of the controllers
MOST_STEERING = math.pi / 3  # rad
MOST_TURN = math.pi / 4  # rad, from the lane's direction
SLOWEST = 0.01  # m/s: slower cars count as so fast where speed divides
ACCELERATION, BRAKING, MOST_ACCELERATION = 3.0, 5.0, 6.0  # m/s^2: IDM's a and b, and the bound of what comes out
JAM, HEADWAY = 10.0, 1.5  # m, s: IDM's distance (from middle to middle) and time to the car in front
EXPONENT = 4.0  # IDM's delta
IN_LANE = 3.0  # m: a car is in a driver's way if its middle is so near to the middle of his lane

CAR: Fields = [
    ("s", F8),  # m, along its own direction
    ("y", F8),  # m, to its left; own lane at OWN_LANE
    ("heading", F8),  # rad, from its own direction to its left
    ("speed", F8),  # m/s
    ("target_speed", F8),  # m/s
    ("left", I4),  # 1: it steers for the other direction's lane
]

# A car whose driver keeps to the middle of its own lane.
FOLLOWER: Fields = [("s", F8), ("speed", F8), ("desired", F8), ("pull", F8)]  # m, m/s, m/s as on a free road, m/s^2


@fn
def set_car(car, s, y, speed):
    car.s, car.y, car.heading, car.speed, car.target_speed, car.left = s, y, 0.0, speed, speed, 0


@fn
def control(car):
    """(acceleration m/s^2, steering rad) towards its target speed and the middle of its target lane: cascaded P control."""
    error = LANE * (car.left - 0.5) - car.y
    v = car.speed if abs(car.speed) > SLOWEST else math.copysign(SLOWEST, car.speed)
    heading = clip(math.asin(clip(error / TAU_LATERAL / v, -1.0, 1.0)), -MOST_TURN, MOST_TURN)
    turn = (heading - car.heading) / TAU_HEADING
    slip = math.asin(clip(0.5 * LENGTH * turn / v, -1.0, 1.0))
    steering = clip(math.atan(2.0 * math.tan(slip)), -MOST_STEERING, MOST_STEERING)
    return (car.target_speed - car.speed) / TAU_SPEED, steering


@fn
def move_car(car, acceleration, steering, dt):
    """One step of the bicycle whose middle slips by b: tan b = tan(steering) / 2, turning rate = v sin b / (length / 2)."""
    slip = math.atan(0.5 * math.tan(steering))
    car.s += car.speed * math.cos(car.heading + slip) * dt
    car.y += car.speed * math.sin(car.heading + slip) * dt
    car.heading += car.speed * math.sin(slip) / (0.5 * LENGTH) * dt
    car.speed += acceleration * dt


@fn
def follow(speed, desired, gap, closing):
    """m/s^2 of a driver: a (1 - (v / desired)^4 - (d* / gap)^2), d* = jam distance + v headway + v closing / (2 sqrt(a b)).

    gap: m from middle to middle, infinite where nobody is in front; closing: m/s. Treiber, Hennecke, Helbing 2000.
    """
    wanted = JAM + speed * HEADWAY + speed * closing / (2.0 * math.sqrt(ACCELERATION * BRAKING))
    near = max(gap, SLOWEST)
    pull = 1.0 - (max(speed, 0.0) / max(desired, SLOWEST)) ** EXPONENT - (wanted / near) * (wanted / near)
    return clip(ACCELERATION * pull, -MOST_ACCELERATION, MOST_ACCELERATION)


@fn
def move_follower(car, dt):
    """One step; at a standstill it stays (highway-env's drivers go backwards then)."""
    car.s += car.speed * dt
    car.speed = max(car.speed + car.pull * dt, 0.0)


@fn
def touching(x, y, heading, turned):
    """Whether a car at the origin, turned by `heading`, and one at (x, y), turned by `turned` (rad), overlap: separating axes."""
    if x * x + y * y > LENGTH * LENGTH + WIDTH * WIDTH:
        return False
    for k in range(2):
        way = heading if k == 0 else turned
        c, s = math.cos(way), math.sin(way)
        across, along = abs(math.sin(turned - heading)), abs(math.cos(turned - heading))
        if abs(x * c + y * s) > 0.5 * (LENGTH + LENGTH * along + WIDTH * across):
            return False
        if abs(y * c - x * s) > 0.5 * (WIDTH + LENGTH * across + WIDTH * along):
            return False
    return True
