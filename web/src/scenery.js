// What stands still: the ground with its light, and on it a court with lines and net, a floor of patches, or a grid of metres.
import * as THREE from "three";
import { colour, colours } from "./theme.js";

const LINE = 0.05; // m, as on a real court
const STRIPS = 6; // bands of slightly different light on each half of the court
const GRID_REACH = 10; // m from the middle to the last line
const MESH = { depth: 1.0, tape: 0.07, thread: 0.125, post: 0.045, antenna: 0.8 }; // m

/** Flat things lie in one plane: the upper `layer` is drawn first and a little nearer, so that none flickers and no pixel is drawn twice. */
function flat(geometry, material, layer) {
  Object.assign(material, { side: THREE.DoubleSide, polygonOffset: true, polygonOffsetFactor: -layer, polygonOffsetUnits: -8 * layer });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.renderOrder = -layer;
  return mesh;
}

function rectangle(x, y, length, width, tint, layer) {
  const mesh = flat(new THREE.PlaneGeometry(length, width), new THREE.MeshBasicMaterial({ color: tint }), layer);
  mesh.position.set(x, y, 0);
  return mesh;
}

/** A texture drawn on a canvas. */
export function painted(width, height, draw) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  draw(canvas.getContext("2d"), width, height);
  const texture = new THREE.CanvasTexture(canvas);
  return texture;
}

/** The ground, lit around the middle and fading into the sky: rings of vertices, since a texture over the whole picture is dear in software. */
function ground(room, size) {
  const disc = new THREE.RingGeometry(0, 14 * size, 40, 28);
  const { position } = disc.attributes;
  const tints = [];
  for (let n = 0; n < position.count; n++) {
    const far = Math.hypot(position.getX(n), position.getY(n)) / (14 * size);
    const tint = room.lit.clone().lerp(room.ground, Math.min(far / 0.25, 1)).lerp(room.sky, Math.min(Math.max((far - 0.2) / 0.75, 0), 1));
    tints.push(tint.r, tint.g, tint.b);
  }
  disc.setAttribute("color", new THREE.Float32BufferAttribute(tints, 3));
  const mesh = flat(disc, new THREE.MeshBasicMaterial({ vertexColors: true }), 0);
  mesh.renderOrder = 1; // after all that stands on it
  return mesh;
}

function court({ length, width }) {
  const group = new THREE.Group();
  const [hx, hy, margin] = [length / 2, width / 2, length / 6];
  group.add(rectangle(0, 0, length + 2 * margin, width + 2 * margin, colours.apron, 1));
  for (let k = -STRIPS; k < STRIPS; k++) {
    const tint = colours.court.clone().lerp(k >= 0 ? colours.red : colours.blue, 0.07);
    tint.multiplyScalar(1.04 - 0.016 * Math.abs(k + 0.5)); // brightest at the net, under the lamps
    group.add(rectangle(((k + 0.5) * hx) / STRIPS, 0, hx / STRIPS, width, tint, 2));
  }
  for (const y of [hy - LINE / 2, -hy + LINE / 2]) group.add(rectangle(0, y, length, LINE, colours.line, 3));
  for (const x of [hx - LINE / 2, -hx + LINE / 2, 0, hx / 3, -hx / 3]) group.add(rectangle(x, 0, LINE, width, colours.line, 3));
  return group;
}

/** A rectangle in the plane x = 0. */
const upright = (width, height) => new THREE.PlaneGeometry(width, height).rotateX(Math.PI / 2).rotateZ(Math.PI / 2);

