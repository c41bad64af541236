// The report's moving parts: the list of matches with its filter and pages, sorting of tables, and the window in which replays play.
import { clock, element, icon, switchTheme } from "./dom.js";

const ROWS = 40; // matches on a page

/** The list of matches. `open(id)` plays one. */
class Matches {
  constructor(place, { names, rows }, open) {
    this.names = names;
    this.rows = rows.map(([id, round, home, away, a, b, draws, touches, seconds, faults, kept]) => ({ id, round, home, away, score: [a, b], draws, touches, seconds, faults, kept }));
    const recorded = this.rows.some((row) => row.kept > 0);
    Object.assign(this, { place, open, page: 0, who: ["", ""], only: recorded });
    const choice = (n) => {
      const options = names.map((name, k) => element("option", { value: k }, name));
      return element("select", { "aria-label": n ? "against" : "entrant", onchange: (event) => this.choose(n, event.target.value) }, element("option", { value: "" }, n ? "any opponent" : "any entrant"), ...options);
    };
    this.choices = [choice(0), choice(1)];
    const tick = element("input", { type: "checkbox", checked: recorded, onchange: (event) => this.set({ only: event.target.checked }) });
    const replays = recorded ? [element("label", {}, tick, "with a replay only")] : [];
    this.tick = tick;
    this.filter = element("div", { class: "filter" }, ...this.choices, ...replays);
    this.list = element("div", { class: "matches" });
    this.pages = element("div", { class: "pages" });
    place.replaceChildren(this.filter, this.list, this.pages);
    this.draw();
  }

  set(wish) {
    Object.assign(this, { page: 0 }, wish);
    this.draw();
  }

  choose(n, value) {
    this.who[n] = value;
    this.choices[n].value = value;
    this.set({});
  }

  /** Lists the matches of two entrants, recorded or not. */
  pair(one, other) {
    this.tick.checked = this.only = false;
    this.choose(0, one);
    this.choose(1, other);
  }

  #wanted(row) {
    const [one, other] = this.who.map((value) => (value === "" ? null : Number(value)));
    const sides = [row.home, row.away];
    if (one !== null && !sides.includes(one)) return false;
    if (other !== null && !(one === null ? sides.includes(other) : sides.includes(other) && (one !== other))) return false;
    return !this.only || row.kept > 0;
  }

  draw() {
    const found = this.rows.filter((row) => this.#wanted(row));
    const last = Math.max(Math.ceil(found.length / ROWS) - 1, 0);
    this.page = Math.min(this.page, last);
    const shown = found.slice(this.page * ROWS, (this.page + 1) * ROWS);
    this.list.replaceChildren(...shown.map((row) => this.#row(row)));
    if (!shown.length) this.list.append(element("p", { class: "soft" }, "No match fits."));
    const turn = (by, text) => element("button", { type: "button", disabled: this.page + by < 0 || this.page + by > last, onclick: () => this.set({ page: this.page + by }) }, text);
    const range = `${found.length ? this.page * ROWS + 1 : 0}–${this.page * ROWS + shown.length} of ${found.length}`;
    this.pages.replaceChildren(turn(-1, "earlier"), element("span", {}, range), turn(1, "later"));
  }

  #row(row) {
    const [a, b] = row.score;
    const name = (side, wins) => element("span", { class: `name${wins ? " wins" : ""}` }, this.names[side]);
    const told = [`round ${row.round}`, `${row.touches} touches a rally`, clock(row.seconds), ...(row.draws ? [`${row.draws} drawn`] : []), ...(row.faults ? [`${row.faults} faults`] : [])];
    const part = row.kept < 1 ? ` (the last ${Math.round(100 * row.kept)} %)` : "";
    const label = `play match ${row.id}: ${this.names[row.home]} against ${this.names[row.away]}${part}`;
    const play = row.kept > 0 ? element("button", { type: "button", class: "play", "data-match": row.id, "aria-label": label, title: label, onclick: () => this.open(row.id) }, icon("play")) : element("span");
    return element("div", { class: "match" }, element("span", { class: "number soft" }, `#${row.id}`), name(row.home, a > b), element("b", {}, `${a} : ${b}`), name(row.away, b > a), element("span", { class: "soft told" }, told.join(" · ")), play);
  }
}

/** Tables whose heads sort them when pressed. */
function sortable(table) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const sort = () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        const [u, v] = [x === "" ? NaN : Number(x), y === "" ? NaN : Number(y)];
        return (down ? -1 : 1) * (Number.isNaN(u) || Number.isNaN(v) ? (Number.isNaN(u) && Number.isNaN(v) ? x.localeCompare(y) : Number.isNaN(u) ? -1 : 1) : u - v);
      });
      for (const each of table.querySelectorAll("th")) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.tBodies[0].append(...rows);
    };
    const words = [...head.childNodes];
    head.replaceChildren(element("button", { type: "button", onclick: sort }, ...words));
  });
}

/** Starts the report, if this page is one. `play(script, place, close)` mounts a viewer. */
export function startReport(play) {
  const data = document.getElementById("skyrally-matches");
  if (!data) return;
  const dialog = document.querySelector("dialog.player");
  const stage = dialog.firstElementChild;
  let viewer = null;
  dialog.addEventListener("close", () => {
    viewer?.close();
    viewer = window.skyrally.viewer = null;
    history.replaceState(null, "", location.pathname + location.search);
  });
  const open = async (id) => {
    const script = document.querySelector(`script.skyrally-replay[data-match="${Number(id)}"]`);
    if (!script) return;
    dialog.showModal();
    history.replaceState(null, "", `#match=${Number(id)}`);
    viewer = window.skyrally.viewer = await play(script, stage, () => dialog.close());
    if (!dialog.open) viewer?.close();
  };
  const matches = new Matches(document.getElementById("matches-list"), JSON.parse(data.textContent), open);
  document.querySelectorAll("table.sortable").forEach(sortable);
  document.querySelectorAll("td[data-pair]").forEach((cell) =>
    cell.addEventListener("click", () => {
      matches.pair(...cell.dataset.pair.split(","));
      document.getElementById("matches").scrollIntoView({ behavior: "smooth" });
    }),
  );
  document.querySelectorAll("button[data-theme-switch]").forEach((each) => each.addEventListener("click", switchTheme));
  const wanted = new URLSearchParams(location.hash.slice(1)).get("match");
  if (wanted) open(wanted);
}
