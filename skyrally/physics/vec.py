"""Vectors and quaternions of one world, as tuples: plain arithmetic that the compiler keeps in registers.

Vectors are (x, y, z). Quaternions are (w, x, y, z), unit, and turn body coordinates into world coordinates.
Every function here and above it is decorated with `fn`: plain Python with `NUMBA_DISABLE_JIT=1`, machine code otherwise.
"""

import math
from collections.abc import Callable

import numba
from numba.extending import overload

# No fast mathematics: with fused multiply-adds or reciprocals allowed, the last bits of a result depend on what the compiler inlines where,
# and so on what the process compiled before. Exact, all processes and caches agree; it costs about 5 %.
# Nothing here allocates, so Numba's reference counting is off: its atomic counts would cost 5 to 10 % of a step.
OPTIONS = {"error_model": "numpy", "_nrt": False}
fn = numba.njit(**OPTIONS)
inlined = numba.njit(forceinline=True, **OPTIONS)  # for what gives more numbers than registers hold


@fn
def vec3(a):
    return a[0], a[1], a[2]


@fn
def vec4(a):
    return a[0], a[1], a[2], a[3]


@fn
def put3(a, v):
    a[0], a[1], a[2] = v


@fn
def put4(a, v):
    a[0], a[1], a[2], a[3] = v


def write(out, at, values):
    """Writes a tuple into a row from place `at` on; returns the next place.

    Compiled it is one store per number. (A loop over a tuple would be a jump table for each: tuples have no address.)
    """
    for k in range(len(values)):
        out[at + k] = values[k]
    return at + len(values)


@overload(write, jit_options={**OPTIONS, "forceinline": True})  # type: ignore[arg-type]
def _unrolled_write(out, at, values) -> Callable:
    stores = "".join(f"    out[at + {k}] = values[{k}]\n" for k in range(len(values)))
    scope: dict[str, Callable] = {}
    exec(f"def write(out, at, values):\n{stores}    return at + {len(values)}\n", scope)
    return scope["write"]


@fn
def add(a, b):
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


@fn
def sub(a, b):
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


@fn
def scale(s, a):
    return s * a[0], s * a[1], s * a[2]


@fn
def add_scaled(a, s, b):
    """a + s b."""
    return a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]


@fn
def times(a, b):
    """Component by component."""
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


@fn
def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@fn
def norm(a):
    return math.sqrt(dot(a, a))


@fn
def cross(a, b):
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@fn
def clip(value, low, high):
    """NaN gives `low`."""
    return min(max(low, value), high)


@fn
def body_x(q):
    """The body's x axis (its heading) in world coordinates."""
    w, x, y, z = q
    return 1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + w * z), 2.0 * (x * z - w * y)


@fn
def body_z(q):
    """The body's z axis (its up direction, the thrust axis) in world coordinates."""
    w, x, y, z = q
    return 2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)


@fn
def to_world(q, v):
    """Body coordinates to world coordinates: v + 2 w (u x v) + 2 u x (u x v), u the quaternion's vector part."""
    u = (q[1], q[2], q[3])
    t = scale(2.0, cross(u, v))
    return add(add_scaled(v, q[0], t), cross(u, t))


@fn
def to_body(q, v):
    """World coordinates to body coordinates."""
    return to_world((q[0], -q[1], -q[2], -q[3]), v)


@fn
def multiply(p, q):
    """Hamilton product."""
    return (
        p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3],
        p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
        p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1],
        p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0],
    )


@fn
def turn(q, rate, dt):
    """The attitude after turning at body rate `rate` (rad/s) for `dt` seconds: q exp(dt rate / 2).

    The exponential is its Taylor polynomial of third order, and one Newton step restores the unit norm
    (the norm is off by the fourth power of the half angle only, so one step is exact to rounding).
    """
    h = scale(0.5 * dt, rate)
    h2 = dot(h, h)
    s = 1.0 - h2 * (1.0 / 6.0)
    w, x, y, z = multiply(q, (1.0 - 0.5 * h2, s * h[0], s * h[1], s * h[2]))
    k = 1.5 - 0.5 * (w * w + x * x + y * y + z * z)
    return k * w, k * x, k * y, k * z


@fn
def quat_from_euler(roll, pitch, yaw):
    """Attitude from roll, pitch, yaw in rad, applied about world x, then y, then z."""
    cr, sr = math.cos(0.5 * roll), math.sin(0.5 * roll)
    cp, sp = math.cos(0.5 * pitch), math.sin(0.5 * pitch)
    cy, sy = math.cos(0.5 * yaw), math.sin(0.5 * yaw)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )
