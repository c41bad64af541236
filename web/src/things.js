// What a swarm's world holds besides its bodies: pillars, rings where goals are, tiles of the floor that glow, rods from drones to loads.
import * as THREE from "three";
import { instances } from "./bodies.js";
import { colours } from "./theme.js";

export const KINDS = ["pillars", "marks", "tiles", "links"]; // as codec.THINGS
const MARK = 0.55; // radius of a ring over that of a drone's body, as painter.MARK
const MIDDLE = 0.5; // x, y: pillars and lines stand on the ground, their geometry is one metre high
const [M, P, Q, S, TINT] = [new THREE.Matrix4(), new THREE.Vector3(), new THREE.Quaternion(), new THREE.Vector3(), new THREE.Color()];
const upright = (radius, corners) => new THREE.CylinderGeometry(radius, radius, 1, corners).rotateX(Math.PI / 2).translate(0, 0, MIDDLE);

/** M = scaled by s and put at p. */
const set = (p, s) => M.compose(P.set(...p), Q.identity(), S.set(...s));

export class Things {
  constructor(recording, room) {
    this.recording = recording;
    this.room = room;
    this.group = new THREE.Group();
    const most = Object.fromEntries(KINDS.map((kind) => [kind, Math.max(0, ...recording.things[kind].map(([, rows]) => rows.length))]));
    const stone = room.lit.clone().lerp(colours.line, 0.38);
    this.pillars = this.#add(most.pillars, upright(1, 20), new THREE.MeshLambertMaterial({ color: stone }));
    const bright = { color: colours.accent };
    this.rings = this.#add(most.marks, new THREE.TorusGeometry(1, 0.06, 6, 24), new THREE.MeshBasicMaterial(bright));
    this.lines = this.#add(most.marks, upright(0.008, 4), new THREE.MeshBasicMaterial({ ...bright, transparent: true, opacity: 0.25, depthWrite: false }));
    const flat = { side: THREE.DoubleSide, polygonOffset: true, polygonOffsetFactor: -3, polygonOffsetUnits: -24 };
    this.tiles = this.#add(most.tiles, new THREE.PlaneGeometry(0.96, 0.96), new THREE.MeshBasicMaterial(flat));
    this.ends = new Float32Array(6 * most.links);
    const rods = new THREE.BufferGeometry();
    rods.setAttribute("position", new THREE.BufferAttribute(this.ends, 3));
    this.rods = new THREE.LineSegments(rods, new THREE.LineBasicMaterial({ color: colours.line }));
    this.rods.frustumCulled = false;
    if (most.links) this.group.add(this.rods);
  }

  #add(most, geometry, material) {
    const mesh = instances(geometry, material, most);
    mesh.count = 0;
    if (most) this.group.add(mesh);
    return mesh;
  }

  /** Shows what there is at frame k; rods follow the bodies of `state`. */
  place(k, state) {
    const now = Object.fromEntries(KINDS.map((kind) => [kind, this.recording.at(this.recording.things[kind], k) ?? []]));
    if (KINDS.some((kind) => now[kind] !== this.now?.[kind])) this.#stand(now);
    this.now = now;
    this.#hang(now.links, state);
  }

  #stand({ pillars, marks, tiles }) {
    const radius = MARK * this.recording.stage.body_radius;
    this.#fill(this.pillars, pillars, ([x, y, wide, high]) => set([x, y, 0], [wide, wide, high]));
    this.#fill(this.rings, marks, (at) => set(at, [radius, radius, radius]));
    this.#fill(this.lines, marks, ([x, y, z]) => set([x, y, 0], [1, 1, z]));
    this.#fill(this.tiles, tiles, ([x, y, side]) => set([x, y, 0.002], [side, side, 1]));
    tiles.forEach(([, , , strength], n) => {
      this.tiles.setColorAt(n, TINT.copy(this.room.lit).lerp(colours.glow, 0.85 * Math.min(Math.max(strength, 0), 1)));
    });
    if (this.tiles.instanceColor) this.tiles.instanceColor.needsUpdate = true;
  }

  #fill(mesh, rows, matrix) {
    rows.forEach((row, n) => mesh.setMatrixAt(n, matrix(row)));
    mesh.count = rows.length;
    mesh.instanceMatrix.needsUpdate = true;
  }

  #hang(links, { pos, disc_pos, disc_quat }) {
    links.forEach(([drone, disc, ...hook], n) => {
      const [w, x, y, z] = disc_quat.subarray(4 * disc, 4 * disc + 4);
      P.set(...hook).applyQuaternion(Q.set(x, y, z, w));
      this.ends.set([...pos.subarray(3 * drone, 3 * drone + 3)], 6 * n);
      this.ends.set([disc_pos[3 * disc] + P.x, disc_pos[3 * disc + 1] + P.y, disc_pos[3 * disc + 2] + P.z], 6 * n + 3);
    });
    this.rods.geometry.setDrawRange(0, 2 * links.length);
    this.rods.geometry.attributes.position.needsUpdate = true;
  }
}
