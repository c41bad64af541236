// Reads .replay files: the layout is told in skyrally/render/replay_file.py, the numbers in skyrally/render/codec.py.

const UNITS = { quantised: [1e-3, 1 / 4096, 1 / 255], coarse: [4e-3, 1 / 512, 1 / 15] }; // m, quaternion, throttle
const VERSION = 2;
const NOWHERE = -(2 ** 31);
const BROKEN = -(2 ** 15);
const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

/** The CRC-32 of bytes, as zlib computes it. */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** The bytes before zlib deflated them. */
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const text = (bytes) => new TextDecoder().decode(bytes);

/** Byte planes (highest first, within a plane column by column) as 32-bit numbers [width][frames], undoing zigzag differences. */
function sums(bytes, frames, width) {
  const order = bytes[0];
  if (order !== 1 && order !== 2) throw new Error("the replay is damaged: unknown order of differences");
  const size = frames * width;
  const values = new Int32Array(size);
  for (let k = 0; k < size; k++) {
    const zigzag = (bytes[1 + k] << 24) | (bytes[1 + size + k] << 16) | (bytes[1 + 2 * size + k] << 8) | bytes[1 + 3 * size + k];
    values[k] = (zigzag >>> 1) ^ -(zigzag & 1);
  }
  for (let round = 0; round < order; round++)
    for (let column = 0; column < width; column++)
      for (let k = column * frames + 1; k < (column + 1) * frames; k++) values[k] = (values[k] + values[k - 1]) | 0;
  return values;
}

/** Byte planes as float64 [width][frames]. */
function doubles(bytes, frames, width) {
  const size = frames * width;
  const raw = new Uint8Array(8 * size);
  for (let plane = 0; plane < 8; plane++) for (let k = 0; k < size; k++) raw[8 * k + 7 - plane] = bytes[plane * size + k];
  return new Float64Array(raw.buffer);
}

/** Numbers per frame in each group, in the file's order. */
function columns(stage) {
  const [drones, rotors, discs] = [stage.agents.length, stage.rotor_xy.length, (stage.discs ?? []).length];
  const groups = [["pos", 3 * drones], ["quat", 4 * drones], ["rotor", rotors * drones], ["ball", 3], ["count", 3]];
  return discs ? [...groups, ["disc_pos", 3 * discs], ["disc_quat", 4 * discs]] : groups;
}

/** What turns a stored whole number of a group into a real one. */
function unit(name, units) {
  const [place, turn, throttle] = units;
  if (name === "rotor") return [throttle, null];
  if (name === "count") return [1, null];
  return name.endsWith("quat") ? [turn, BROKEN] : [place, NOWHERE];
}

/** Writes one block's numbers into the replay's arrays, [frames][width] each. */
function unpack(data, first, frames, { codec, world }, groups, into) {
  let at = 0;
  for (const [name, width] of groups) {
    const size = codec === "lossless" ? 8 * width * frames : 4 * width * frames + 1;
    const part = data.subarray(at, at + size);
    const [scale, broken] = codec === "lossless" ? [1, null] : unit(name, UNITS[codec]);
    const values = codec === "lossless" ? doubles(part, frames, width) : sums(part, frames, width);
    const out = into[name];
    for (let column = 0; column < width; column++)
      for (let k = 0; k < frames; k++) {
        const value = values[column * frames + k];
        out[(first + k) * width + column] = value === broken ? NaN : value * scale;
      }
    at += size;
  }
  at += (world?.bytes ?? 0) * frames; // whole worlds, to be played on in Python
  return JSON.parse(text(data.subarray(at)));
}

/** The header's JSON and where the blocks begin. Errors say what is wrong with the file. */
function header(bytes, view) {
  if (text(bytes.subarray(0, 8)) !== "SKYRALLY") throw new Error("this is no replay of skyrally");
  const version = view.getUint16(8, true);
  if (version > VERSION) throw new Error(`this replay is of version ${version}; this page reads up to ${VERSION}`);
  const body = 18 + view.getUint32(10, true);
  const json = bytes.subarray(18, body);
  if (crc32(json) !== view.getUint32(14, true)) throw new Error("the replay is damaged: its header's checksum is wrong");
  const head = JSON.parse(text(json));
  if (head.codec !== "lossless" && !UNITS[head.codec]) throw new Error(`the replay's codec ${head.codec} is unknown to this page`);
  return head;
}

/** The blocks of a file by its index: [{offset, first, frames}]. */
function index(bytes, view) {
  const foot = bytes.length - 16;
  if (foot < 18 || text(bytes.subarray(foot + 8)) !== "SKYR-END") throw new Error("the replay is cut off");
  const where = Number(view.getBigUint64(foot, true));
  const count = view.getUint32(where + 4, true);
  if (crc32(bytes.subarray(where + 12, foot)) !== view.getUint32(where + 8, true)) throw new Error("the replay is damaged: its index");
  return Array.from({ length: count }, (_, k) => {
    const at = where + 12 + 24 * k;
    return { offset: Number(view.getBigUint64(at, true)), first: Number(view.getBigUint64(at + 8, true)), frames: view.getUint32(at + 16, true) };
  });
}

/** A replay's bytes as {stage, about, length, pos, quat, rotor, ball, count, disc_pos, disc_quat, notes}; notes carry `k`, the frame. */
export async function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = header(bytes, view);
  const entries = index(bytes, view);
  const length = entries.reduce((sum, entry) => sum + entry.frames, 0);
  const groups = columns(head.stage);
  const replay = { stage: head.stage, about: head.about ?? {}, length, notes: [] };
  for (const [name, width] of groups) replay[name] = new Float32Array(width * length);
  for (const { offset, first, frames } of entries) {
    const packed = bytes.subarray(offset + 20, offset + 20 + view.getUint32(offset + 12, true));
    if (crc32(packed) !== view.getUint32(offset + 16, true)) throw new Error(`the replay is damaged: the block at frame ${first}`);
    const notes = unpack(await inflate(packed), first, frames, head, groups, replay);
    for (const note of notes) replay.notes.push({ ...note, k: first + note.k });
  }
  return replay;
}

/** Bytes of base64 text. */
export function fromBase64(words) {
  return Uint8Array.from(atob(words.trim()), (letter) => letter.charCodeAt(0));
}
