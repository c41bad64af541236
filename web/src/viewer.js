// The player: time, speed, keys and buttons around a scene.
import { PRESETS } from "./cameras.js";
import { button, clock, element, icon, switchTheme, theme } from "./dom.js";
import { Recording } from "./recording.js";
import { Scene } from "./scene.js";
import { share } from "./share.js";
import { Timeline } from "./timeline.js";
import { Board, Events, Labels, Ticker } from "./writing.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 4, 8];
const LAG = 0.25; // s of watching that may be caught up at once

export class Viewer {
  /** Puts a player of a decoded replay into an element. `source`: {name, base64}, for sharing; `close`: what a close button does. */
  constructor(place, replay, source, close) {
    this.recording = new Recording(replay);
    Object.assign(this, { place, source, time: 0, speed: 1, playing: true, fps: 0, pictures: [] });
    this.canvas = element("canvas", { class: "sr-canvas", "aria-label": `replay of ${this.recording.stage.scenario}` });
    this.#build(close);
    this.scene = new Scene(this.recording, this.canvas, theme());
    this.#listen();
    this.camera(this.scene.cameras.name);
    this.frame = requestAnimationFrame((now) => this.#tick(now, now));
  }

  #build(close) {
    const go = (time) => this.seek(time);
    const { recording } = this;
    this.timeline = new Timeline(recording, go);
    this.board = new Board(recording);
    this.ticker = new Ticker(recording);
    this.labels = new Labels(recording);
    this.events = new Events(recording, go);
    this.clock = element("span", { class: "sr-clock" });
    this.toggle = button("pause", "pause", () => this.play(!this.playing), "space");
    this.pace = element("select", { "aria-label": "speed", onchange: () => this.setSpeed(Number(this.pace.value)) });
    this.pace.append(...SPEEDS.map((speed) => element("option", { value: speed, selected: speed === 1 }, `${speed}×`)));
    this.views = element("div", { class: "sr-views", role: "group", "aria-label": "camera" });
    this.views.append(...Object.keys(PRESETS).map((name, n) => element("button", { type: "button", title: `camera: ${name} (${n + 1})`, "data-camera": name, onclick: () => this.camera(name) }, name)));
    const corner = element("div", { class: "sr-corner" }, button("list", "events", () => this.#panel(), "e"), button("theme", "light or dark", switchTheme));
    corner.append(button("save", "save as one file", () => share(this.source, this.recording), "s"), button("full", "full screen", () => this.#full(), "f"));
    if (close) corner.append(button("close", "close", close, "escape"));
    const moves = element("div", { class: "sr-moves" }, button("last", "rally before", () => this.rally(-1), "p"), button("back", "one step back", () => this.step(-1), "left"), this.toggle);
    moves.append(button("next", "one step on", () => this.step(1), "right"), button("skip", "next rally", () => this.rally(1), "n"));
    this.bar = element("div", { class: "sr-bar" }, moves, this.timeline.element, this.clock, this.pace, this.views);
    this.place.replaceChildren(element("div", { class: "sr", tabindex: "-1" }, this.canvas, this.labels.element, this.board.element, corner, this.ticker.element, this.events.element, this.bar));
    this.root = this.place.firstChild;
  }

  #listen() {
    this.stop = new AbortController();
    const until = { signal: this.stop.signal };
    document.addEventListener("keydown", (event) => this.#key(event), until);
    window.addEventListener("skyrally-theme", () => this.scene.paint(theme()), until);
    this.canvas.addEventListener("dblclick", () => this.#full(), until);
    this.watcher = new ResizeObserver(() => this.#resize());
    this.watcher.observe(this.root);
    this.#resize();
  }

  #resize() {
    const [width, height] = [Math.max(this.root.clientWidth, 1), Math.max(this.root.clientHeight, 1)];
    const below = this.bar.offsetHeight + 14;
    const above = this.board.element.offsetHeight + 14;
    this.root.style.setProperty("--below", `${below}px`);
    this.scene.resize(width, height, [above / height, below / height]);
  }

  #tick(now, before) {
    const seconds = Math.min((now - before) / 1000, LAG);
    if (this.playing) this.time += seconds * this.speed;
    if (this.time >= this.recording.duration && this.playing) {
      this.time = this.recording.duration;
      this.play(false);
    }
    const drawn = this.scene.draw(this.time, seconds, this.playing ? seconds * this.speed : 0);
    if (drawn) this.#write();
    this.#count(now, drawn);
    this.frame = requestAnimationFrame((next) => this.#tick(next, now));
  }

  #write() {
    const { state, stage } = this.recording;
    this.board.show(state);
    this.ticker.show(this.time);
    this.labels.show(this.scene, state.pos, 1.2 * stage.body_radius);
    this.events.show(state.k);
    this.timeline.show(this.time);
    const text = `${clock(this.time)} / ${clock(this.recording.duration)}`;
    if (this.clock.textContent !== text) this.clock.textContent = text;
  }

  /** Pictures drawn in the last second. */
  #count(now, drawn) {
    if (drawn) this.pictures.push(now);
    while (this.pictures.length && this.pictures[0] < now - 1000) this.pictures.shift();
    this.fps = this.pictures.length;
  }

  /** Goes on, or pauses; from the end it begins again. */
  play(on = true) {
    if (on && this.time >= this.recording.duration) this.time = 0;
    this.playing = on;
    this.toggle.replaceChildren(icon(on ? "pause" : "play"));
    this.toggle.setAttribute("aria-label", on ? "pause" : "play");
  }

  /** To a time (s). */
  seek(time) {
    this.time = Math.min(Math.max(time, 0), this.recording.duration);
    this.scene.stale = true;
  }

  /** So many steps on or back, and pauses. */
  step(by) {
    this.play(false);
    this.seek((Math.round(this.time / this.recording.dt) + by) * this.recording.dt);
  }

  /** To the beginning of the next rally, or of this or the one before. */
  rally(by) {
    const { rallies, dt } = this.recording;
    const starts = rallies.map((k) => k * dt);
    const next = by > 0 ? starts.find((at) => at > this.time + dt / 2) : starts.findLast((at) => at < this.time - 1);
    this.seek(next ?? (by > 0 ? this.recording.duration : 0));
  }

  setSpeed(speed) {
    this.speed = speed;
    this.pace.value = String(speed);
  }

  #faster(by) {
    this.setSpeed(SPEEDS[Math.min(Math.max(SPEEDS.indexOf(this.speed) + by, 0), SPEEDS.length - 1)]);
  }

  /** Another preset: orbit, behind, side, top, follow. */
  camera(name) {
    this.scene.cameras.use(name);
    for (const choice of this.views.children) choice.setAttribute("aria-pressed", String(choice.dataset.camera === name));
  }

  #panel() {
    this.events.element.hidden = !this.events.element.hidden;
    this.scene.stale = true;
  }

  #full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("select, input[type=search]")) return;
    const names = Object.keys(PRESETS);
    const keys = { " ": () => this.play(!this.playing), ArrowRight: () => this.step(1), ".": () => this.step(1), ArrowLeft: () => this.step(-1) };
    Object.assign(keys, { "]": () => this.#faster(1), "+": () => this.#faster(1), "[": () => this.#faster(-1), "-": () => this.#faster(-1) });
    Object.assign(keys, { n: () => this.rally(1), p: () => this.rally(-1), e: () => this.#panel(), f: () => this.#full(), s: () => share(this.source, this.recording) });
    Object.assign(keys, { r: () => this.seek(0), l: () => (this.labels.element.hidden = !this.labels.element.hidden) });
    keys.c = () => this.camera(names[(names.indexOf(this.scene.cameras.name) + 1) % names.length]);
    names.forEach((name, n) => (keys[n + 1] = () => this.camera(name)));
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  /** Takes the player off the page. */
  close() {
    cancelAnimationFrame(this.frame);
    this.stop.abort();
    this.watcher.disconnect();
    this.scene.dispose();
    this.place.replaceChildren();
  }
}
