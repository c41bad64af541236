// The ball, the fading band behind it, and the rings that open where something was touched.
import * as THREE from "three";
import { colours, team } from "./theme.js";

const TRAIL_SECONDS = 0.7;
const FLASH_SECONDS = 0.45;
const FLASHES = 8; // shown at once, at most
const POINTS = 48; // of the trail, at most

/** The ball and its trail. */
export class Ball {
  constructor(stage) {
    this.radius = stage.ball_radius;
    this.group = new THREE.Group();
    const skin = new THREE.MeshLambertMaterial({ color: colours.ball, emissive: colours.ball, emissiveIntensity: 0.25 });
    this.mesh = new THREE.Mesh(new THREE.SphereGeometry(Math.max(this.radius, 0.06), 28, 20), skin);
    this.geometry = new THREE.BufferGeometry();
    this.corners = new Float32Array(6 * POINTS);
    this.tints = new Float32Array(8 * POINTS);
    this.geometry.setAttribute("position", new THREE.BufferAttribute(this.corners, 3));
    this.geometry.setAttribute("color", new THREE.BufferAttribute(this.tints, 4));
    this.geometry.setIndex(Array.from({ length: POINTS - 1 }, (_, k) => [2 * k, 2 * k + 1, 2 * k + 2, 2 * k + 1, 2 * k + 3, 2 * k + 2]).flat());
    const band = new THREE.MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false, side: THREE.DoubleSide });
    this.band = new THREE.Mesh(this.geometry, band);
    this.band.frustumCulled = false;
    this.band.renderOrder = 5;
    this.group.add(this.mesh, this.band);
  }

  /** Puts the ball at [x, y, z] (null: there is none), with the band through where it was. */
  place(at, recording, k, camera) {
    this.group.visible = at !== null && this.radius > 0;
    if (!this.group.visible) return;
    this.mesh.position.set(...at);
    const path = [...recording.trail(k, TRAIL_SECONDS), at];
    const stride = Math.ceil(path.length / POINTS);
    this.#band(path.filter((_, n) => (path.length - 1 - n) % stride === 0), camera);
  }

  #band(path, camera) {
    const [way, side, eye] = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()];
    const tint = colours.trail;
    path.forEach((at, n) => {
      const [before, after] = [path[Math.max(n - 1, 0)], path[Math.min(n + 1, path.length - 1)]];
      way.set(after[0] - before[0], after[1] - before[1], after[2] - before[2]);
      const young = path.length > 1 ? n / (path.length - 1) : 0;
      side.crossVectors(way, eye.set(...at).sub(camera.position)).normalize().multiplyScalar(0.65 * this.radius * young);
      this.corners.set([at[0] + side.x, at[1] + side.y, at[2] + side.z, at[0] - side.x, at[1] - side.y, at[2] - side.z], 6 * n);
      const alpha = 0.55 * young ** 1.5;
      this.tints.set([tint.r, tint.g, tint.b, alpha, tint.r, tint.g, tint.b, alpha], 8 * n);
    });
    this.geometry.setDrawRange(0, 6 * Math.max(path.length - 1, 0));
    this.geometry.attributes.position.needsUpdate = this.geometry.attributes.color.needsUpdate = true;
  }
}

/** Rings: lying where the ground was touched, facing the eye elsewhere. */
export class Flashes {
  constructor(stage) {
    this.stage = stage;
    this.group = new THREE.Group();
    const ring = new THREE.RingGeometry(0.72, 1, 36);
    for (let n = 0; n < FLASHES; n++) {
      const material = new THREE.MeshBasicMaterial({ transparent: true, depthWrite: false, side: THREE.DoubleSide });
      const mesh = new THREE.Mesh(ring, material);
      mesh.renderOrder = 6;
      this.group.add(mesh);
    }
  }

  /** Shows the touches of the last moments before a time (s). */
  place(touches, time, dt, camera) {
    const young = touches.filter(({ k }) => time >= k * dt && time - k * dt < FLASH_SECONDS).slice(-FLASHES);
    this.group.children.forEach((mesh, n) => {
      const touch = young[n];
      mesh.visible = touch !== undefined && touch.point.every((v) => Math.abs(v) < 1e4);
      if (!mesh.visible) return;
      const share = (time - touch.k * dt) / FLASH_SECONDS;
      const lying = touch.name.endsWith("ground");
      mesh.position.set(touch.point[0], touch.point[1], lying ? 0.02 : touch.point[2]);
      if (lying) mesh.quaternion.identity();
      else mesh.quaternion.copy(camera.quaternion);
      mesh.scale.setScalar((lying ? 1.3 : 1) * (0.1 + 0.45 * Math.sqrt(share)));
      mesh.material.opacity = 0.92 * (1 - share) ** 1.5;
      mesh.material.color.copy(touch.team >= 0 ? team(touch.team, this.stage.teams) : colours.line);
    });
  }
}
