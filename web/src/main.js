// The script of both pages: a single replay, and a tournament's report that opens replays as one asks for them.
import { decode, fromBase64 } from "./codec.js";
import { element } from "./dom.js";
import { startReport } from "./report.js";
import { Viewer } from "./viewer.js";
import style from "./viewer.css";

document.head.append(element("style", {}, style));

/** Plays the replay of a <script class="skyrally-replay"> in an element. What goes wrong is told there in words. */
async function play(script, place, close) {
  try {
    const base64 = script.textContent.trim();
    const replay = await decode(fromBase64(base64));
    return new Viewer(place, replay, { name: script.dataset.name || "replay", base64 }, close);
  } catch (error) {
    const missing = /webgl/i.test(error.message) ? "This browser shows no 3D pictures (WebGL is off or missing); try another one." : "";
    place.replaceChildren(element("p", { class: "sr-trouble" }, missing || `This replay cannot be played: ${error.message}.`));
    return null;
  }
}

const at = new URLSearchParams(location.hash.slice(1)).get("t");
const single = document.getElementById("skyrally-player");
window.skyrally = { play };
if (single) {
  play(document.querySelector(".skyrally-replay"), single).then((viewer) => {
    window.skyrally.viewer = viewer;
    if (at && viewer) viewer.seek(Number(at) || 0);
  });
}
startReport(play);
