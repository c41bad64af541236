// A decoded replay as the viewer asks for it: the state between two frames, the events in order, the score at a frame.
import { Quaternion } from "three";
import { KINDS } from "./things.js";

const JUMP = 5; // m between two frames: it was put there, it did not go
const [A, B] = [new Quaternion(), new Quaternion()];

export class Recording {
  constructor(replay) {
    Object.assign(this, replay);
    this.dt = this.stage.dt;
    this.duration = Math.max(this.length - 1, 0) * this.dt;
    this.drones = this.stage.agents.length;
    this.discs = (this.stage.discs ?? []).length;
    this.state = { pos: new Float32Array(3 * this.drones), quat: new Float32Array(4 * this.drones), ball: null, rotor: null };
    this.state.disc_pos = new Float32Array(3 * this.discs);
    this.state.disc_quat = new Float32Array(4 * this.discs);
    this.#events();
  }

  /** Gathers what the notes tell: `events` [{k, kind, who, team, text, point}]; `scores`, `titles` and `things` with the frame from which they hold. */
  #events() {
    this.events = [];
    this.scores = [];
    this.titles = [];
    this.things = Object.fromEntries(KINDS.map((kind) => [kind, []]));
    for (const note of this.notes) {
      if ("score" in note && String(note.score) !== String(this.scores.at(-1)?.[1])) this.scores.push([note.k, note.score]);
      if ("title" in note && note.title !== this.titles.at(-1)?.[1]) this.titles.push([note.k, note.title]);
      for (const kind of KINDS) if (kind in note) this.things[kind].push([note.k, note[kind]]);
      for (const [name, who, point] of note.contacts ?? []) {
        this.events.push({ k: note.k, kind: "touch", name, who, point, team: who >= 0 ? this.stage.teams[who] : -1 });
      }
      for (const line of note.lines ?? []) this.events.push({ k: note.k, kind: "line", text: line, team: speaker(line) });
    }
    this.lines = this.events.filter((event) => event.kind === "line");
    this.touches = this.events.filter((event) => event.kind === "touch");
    this.rallies = [];
    for (let k = 0; k < this.length; k++) {
      if (k === 0 || this.count[3 * k + 1] !== this.count[3 * k - 2]) this.rallies.push(k);
    }
    this.points = this.scores.filter(([k, score], n) => n > 0 && score && this.scores[n - 1][1]);
  }

  /** The last value that holds at frame k in a list of [from frame, value]. */
  at(list, k) {
    let found = null;
    for (const [from, value] of list) {
      if (from > k) break;
      found = value;
    }
    return found;
  }

  /** The state at a time (s): between two frames everything goes straight from one to the other, unless it was put elsewhere. */
  sample(time) {
    const exact = Math.min(Math.max(time / this.dt, 0), Math.max(this.length - 1, 0));
    const k = Math.min(Math.floor(exact + 1e-6), this.length - 1);
    const next = Math.min(k + 1, this.length - 1);
    const state = this.state;
    Object.assign(state, { k, step: this.count[3 * k], rally: this.count[3 * k + 1] });
    const together = this.count[3 * next + 1] === state.rally && this.count[3 * next] >= state.step;
    const share = together ? exact - k : 0;
    this.#between("pos", "quat", this.drones, k, next, share);
    this.#between("disc_pos", "disc_quat", this.discs, k, next, share);
    state.ball = this.#ball(k, next, share);
    return state;
  }

  #between(pos, quat, count, k, next, share) {
    const [p, q] = [this[pos], this[quat]];
    for (let i = 0; i < count; i++) {
      const [a, b] = [3 * (k * count + i), 3 * (next * count + i)];
      const near = Math.hypot(p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]) < JUMP;
      const part = near ? share : 0;
      for (let c = 0; c < 3; c++) this.state[pos][3 * i + c] = p[a + c] + part * (p[b + c] - p[a + c]);
      const [qa, qb] = [4 * (k * count + i), 4 * (next * count + i)];
      A.set(q[qa + 1], q[qa + 2], q[qa + 3], q[qa]).normalize();
      if (part > 0) A.slerp(B.set(q[qb + 1], q[qb + 2], q[qb + 3], q[qb]).normalize(), part);
      this.state[quat].set([A.w, A.x, A.y, A.z], 4 * i);
    }
  }

  #ball(k, next, share) {
    if (!(this.stage.ball_radius > 0) || !this.count[3 * k + 2]) return null;
    const [a, b] = [this.ball.subarray(3 * k, 3 * k + 3), this.ball.subarray(3 * next, 3 * next + 3)];
    const near = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]) < JUMP && this.count[3 * next + 2];
    const at = [0, 1, 2].map((c) => a[c] + (near ? share : 0) * (b[c] - a[c]));
    return at.every((v) => Math.abs(v) < 1e6) ? at : null;
  }

  /** The ball's places [x, y, z] in the `seconds` before frame k, oldest first, of the same flight. */
  trail(k, seconds) {
    const places = [];
    if (!(this.stage.ball_radius > 0)) return places;
    const rally = this.count[3 * k + 1];
    for (let j = k; j >= 0 && j >= k - seconds / this.dt && this.count[3 * j + 1] === rally && this.count[3 * j + 2]; j--) {
      const place = Array.from(this.ball.subarray(3 * j, 3 * j + 3));
      const last = places[0];
      if (!place.every(Number.isFinite) || (last && Math.hypot(...place.map((v, c) => v - last[c])) > 1.5)) break;
      places.unshift(place);
    }
    return places;
  }

  /** The least box [low, high] that holds nearly all places of drones, bodies and ball (m): for scenes without a court. */
  bounds() {
    const axes = [[], [], []];
    const stride = Math.max(1, Math.floor(this.length / 400));
    for (let k = 0; k < this.length; k += stride) {
      for (const [array, width] of [[this.pos, 3 * this.drones], [this.disc_pos ?? [], 3 * this.discs]]) {
        for (let j = 0; j < width; j++) axes[j % 3].push(array[k * width + j]);
      }
      if (this.count[3 * k + 2]) for (let c = 0; c < 3; c++) axes[c].push(this.ball[3 * k + c]);
    }
    const sorted = axes.map((values) => values.filter((v) => Math.abs(v) < 1e4).sort((a, b) => a - b));
    const pick = (share) => sorted.map((values) => values[Math.round(share * (values.length - 1))] ?? 0);
    return [pick(0.01), pick(0.99)];
  }
}

/** The team that a line names first: 0 red, 1 blue, -1 neither. */
function speaker(line) {
  const word = line.toLowerCase().split(/[ _:]+/).slice(0, 3).find((w) => w === "red" || w === "blue");
  return word === undefined ? -1 : word === "red" ? 0 : 1;
}
