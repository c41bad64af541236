// Bundles web/src into one script (style and page template inside) and writes it where the Python package finds it.
// The bundle opens with a hash of everything it was made of, which tests/render/test_page.py compares without npm.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const target = join(here, "..", "skyrally", "render", "web");

/** SHA-256 over the names and bytes of the sources, in order of name. */
function hash() {
  const names = ["build.mjs", "package-lock.json", ...readdirSync(join(here, "src")).map((name) => `src/${name}`)].sort();
  const sum = createHash("sha256");
  for (const name of names) sum.update(name).update("\0").update(readFileSync(join(here, name))).update("\0");
  return sum.digest("hex");
}

const done = await build({
  entryPoints: [join(here, "src", "main.js")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2022",
  legalComments: "inline",
  loader: { ".css": "text", ".html": "text" },
});
// No "</script" may stand in a script that a page holds inline.
const code = done.outputFiles[0].text.replaceAll("</script", "<\\/script");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "viewer.js"), `/* skyrally viewer, made of ${hash()} */\n${code}`);
writeFileSync(join(target, "page.html"), readFileSync(join(here, "src", "page.html")));
console.log(`viewer.js: ${(code.length / 1024).toFixed(0)} kB`);
