// Making elements of the page. Words go in as text, never as HTML.

/** An element with attributes (on... are listeners) and children (elements or words). */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const DRAWN = {
  play: "M7 4l13 8-13 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  back: "M6 5h3v14H6zM19 5v14l-9-7z",
  next: "M15 5h3v14h-3zM5 5v14l9-7z",
  last: "M3 5h2v14H3zM12 5v14l-6-7zM21 5v14l-8-7z",
  skip: "M19 5h2v14h-2zM12 5v14l6-7zM3 5v14l8-7z",
  list: "M4 6h16v2H4zM4 11h16v2H4zM4 16h10v2H4z",
  save: "M11 3h2v9l3-3 1.4 1.4L12 15.8 6.6 10.400 8 9l3 3zM4 18h16v2H4z",
  full: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  close: "M5.600 4.200L12 10.600l6.400-6.400 1.400 1.400L13.400 12l6.400 6.400-1.400 1.400L12 13.400l-6.400 6.400-1.400-1.400L10.600 12 4.200 5.600z",
  theme: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2v14a7 7 0 0 1 0-14z",
};

/** A drawing for a button. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", DRAWN[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** A button with a drawing and a name that is told to who cannot see it. */
export function button(drawing, label, act, key = "") {
  return element("button", { type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: act }, icon(drawing));
}

/** Seconds as 1:05.3 (or 1:05). */
export function clock(seconds, tenths = false) {
  const whole = Math.max(tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds), 0);
  const rest = (whole % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, "0");
  return `${Math.floor(whole / 60)}:${rest}`;
}

const dark = window.matchMedia?.("(prefers-color-scheme: dark)");

/** "light" or "dark": what the page was switched to, else what the machine prefers. */
export const theme = () => document.documentElement.dataset.theme ?? (dark?.matches ? "dark" : "light");

/** Switches the page between light and dark. */
export function switchTheme() {
  document.documentElement.dataset.theme = theme() === "dark" ? "light" : "dark";
  window.dispatchEvent(new Event("skyrally-theme"));
}
dark?.addEventListener("change", () => window.dispatchEvent(new Event("skyrally-theme")));
