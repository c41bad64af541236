// Where one looks from: presets that fit the scene into the picture, the hand (mouse, finger, wheel), and gliding from one to the other.
import * as THREE from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";

const RAD = Math.PI / 180;
const TAU = 0.3; // s, time constant of the glide
const FOLLOW_TAU = 0.45; // s, time constant of following the ball
const UPRIGHT = 0.8; // width over height: on narrower pictures (phones) a court is seen rather from its end
const ALONG = 28; // degrees
const HEADROOM = 1.8; // m shown above the net
/** Name: azimuth and elevation of the eye (degrees; azimuth 90 looks from +y, so that red, x > 0, stands on the left), share of the picture. */
export const PRESETS = { orbit: [64, 24, 0.97], behind: [0, 17, 0.95], side: [90, 8, 0.97], top: [90, 89.9, 0.97], follow: [64, 17, 1] };

export class Cameras {
  constructor(recording, canvas) {
    this.recording = recording;
    this.box = box(recording);
    this.camera = new THREE.PerspectiveCamera(35, 1, 0.25, 30 * Math.max(...this.box.half, 2));
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, canvas);
    Object.assign(this.controls, { enableDamping: true, dampingFactor: 0.12, maxPolarAngle: 0.497 * Math.PI, minDistance: 0.6 });
    this.touched = false; // by hand, since the preset was chosen
    this.controls.addEventListener("start", () => Object.assign(this, { gliding: false, touched: true }));
    this.name = recording.stage.floor?.length ? "top" : "orbit";
    this.gliding = this.fresh = true;
    this.margins = [0.1, 0.16]; // shares of the height above and below that the writing takes
  }

  /** Goes over to a preset. */
  use(name) {
    if (!(name in PRESETS)) return;
    Object.assign(this, { name, gliding: true, touched: false });
  }

  resize(width, height, margins) {
    this.camera.aspect = width / Math.max(height, 1);
    this.margins = margins;
    const [above, below] = margins;
    this.camera.setViewOffset(width, height, 0, (height * (below - above)) / 2, width, height);
    if (this.name !== "follow") this.gliding ||= !this.touched;
    this.fresh ||= !this.touched;
  }

  /** Moves on by `seconds`. True while the camera moves. */
  advance(seconds, state) {
    const before = this.camera.matrixWorld.elements.slice(12, 16).concat(this.controls.target.toArray());
    if (this.name === "follow") this.#follow(seconds, state);
    if (this.gliding) this.#glide(this.fresh ? 1 : 1 - Math.exp(-seconds / TAU));
    this.fresh = false;
    this.controls.update();
    this.camera.updateMatrixWorld();
    const after = this.camera.matrixWorld.elements.slice(12, 16).concat(this.controls.target.toArray());
    return after.some((value, k) => Math.abs(value - before[k]) > 1e-4);
  }

  /** Eye and target of the preset. */
  #goal() {
    const [usual, elevation, fill] = PRESETS[this.name];
    const azimuth = this.name === "orbit" && this.camera.aspect < UPRIGHT ? ALONG : usual;
    const away = new THREE.Vector3().setFromSphericalCoords(1, Math.PI / 2 - elevation * RAD, 0);
    away.set(away.z * Math.cos(azimuth * RAD), away.z * Math.sin(azimuth * RAD), away.y);
    if (this.name === "follow") {
      const reach = this.recording.stage.ball_radius > 0 ? 3.5 + 0.35 * Math.hypot(this.box.half[0], this.box.half[1]) : Math.max(3, this.box.half[0]);
      return { target: this.controls.target.clone(), distance: reach, away };
    }
    return { ...this.#fit(away, fill), away };
  }

  /** The nearest eye along a direction from which all corners of the box are in the free part of the picture. */
  #fit(away, fill) {
    const right = new THREE.Vector3().crossVectors(this.camera.up, away).normalize();
    const up = new THREE.Vector3().crossVectors(away, right);
    const free = 1 - this.margins[0] - this.margins[1];
    const ty = Math.tan((this.camera.fov / 2) * RAD) * fill;
    const [tx, tall] = [ty * this.camera.aspect, ty * free];
    const target = this.box.middle.clone();
    let distance = 1;
    for (let round = 0; round < 4; round++) {
      const seen = this.box.corners.map((corner) => corner.clone().sub(target)).map((p) => [p.dot(right), p.dot(up), p.dot(away)]);
      distance = Math.max(...seen.map(([x, y, z]) => z + Math.max(Math.abs(x) / tx, Math.abs(y) / tall)));
      const heights = seen.map(([, y, z]) => y / (distance - z));
      const off = (Math.max(...heights) + Math.min(...heights)) / 2;
      target.addScaledVector(up, 0.8 * off * distance);
    }
    return { target, distance };
  }

  #glide(share) {
    const { target, distance, away } = this.#goal();
    const offset = this.camera.position.clone().sub(this.controls.target);
    const length = offset.length() || 1;
    const now = offset.divideScalar(length);
    const way = this.fresh ? away : turn(now, away, share);
    const far = length + share * (distance - length);
    if (this.name !== "follow") this.controls.target.lerp(target, share);
    this.camera.position.copy(this.controls.target).addScaledVector(way, this.fresh ? distance : far);
    if (!this.fresh && now.angleTo(away) < 2e-3 && Math.abs(far - distance) < 1e-2 && this.controls.target.distanceTo(target) < 1e-2) this.gliding = false;
  }

  /** The target goes after the ball (or the middle of the drones), and the eye with it. */
  #follow(seconds, state) {
    const spot = middle(state);
    const goal = new THREE.Vector3(spot[0], spot[1], state.ball ? Math.max(0.9, 0.75 * spot[2] + 0.3) : spot[2]);
    const step = goal.sub(this.controls.target).multiplyScalar(this.fresh ? 1 : 1 - Math.exp(-seconds / FOLLOW_TAU));
    this.controls.target.add(step);
    this.camera.position.add(step);
  }
}

