// The picture: everything of a stage put together, drawn for a moment of the recording.
import * as THREE from "three";
import { Drones, Figures, Shadows } from "./bodies.js";
import { Cameras } from "./cameras.js";
import { Ball, Flashes } from "./effects.js";
import { scenery } from "./scenery.js";
import { rooms } from "./theme.js";
import { Things } from "./things.js";

const SLOW = 0.026; // s per picture: slower than this the picture is drawn smaller
const FINEST = 2; // device pixels per page pixel, at most
const COARSEST = 0.5;
const WATCHED = 24; // pictures over which the speed is judged
const QUICK = 0.019; // s per picture: after CALM judgements that are quicker than this, finer pictures are tried again
const CALM = 12;

/** Whether the browser draws without a graphics card: then smooth edges cost too much. */
function software() {
  const probe = document.createElement("canvas").getContext("webgl2");
  const about = probe?.getExtension("WEBGL_debug_renderer_info");
  const name = about ? probe.getParameter(about.UNMASKED_RENDERER_WEBGL) : "";
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}

export class Scene {
  constructor(recording, canvas, room) {
    this.recording = recording;
    const { stage } = recording;
    const soft = software();
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: !soft, powerPreference: "high-performance" });
    this.renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
    this.ratio = Math.min(window.devicePixelRatio || 1, soft ? 1 : FINEST);
    this.cameras = new Cameras(recording, canvas);
    this.scene = new THREE.Scene();
    this.scene.add(new THREE.AmbientLight(0xffffff, 2.0));
    const lamp = new THREE.DirectionalLight(0xffffff, 1.3);
    lamp.position.set(0.3, 0.42, 0.857); // as theme.LIGHT
    this.scene.add(lamp);
    this.#bodies(stage);
    this.paint(room);
    Object.assign(this, { pace: [], calm: 0, raised: false, finest: this.ratio });
  }

  #bodies(stage) {
    const players = stage.players ?? [];
    this.agents = players.length ? new Figures(players, true) : new Drones(stage);
    this.discs = new Figures(stage.discs ?? [], false);
    this.ball = new Ball(stage);
    this.flashes = new Flashes(stage);
    const reach = (disc) => Math.max(disc.radius, Math.hypot(disc.radius, disc.length / 2));
    this.radii = [...stage.agents.map((_, i) => 1.15 * (players[i] ? reach(players[i]) : stage.body_radius))];
    this.radii.push(...(stage.discs ?? []).map(reach), Math.max(stage.ball_radius, 0.08));
    this.scene.add(this.agents.group, this.discs.group, this.ball.group, this.flashes.group);
  }

  /** The hall, dark or light. */
  paint(room) {
    const look = rooms[room] ?? rooms.dark;
    if (this.still) this.scene.remove(this.still, this.shadows.mesh, this.things.group);
    this.still = scenery(this.recording.stage, look, this.cameras.box.half);
    const { x, y } = this.cameras.box.middle;
    this.still.children[0].position.set(x, y, 0);
    this.shadows = new Shadows(this.radii, look.shadow);
    this.things = new Things(this.recording, look);
    this.scene.add(this.still, this.shadows.mesh, this.things.group);
    this.scene.background = look.sky;
    this.stale = true;
  }

  resize(width, height, margins) {
    this.size = [width, height];
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.cameras.resize(width, height, margins);
    this.cameras.camera.updateProjectionMatrix();
    this.renderer.render(this.scene, this.cameras.camera);
    this.stale = true;
  }

  /** Draws the moment `time` (s); `seconds` of watching and `turned` seconds of flight have passed. False when nothing had to be drawn. */
  draw(time, seconds, turned) {
    const state = this.recording.sample(time);
    const moved = this.cameras.advance(seconds, state);
    if (!moved && !this.stale && time === this.drawn) return false;
    const { pos, quat, ball } = state;
    const width = this.recording.drones * this.recording.stage.rotor_xy.length;
    if (this.agents instanceof Drones) this.agents.place(state, this.recording.rotor.subarray(state.k * width, (state.k + 1) * width), turned);
    else this.agents.place(pos, quat);
    this.discs.place(state.disc_pos, state.disc_quat);
    const spots = [pos, state.disc_pos].flatMap((list) => Array.from({ length: list.length / 3 }, (_, i) => Array.from(list.subarray(3 * i, 3 * i + 3))));
    this.shadows.place([...spots, ball]);
    this.things.place(state.k, state);
    this.ball.place(ball, this.recording, state.k, this.cameras.camera);
    this.flashes.place(this.recording.touches, time, this.recording.dt, this.cameras.camera);
    this.renderer.render(this.scene, this.cameras.camera);
    [this.stale, this.drawn] = [false, time];
    this.#judge(seconds);
    return true;
  }

  /** Draws smaller pictures where the machine is slow, and finer ones again when it has been quick for a while. */
  #judge(seconds) {
    this.pace.push(seconds);
    if (this.pace.length < WATCHED) return;
    const usual = this.pace.sort((a, b) => a - b)[WATCHED / 2];
    this.pace = [];
    this.calm = usual < QUICK ? this.calm + 1 : 0;
    if (usual > SLOW && this.ratio > COARSEST) {
      this.#sharpness(Math.max(COARSEST, 0.8 * this.ratio));
      if (this.raised) this.finest = this.ratio;
    } else if (this.calm >= CALM && this.ratio < this.finest) {
      this.raised = true;
      this.#sharpness(Math.min(this.finest, this.ratio / 0.8));
    }
  }

  #sharpness(ratio) {
    [this.ratio, this.calm] = [ratio, 0];
    this.renderer.setPixelRatio(ratio);
    this.renderer.render(this.scene, this.cameras.camera); // a canvas of a new size is blank
  }

  /** Where a point [x, y, z] is on the page's picture, in pixels; null behind the eye. */
  project(at) {
    const flat = new THREE.Vector3(...at).project(this.cameras.camera);
    if (flat.z > 1) return null;
    return [((flat.x + 1) / 2) * this.size[0], ((1 - flat.y) / 2) * this.size[1]];
  }

  dispose() {
    this.cameras.controls.dispose();
    this.scene.traverse((thing) => {
      thing.geometry?.dispose();
      thing.material?.map?.dispose();
      thing.material?.dispose();
    });
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
