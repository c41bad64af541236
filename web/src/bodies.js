// What moves as a body: drones (many at once, by instances), other players, cars and boards, the ball, and their soft shadows.
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { painted } from "./scenery.js";
import { colour, colours, team } from "./theme.js";

const ROTOR_RATE = 34; // rad/s shown at full throttle: real rotors (over 800 rad/s) would only flicker
const MANY = 64; // drones: more are drawn with fewer corners
const [M, P, Q, S, C] = [new THREE.Matrix4(), new THREE.Vector3(), new THREE.Quaternion(), new THREE.Vector3(1, 1, 1), new THREE.Matrix4()];
const NOWHERE = new THREE.Matrix4().makeScale(0, 0, 0);

/** A cylinder along z. */
const disc = (radius, low, high, corners, top = radius) =>
  new THREE.CylinderGeometry(top, radius, high - low, corners).rotateX(Math.PI / 2).translate(0, 0, (low + high) / 2);

/** A geometry in one colour, to be merged with others. */
function tinted(geometry, tint) {
  const count = geometry.attributes.position.count;
  geometry.setAttribute("color", new THREE.Float32BufferAttribute(Array.from({ length: count }, () => tint.toArray()).flat(), 3));
  return geometry;
}

function bar(from, to, thick) {
  const [a, b] = [new THREE.Vector3(...from), new THREE.Vector3(...to)];
  const way = b.clone().sub(a);
  const turn = new THREE.Quaternion().setFromUnitVectors(new THREE.Vector3(1, 0, 0), way.clone().normalize());
  return new THREE.BoxGeometry(way.length(), thick, thick).applyQuaternion(turn).translate(...a.add(b).multiplyScalar(0.5).toArray());
}

/** Hull, nose, arms, motors, legs: one geometry with its colours. */
function frame(stage) {
  const [high, core] = [stage.body_half_height, 0.42 * stage.body_radius];
  const dark = colours.frame.clone().lerp(colours.metal, 0.25);
  const parts = [tinted(disc(0.75 * core, -0.9 * high, 0.1 * high, 12, core), dark)];
  parts.push(tinted(bar([0.5 * core, 0, 0.1 * high], [1.7 * core, 0, 0.1 * high], 0.35 * core), colours.rotor));
  for (const [x, y] of stage.rotor_xy) {
    parts.push(tinted(bar([0, 0, 0.1 * high], [x, y, 0.1 * high], 0.14 * stage.body_radius), x > 0 ? colours.metal : dark));
    parts.push(tinted(disc(0.16 * stage.rotor_radius, 0, 0.5 * high, 10).translate(x, y, 0), colours.metal));
  }
  for (const side of [-1, 1]) {
    const at = (x, y, z) => [x * core, side * y * core, z * high];
    for (const x of [0.55, -0.55]) parts.push(tinted(bar(at(x, 0.7, -0.6), at(x, 1.2, -2.2), 0.018), colours.metal));
    parts.push(tinted(bar(at(0.8, 1.2, -2.2), at(-0.8, 1.2, -2.2), 0.018), colours.metal));
  }
  return mergeGeometries(parts.map((part) => (part.index ? part.toNonIndexed() : part)));
}

/** The racket (or a cap) that bears the team's colour, with a rim and a mark that tells where the drone's front is. */
function racket(stage, corners) {
  const high = stage.body_half_height;
  const radius = stage.racket_radius > 0 ? stage.racket_radius : 0.55 * stage.body_radius;
  const white = new THREE.Color(1, 1, 1);
  const arrow = new THREE.Shape([[0.2, 0.42], [0.72, 0], [0.2, -0.42], [0.34, 0]].map(([x, y]) => new THREE.Vector2(x * radius, y * radius)));
  return [
    mergeGeometries([tinted(disc(radius, 0.35 * high, high, corners), white), tinted(disc(0.86 * radius, high, 1.04 * high, corners), new THREE.Color(0.86, 0.86, 0.86))]),
    new THREE.ShapeGeometry(arrow).translate(0, 0, 1.12 * high),
  ];
}

/** As many bodies of one form as there may be. */
export function instances(geometry, material, count) {
  const mesh = new THREE.InstancedMesh(geometry, material, Math.max(count, 1));
  mesh.count = count;
  mesh.frustumCulled = false;
  mesh.instanceMatrix.setUsage(THREE.DynamicDrawUsage);
  return mesh;
}

const sound = (place, i) => Math.abs(place[3 * i]) < 1e6 && Math.abs(place[3 * i + 1]) < 1e6 && Math.abs(place[3 * i + 2]) < 1e6;

/** M = where body i stands. */
function stand(pos, quat, i) {
  P.fromArray(pos, 3 * i);
  Q.set(quat[4 * i + 1], quat[4 * i + 2], quat[4 * i + 3], quat[4 * i]);
  return M.compose(P, Q, S);
}