/** From one direction `share` of the way to another, around the vertical the short way. */
function turn(from, to, share) {
  const angles = ({ x, y, z }) => [Math.atan2(y, x), Math.asin(Math.min(Math.max(z, -1), 1))];
  const [[a, e], [b, f]] = [angles(from), angles(to)];
  const azimuth = a + share * Math.atan2(Math.sin(b - a), Math.cos(b - a));
  const elevation = e + share * (f - e);
  return new THREE.Vector3(Math.cos(elevation) * Math.cos(azimuth), Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation));
}

function middle({ ball, pos }) {
  if (ball) return ball;
  const sum = [0, 0, 0, 0];
  for (let k = 0; k + 2 < pos.length; k += 3) {
    if (!Number.isFinite(pos[k] + pos[k + 1] + pos[k + 2])) continue;
    for (let c = 0; c < 3; c++) sum[c] += pos[k + c];
    sum[3] += 1;
  }
  return sum[3] ? sum.slice(0, 3).map((v) => v / sum[3]) : [0, 0, 1.5];
}

/** What should be in the picture: the court and the space above its net, the floor, or where everything went. */
function box(recording) {
  const { court, floor } = recording.stage;
  const [low, high] = recording.bounds();
  const corners = [];
  const put = (hx, hy, z, cx = 0, cy = 0) => {
    for (const x of [-hx, hx]) for (const y of [-hy, hy]) corners.push(new THREE.Vector3(cx + x, cy + y, z));
  };
  if (floor?.length) {
    for (const patch of floor) put(patch.length / 2, patch.width / 2, 0, patch.x, patch.y);
  } else if (court) {
    put(court.length / 2, court.width / 2, 0);
    put(0.3 * court.length, 0.3 * court.width, Math.max(court.net_height + HEADROOM, Math.min(high[2], 8)));
  } else {
    const [cx, cy] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    const [hx, hy] = [Math.max((high[0] - low[0]) / 2, 1.2) + 0.6, Math.max((high[1] - low[1]) / 2, 1.2) + 0.6];
    put(hx, hy, 0, cx, cy);
    put(0.7 * hx, 0.7 * hy, Math.max(high[2] + 0.4, 1.2), cx, cy);
  }
  const span = new THREE.Box3().setFromPoints(corners);
  const half = span.getSize(new THREE.Vector3()).multiplyScalar(0.5).toArray();
  return { corners, half, middle: span.getCenter(new THREE.Vector3()) };
}