function net({ width, net_height: high }) {
  const group = new THREE.Group();
  const [half, low] = [width / 2, Math.max(high - MESH.depth, 0.3 * high)];
  const threads = painted(32, 32, (brush, w, h) => {
    brush.fillStyle = "rgba(238,240,244,.16)";
    brush.fillRect(0, 0, w, h);
    brush.strokeStyle = "rgba(238,240,244,.75)";
    brush.lineWidth = 5;
    brush.strokeRect(0, 0, w, h);
  });
  threads.wrapS = threads.wrapT = THREE.RepeatWrapping;
  threads.repeat.set(width / MESH.thread, (high - low) / MESH.thread);
  threads.anisotropy = 4;
  const wall = (z0, z1, options) => {
    const mesh = new THREE.Mesh(upright(width, z1 - z0), new THREE.MeshBasicMaterial({ side: THREE.DoubleSide, ...options }));
    mesh.position.set(0, 0, (z0 + z1) / 2);
    mesh.renderOrder = 4;
    group.add(mesh);
  };
  wall(low, high - MESH.tape, { map: threads, transparent: true, depthWrite: false });
  wall(0, low, { color: colours.net, transparent: true, opacity: 0.05, depthWrite: false });
  wall(high - MESH.tape, high, { color: colours.tape });
  for (const side of [-1, 1]) {
    group.add(pole(side * (half + Math.min(0.5, 0.08 * width)), 0, high + 0.1, MESH.post, colours.post));
    const top = high + MESH.antenna * Math.min(1, high);
    for (let k = 0; k < 12; k++) {
      const [from, to] = [low + ((top - low) * k) / 12, low + ((top - low) * (k + 1)) / 12];
      group.add(pole(side * half, from, to, 0.015, k % 2 ? colours.red : colours.tape));
    }
  }
  return group;
}

/** An upright cylinder in the net's plane. */
function pole(y, z0, z1, radius, tint) {
  const mesh = new THREE.Mesh(new THREE.CylinderGeometry(radius, radius, z1 - z0, 10), new THREE.MeshLambertMaterial({ color: tint }));
  mesh.rotation.x = Math.PI / 2;
  mesh.position.set(0, y, (z0 + z1) / 2);
  return mesh;
}

function floor(patches) {
  const group = new THREE.Group();
  for (const { x, y, length, width, colour: name } of patches) group.add(rectangle(x, y, length, width, colour(name), 1));
  for (const { x, y, width, text } of patches.filter((patch) => patch.text)) {
    const words = painted(256, 64, (brush) => {
      brush.font = "600 44px system-ui, sans-serif";
      Object.assign(brush, { textAlign: "center", textBaseline: "middle", fillStyle: "#f2f4f7", shadowColor: "#121720", shadowBlur: 6 });
      brush.fillText(text, 128, 32, 250);
    });
    const sprite = flat(new THREE.PlaneGeometry(2 * width, width / 2), new THREE.MeshBasicMaterial({ map: words, transparent: true, depthWrite: false }), 4);
    sprite.position.set(x, y, 0);
    sprite.rotation.z = Math.PI; // upright for who looks from +y, as all cameras do at first
    group.add(sprite);
  }
  return group;
}

/** Paints flat things one over the other in the order given, as a floor of many patches wants it. */
function overlaid(meshes) {
  meshes.forEach((mesh, k) => {
    mesh.renderOrder = k - 10000;
    Object.assign(mesh.material, { depthWrite: false, polygonOffset: false });
  });
}

function grid(room, reach) {
  const step = reach > 40 ? 10 : reach > 15 ? 2 : 1;
  const [ends, tints] = [[], []];
  for (let k = -reach; k <= reach; k += step) {
    for (let j = -reach; j < reach; j += step) {
      const far = Math.hypot(k, j + step / 2) / reach;
      if (far >= 1) continue;
      ends.push(k, j, 0, k, j + step, 0, j, k, 0, j + step, k, 0);
      const tint = room.ground.clone().lerp(room.grid, (k === 0 ? 1 : 0.6) * (1 - far));
      for (let n = 0; n < 4; n++) tints.push(tint.r, tint.g, tint.b);
    }
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(ends, 3));
  geometry.setAttribute("color", new THREE.Float32BufferAttribute(tints, 3));
  const lines = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ vertexColors: true, depthWrite: false }));
  lines.renderOrder = 2;
  return lines;
}

/** Everything that stands still on a stage. `half`: half the size (m) of what is shown. */
export function scenery(stage, room, half) {
  const group = new THREE.Group();
  const size = Math.max(...half, 2);
  group.add(ground(room, size));
  if ((stage.floor ?? []).length) {
    const patches = floor(stage.floor);
    overlaid([...group.children, ...patches.children]);
    group.add(patches);
  } else if (stage.court) group.add(court(stage.court), net(stage.court));
  else group.add(grid(room, Math.max(GRID_REACH, Math.ceil((1.5 * size) / 10) * 10)));
  return group;
}
