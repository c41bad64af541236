"""Returns and advantages as pure functions. Time is the first axis and stands in the names: r_t is paid for the step from t to t + 1.

`discount_t` is gamma, and 0 where the step ended the game (terminated): nothing follows. `done_t` marks the last step of an episode,
terminated or truncated: sums do not run across it. `v_tp1` is the value of the TRUE successor, also where time was up.
"""

from __future__ import annotations

import torch
from torch import Tensor


def successor_values(v_t: Tensor, v_last: Tensor, cut: tuple[Tensor, Tensor], v_cut: Tensor) -> Tensor:
    """v_tp1 [T, W, n]: the values one row on (v_last [W, n] after the last); v_cut [K, n] in the rows `cut` = (t, w) that time cut off."""
    v_tp1 = torch.cat((v_t[1:], v_last[None]))
    v_tp1[cut] = v_cut
    return v_tp1


def gae(r_t: Tensor, discount_t: Tensor, v_t: Tensor, v_tp1: Tensor, done_t: Tensor, lambda_: float) -> Tensor:
    """Generalised advantage estimates (Schulman et al. 2016, eq. 16): A_t = delta_t + discount lambda A_t+1 within an episode,
    delta_t = r_t + discount v_tp1 - v_t."""
    delta_t = r_t + discount_t * v_tp1 - v_t
    decay_t = discount_t * lambda_ * ~done_t
    advantage = torch.empty_like(delta_t)
    follows = torch.zeros_like(delta_t[0])
    for t in reversed(range(len(delta_t))):
        follows = advantage[t] = delta_t[t] + decay_t[t] * follows
    return advantage


def lambda_returns(r_t: Tensor, discount_t: Tensor, v_tp1: Tensor, done_t: Tensor, lambda_: float) -> Tensor:
    """G_t = r_t + discount ((1 - lambda) v_tp1 + lambda G_t+1); at the end of an episode or of the data, G_t+1 is v_tp1
    (Sutton and Barto 2018, eq. 12.20)."""
    g_t = torch.empty_like(r_t)
    follows = v_tp1[-1]
    for t in reversed(range(len(r_t))):
        follows = torch.where(done_t[t], v_tp1[t], follows)
        follows = g_t[t] = r_t[t] + discount_t[t] * torch.lerp(v_tp1[t], follows, lambda_)
    return g_t
