// A replay as one page that plays by itself: the same page that `skyrally replay FILE --html` writes.
import page from "./page.html";

const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The page's HTML. */
export function single({ name, base64 }, recording) {
  const title = recording.at(recording.titles, 0) || recording.stage.scenario;
  const values = { title: escaped(title), name: escaped(name), replay: base64, code: document.getElementById("skyrally-code").textContent };
  return page.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key]);
}

/** Hands the page over: where the device can send files (phones), else as a download. */
export async function share(source, recording) {
  const file = new File([single(source, recording)], `${source.name}.html`, { type: "text/html" });
  if (navigator.canShare?.({ files: [file] }) && navigator.maxTouchPoints > 0) {
    try {
      return await navigator.share({ files: [file] });
    } catch (error) {
      if (error.name === "AbortError") return undefined;
    }
  }
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  return undefined;
}
