// What is written over the picture: score or caption, the last things that happened, numbers at the drones, the list of events.
import { clock, element } from "./dom.js";

const TICKER_SECONDS = 3.5; // s that a line stays
const TICKER_LINES = 3;
const LABELS = 24; // drones: more bear no numbers
const side = (team) => (team === 0 ? "sr-red" : team === 1 ? "sr-blue" : "");

/** Score, names and clock above the picture. */
export class Board {
  constructor(recording) {
    this.recording = recording;
    this.parts = Object.fromEntries(["red", "blue", "reds", "blues", "clock"].map((name) => [name, element("span", { class: `sr-${name}-word` })]));
    const { red, blue, reds, blues } = this.parts;
    this.match = element("div", { class: "sr-score" }, red, element("b", { class: "sr-red" }, reds), element("b", { class: "sr-blue" }, blues), blue);
    this.caption = element("div", { class: "sr-caption" });
    this.element = element("div", { class: "sr-board" }, this.match, this.caption, this.parts.clock);
  }

  show({ k, step, rally }) {
    const { recording, parts } = this;
    const score = recording.at(recording.scores, k);
    const title = recording.at(recording.titles, k) || recording.stage.scenario;
    const [red, blue] = title.split(" vs ");
    this.match.hidden = !score;
    this.caption.hidden = Boolean(score);
    write(this.caption, title);
    if (score) {
      write(parts.reds, String(score[0]));
      write(parts.blues, String(score[1]));
      write(parts.red, blue === undefined ? "red" : red);
      write(parts.blue, blue ?? "blue");
    }
    write(parts.clock, `${score ? "rally" : "episode"} ${rally + 1} · ${(step * recording.dt).toFixed(1)} s`);
  }
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** The last lines, each for a few seconds. */
export class Ticker {
  constructor(recording) {
    this.recording = recording;
    this.element = element("div", { class: "sr-ticker", "aria-live": "off" });
    this.shown = "";
  }

  show(time) {
    const { lines, dt } = this.recording;
    const young = lines.filter(({ k }) => k * dt <= time && time - k * dt < TICKER_SECONDS).slice(-TICKER_LINES);
    const key = young.map(({ k, text }) => k + text).join("|");
    if (key === this.shown) return;
    this.shown = key;
    this.element.replaceChildren(...young.map(({ text, team }) => element("span", { class: side(team) }, text)));
  }
}

/** Small numbers at the drones. */
export class Labels {
  constructor(recording) {
    const { stage } = recording;
    const wanted = stage.agents.length > 1 && stage.agents.length <= LABELS && !(stage.players ?? []).length;
    const sides = new Set(stage.teams).size > 1;
    this.marks = wanted ? stage.agents.map((name, i) => element("span", { class: sides ? side(stage.teams[i]) : "" }, short(name))) : [];
    this.element = element("div", { class: "sr-labels", "aria-hidden": "true" }, ...this.marks);
  }

  show(scene, pos, lift) {
    if (this.element.hidden) return;
    this.marks.forEach((mark, i) => {
      const at = scene.project([pos[3 * i], pos[3 * i + 1], pos[3 * i + 2] - lift]);
      mark.hidden = !at || !at.every(Number.isFinite);
      if (!mark.hidden) mark.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px) translate(-50%, 0)`;
    });
  }
}

/** red_1 is spoken of as 2. */
const short = (agent) => {
  const number = agent.split("_").pop();
  return /^\d{1,8}$/.test(number) ? String(Number(number) + 1) : number.slice(0, 8);
};

/** All that happened, in order; press a line to go there. */
export class Events {
  constructor(recording, go) {
    this.recording = recording;
    this.rows = recording.lines.map(({ k, text, team }) => {
      const seek = () => go(Math.max(k * recording.dt - 0.6, 0));
      return element("li", {}, element("button", { type: "button", class: side(team), onclick: seek }, element("time", {}, clock(k * recording.dt, true)), text));
    });
    const nothing = this.rows.length ? "" : element("p", {}, "Nothing is told in this recording.");
    this.element = element("div", { class: "sr-events", hidden: true }, element("ol", {}, ...this.rows), nothing);
  }

  show(k) {
    if (this.element.hidden) return;
    let row = -1;
    this.recording.lines.forEach((line, n) => line.k <= k && (row = n));
    if (row === this.current) return;
    this.rows[this.current]?.removeAttribute("aria-current");
    this.current = row;
    this.rows[row]?.setAttribute("aria-current", "true");
    const list = this.element;
    if (this.rows[row]) list.scrollTop = this.rows[row].offsetTop - list.clientHeight / 2;
  }
}