/** All drones of a stage. */
export class Drones {
  constructor(stage) {
    this.stage = stage;
    this.count = stage.agents.length;
    this.rotors = stage.rotor_xy.length;
    this.group = new THREE.Group();
    const corners = this.count > MANY ? 12 : 28;
    const [plate, mark] = racket(stage, corners);
    const solid = new THREE.MeshLambertMaterial({ vertexColors: true });
    this.bodies = instances(frame(stage), solid, this.count);
    this.plates = instances(plate, solid, this.count);
    this.marks = instances(mark, new THREE.MeshBasicMaterial({ color: colours.tape }), this.count);
    const glass = new THREE.MeshBasicMaterial({ color: colours.rotor, transparent: true, opacity: 0.28, depthWrite: false, side: THREE.DoubleSide });
    this.discs = instances(new THREE.CircleGeometry(stage.rotor_radius, corners), glass, this.count * this.rotors);
    this.discs.renderOrder = 5;
    const blade = new THREE.BoxGeometry(1.9 * stage.rotor_radius, 0.14 * stage.rotor_radius, 0.008);
    this.blades = instances(blade, new THREE.MeshBasicMaterial({ color: colours.frame }), this.count * this.rotors);
    stage.teams.forEach((number, i) => this.plates.setColorAt(i, team(number, stage.teams)));
    this.parts = [this.bodies, this.plates, this.marks, this.discs, this.blades];
    this.group.add(...this.parts);
    this.hubs = stage.rotor_xy.map(([x, y]) => new THREE.Matrix4().makeTranslation(x, y, 0.6 * stage.body_half_height));
    this.angles = Float32Array.from({ length: this.count * this.rotors }, (_, k) => 0.7 * k);
  }

  /** Moves them all; `throttle` [N R] in 0..1 and `seconds` turn the rotors. */
  place({ pos, quat }, throttle, seconds) {
    for (let i = 0; i < this.count; i++) {
      const here = sound(pos, i) ? stand(pos, quat, i) : NOWHERE;
      for (const part of [this.bodies, this.plates, this.marks]) part.setMatrixAt(i, here);
      for (let r = 0; r < this.rotors; r++) {
        const k = i * this.rotors + r;
        C.multiplyMatrices(here, this.hubs[r]);
        this.discs.setMatrixAt(k, C);
        this.angles[k] += ROTOR_RATE * seconds * (throttle[k] || 0) * this.stage.rotor_spin[r];
        this.blades.setMatrixAt(k, C.multiply(new THREE.Matrix4().makeRotationZ(this.angles[k])));
      }
    }
    for (const part of this.parts) part.instanceMatrix.needsUpdate = true;
  }
}

/** A flat body that is no drone: a car with its window, a round player with a lighter top, a board. */
function figure({ radius, half_height: high, length, colour: name }, player) {
  const tint = colour(name);
  const group = new THREE.Group();
  const add = (geometry, material) => group.add(new THREE.Mesh(geometry, material));
  if (length > 0) {
    add(new THREE.BoxGeometry(length, 2 * radius, 2 * high), new THREE.MeshLambertMaterial({ color: tint }));
    const glass = new THREE.PlaneGeometry(0.18 * length, 1.7 * radius).translate(0.17 * length, 0, high + 0.01);
    add(glass, new THREE.MeshBasicMaterial({ color: colours.frame }));
  } else {
    add(disc(radius, -high, high, 36), new THREE.MeshLambertMaterial({ color: tint }));
    const light = tint.clone().lerp(new THREE.Color(1, 1, 1), 0.45);
    if (player) add(disc(0.55 * radius, high, high + 0.01 + 0.1 * high, 28), new THREE.MeshLambertMaterial({ color: light }));
  }
  return group;
}

/** Bodies that are no drones. `player`: they stand for agents. */
export class Figures {
  constructor(kinds, player) {
    this.figures = kinds.map((kind) => figure(kind, player));
    this.group = new THREE.Group();
    for (const each of this.figures) this.group.add(each);
  }

  place(pos, quat) {
    this.figures.forEach((mesh, i) => {
      mesh.visible = sound(pos, i);
      if (mesh.visible) stand(pos, quat, i).decompose(mesh.position, mesh.quaternion, mesh.scale);
    });
  }
}

/** Soft round shadows on the ground: the higher the body, the wider and the fainter. */
export class Shadows {
  constructor(radii, strength) {
    this.radii = radii;
    const blot = painted(64, 64, (brush) => {
      const soft = brush.createRadialGradient(32, 32, 10, 32, 32, 32);
      soft.addColorStop(0, `rgba(18,22,30,${strength})`);
      soft.addColorStop(1, "rgba(18,22,30,0)");
      brush.fillStyle = soft;
      brush.fillRect(0, 0, 64, 64);
    });
    const material = new THREE.MeshBasicMaterial({ map: blot, transparent: true, depthWrite: false, polygonOffset: true, polygonOffsetFactor: -6, polygonOffsetUnits: -60 });
    this.mesh = instances(new THREE.PlaneGeometry(2.6, 2.6), material, radii.length);
    this.mesh.renderOrder = 3; // over the ground, under what else can be seen through
  }

  /** `places`: one [x, y, z] (or null) for each radius. */
  place(places) {
    places.forEach((at, i) => {
      if (!at || !at.every((v) => Math.abs(v) < 1e4)) return this.mesh.setMatrixAt(i, NOWHERE);
      const radius = this.radii[i] * (1 + 0.06 * Math.max(at[2], 0));
      this.mesh.setMatrixAt(i, M.makeScale(radius, radius, 1).setPosition(at[0], at[1], 0.004));
    });
    this.mesh.instanceMatrix.needsUpdate = true;
  }
}
