// The texts of C2SP that a proof is made of: tlog-proof, signed-note, tlog-checkpoint, verifier keys. Each has one
// spelling only, and what is spelt otherwise is refused.

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** The most hashes a path can have: a tree of 2^63 entries needs no more. */
const LONGEST_PATH = 63;

/** A text that is not of the form it should have. */
export class Malformed extends Error {}

function must(holds, what) {
  if (!holds) throw new Malformed(what);
}

/** The bytes of a text, in UTF-8. */
export function bytesOf(text) {
  return new TextEncoder().encode(text);
}

/** The text of bytes that are UTF-8 throughout; a byte order mark is kept, as it was hashed. */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed("not UTF-8");
  }
}

/** Pieces of bytes, one after the other. */
export function joined(...pieces) {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  pieces.forEach((piece) => {
    whole.set(piece, at);
    at += piece.length;
  });
  return whole;
}

export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** The bytes of base64 in its one spelling. */
export function fromBase64(text) {
  let letters;
  try {
    letters = atob(text);
  } catch {
    throw new Malformed("not base64");
  }
  must(btoa(letters) === text, "not the one spelling of base64");
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** The bytes of an even number of lowercase hex digits, or null. */
export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

function hash(line) {
  const bytes = fromBase64(line);
  must(bytes.length === 32, "not a hash");
  return bytes;
}

/** A number without leading zeroes. Larger ones than a float holds exactly are numbers of entries too. */
export function number(text) {
  must(/^(0|[1-9][0-9]{0,18})$/.test(text), "not a number");
  return BigInt(text);
}

/** tlog-proof: the entry's place and path, the checkpoint as a note, and what ours encloses beside: the entry, and for its
 *  author the words that it carries a commitment to. */
export function parseProof(text) {
  const gap = text.indexOf("\n\n");
  must(gap > 0, "no checkpoint");
  const lines = text.slice(0, gap).split("\n");
  must(lines.shift() === FIRST_LINE, "another first line");
  const extra = lines.shift() || "";
  must(extra.startsWith("extra "), "encloses nothing");
  const place = lines.shift() || "";
  must(place.startsWith("index "), "no place");
  must(lines.length <= LONGEST_PATH, "too long a path");
  const note = parseNote(text.slice(gap + 2));
  return {
    enclosed: parseEnclosed(textOf(fromBase64(extra.slice("extra ".length)))),
    index: number(place.slice("index ".length)),
    path: lines.map(hash),
    note,
    checkpoint: parseCheckpoint(note.text),
  };
}

function parseEnclosed(json) {
  const { entry, words } = parseJson(json);
  must(typeof entry === "string", "encloses no entry");
  const said = parseJson(entry);
  if (!words) return { entry, said, words: null };
  must(typeof words.text === "string" && typeof words.salt === "string", "encloses no words");
  return { entry, said, words: { text: words.text, salt: words.salt, said: parseJson(words.text) } };
}

function parseJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed("not JSON");
  }
  must(value !== null && typeof value === "object", "not a JSON object");
  return value;
}

/** signed-note: a text, and lines `— name base64(id, signature)` under it. */
function parseNote(note) {
  const gap = note.lastIndexOf("\n\n");
  must(gap > 0 && note.endsWith("\n"), "not a note");
  const text = note.slice(0, gap + 1);
  must(!/[\u0000-\u0009\u000b-\u001f]/.test(text), "a control character");
  return { text, signatures: note.slice(gap + 2, -1).split("\n").map(parseSignature) };
}

function parseSignature(line) {
  const parts = line.match(/^— ([^\s+]+) (\S+)$/);
  must(parts, "not a signature line");
  const bytes = fromBase64(parts[2]);
  must(bytes.length > 4, "no signature");
  return { name: parts[1], id: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** tlog-checkpoint: which log, how many entries, their root hash. */
function parseCheckpoint(text) {
  const lines = text.slice(0, -1).split("\n");
  must(lines.length >= 3 && lines.every((line) => line !== ""), "not a checkpoint");
  return { origin: lines[0], size: number(lines[1]), root: hash(lines[2]) };
}

/** The signature types, by the bytes that begin the key: see crates/ledger/src/key.rs. */
const KINDS = [
  { kind: "ed25519", mark: Uint8Array.of(0x01), length: 32 },
  { kind: "cosignature", mark: Uint8Array.of(0x04), length: 32 },
  { kind: "sm2", mark: joined(Uint8Array.of(0xff), bytesOf("oid/1.2.156.10197.1.501")), length: 65 },
];

/** A verifier key, `name+id+base64(type, key)`. Whether the id belongs to it is for the caller to check. */
export function parseKey(text) {
  const parts = text.match(/^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/);
  must(parts, "not a verifier key");
  const material = fromBase64(parts[3]);
  const type = KINDS.find(({ mark }) => sameBytes(material.slice(0, mark.length), mark));
  must(type && material.length === type.mark.length + type.length, "a key of an unknown type");
  return { name: parts[1], id: fromHex(parts[2]), kind: type.kind, material, raw: material.slice(type.mark.length) };
}
