// The strip below the picture: rallies as bands, touches as ticks, points as dots, all in their side's colour; press or drag to go there.
import { clock, element } from "./dom.js";
import { words } from "./theme.js";

export class Timeline {
  constructor(recording, go) {
    this.recording = recording;
    this.canvas = element("canvas");
    const { length } = recording;
    const grip = { type: "range", min: 0, max: Math.max(length - 1, 1), step: 1, value: 0, "aria-label": "time" };
    this.input = element("input", { ...grip, oninput: () => go(Number(this.input.value) * recording.dt) });
    this.element = element("div", { class: "sr-timeline" }, this.canvas, this.input);
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Draws bands, ticks and dots for the present width. */
  draw() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const brush = this.canvas.getContext("2d");
    brush.scale(ratio, ratio);
    const { rallies, touches, lines, points, length } = this.recording;
    const x = (k) => 8 + (k / Math.max(length - 1, 1)) * (width - 16);
    const [top, high] = [height / 2 - 5, 10];
    rallies.forEach((from, n) => {
      const to = rallies[n + 1] ?? length - 1;
      brush.fillStyle = n % 2 ? "rgb(140 155 170 / .30)" : "rgb(140 155 170 / .48)";
      brush.fillRect(x(from), top, Math.max(x(to) - x(from) - 1, 1), high);
    });
    for (const { k, team } of touches.length ? touches : lines) {
      brush.fillStyle = words[team] ?? "rgb(140 155 170)";
      brush.globalAlpha = 0.85;
      brush.fillRect(x(k) - 0.75, top + (team === 1 ? high / 2 : 0), 1.5, team < 0 ? high : high / 2);
    }
    brush.globalAlpha = 1;
    points.forEach(([k, score], n) => this.#point(brush, x(k), top, score, points[n - 1]?.[1] ?? [0, 0]));
  }

  #point(brush, x, top, score, before) {
    const side = score[0] > before[0] ? 0 : 1;
    brush.fillStyle = words[side];
    brush.beginPath();
    brush.arc(x, top - 5, 3.2, 0, 2 * Math.PI);
    brush.fill();
  }

  /** Moves the grip to a time (s). */
  show(time) {
    const k = String(Math.round(time / this.recording.dt));
    if (this.input.value === k) return;
    this.input.value = k;
    this.input.setAttribute("aria-valuetext", clock(time));
  }
}
