// The check of a `.tlog-proof`, step by step, with nothing but what is at hand: no server is asked for anything.
//
// Each step has a state. "held" and "broken" speak for themselves; the others say why a step says nothing either way.
import { bytesOf, fromBase64, fromHex, joined, Malformed, parseKey, parseProof, sameBytes } from "./format.js";
import { BadTrust, parseTrust, sha256 } from "./trust.js";

/**
 * Checks a proof, given as text, with a trust policy or a file of keys, given as text or null. Gives
 * `{ steps: { form, words, act, path, signature, witnesses }, proof, seen, line }`: the state of each step that there is, the
 * proof as read, which witnesses cosigned it and when, and the line of the key file that cannot be followed.
 */
export async function check(proofText, keyText) {
  const found = { steps: {}, proof: null, seen: [], line: 0 };
  try {
    found.proof = parseProof(proofText);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    found.steps.form = "broken";
    return found;
  }
  found.steps.form = "held";
  const trust = await readTrust(keyText, found);
  if (isUnderSm3(found.proof.checkpoint.origin, trust)) {
    found.steps.form = "sm3";
    return found;
  }
  if (found.proof.enclosed.words) found.steps.words = state(await wordsHold(found.proof.enclosed));
  const act = await actHolds(found.proof.enclosed);
  if (act) found.steps.act = act;
  found.steps.path = state(await pathHolds(found.proof));
  if (trust) await checkSignatures(found, trust);
  return found;
}

const state = (holds) => (holds ? "held" : "broken");

async function readTrust(text, found) {
  if (text === null) {
    found.steps.signature = "keyless";
    return null;
  }
  try {
    return await parseTrust(text);
  } catch (error) {
    if (!(error instanceof BadTrust)) throw error;
    found.steps.signature = "unread";
    found.line = error.line;
    return null;
  }
}

/** The key tells under which hash function a tree is. Without one, the name that LEDGER.md gives such a log has to. */
function isUnderSm3(origin, trust) {
  const key = trust && trust.logs.find((log) => log.name === origin);
  return key ? key.kind === "sm2" : origin.endsWith("/sm3");
}

/** What opens the commitment that the entry carries: see `commitment` in crates/ledger/src/canonical.rs. */
async function wordsHold({ said, words }) {
  const [salt, sealed] = [fromHex(words.salt), fromHex(String(said.sealed))];
  if (!salt || salt.length !== 32 || !sealed) return false;
  return sameBytes(await sha256(joined(bytesOf("mingjing/commitment/v1\0"), salt, bytesOf(words.text))), sealed);
}

/** Whether the act was signed as the words tell it (LEDGER.md, "Personal signatures"); null where nothing was signed, or the
 *  words are not there to say what. */
async function actHolds({ said, words }) {
  const { authority, act, signed } = said;
  const told = words && words.said.signed_act;
  if (!words || (!signed && told === undefined)) return null;
  // One without the other was never written.
  if (!signed || !act || typeof told !== "string") return "broken";
  const text = `mingjing-act/v1\n${authority}\n${act.id}\n${told}\n`;
  try {
    const { act: name } = JSON.parse(told) || {};
    if (name !== act.name) return "broken";
    const key = parseKey(String(signed.key));
    if (key.kind === "sm2") return "unsupported";
    return state(await ed25519Holds(key, bytesOf(text), fromBase64(String(signed.signature))));
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return "broken";
    if (error.name === "NotSupportedError") return "unsupported";
    throw error;
  }
}

/** From the entry's leaf along its path to the root (RFC 6962, 2.1; the loop of RFC 9162, 2.1.3.2). */
async function pathHolds({ enclosed, index, path, checkpoint }) {
  if (index >= checkpoint.size) return false;
  // `node` is where the path is on its level, `last` the level's last node.
  let [node, last] = [index, checkpoint.size - 1n];
  let hash = await sha256(joined(Uint8Array.of(0), bytesOf(enclosed.entry)));
  for (const beside of path) {
    if (last === 0n) return false;
    const fromRight = node % 2n === 1n || node === last;
    hash = await sha256(joined(Uint8Array.of(1), ...(fromRight ? [beside, hash] : [hash, beside])));
    // The last node of a level may have no sibling: it then stands for its parents too.
    while (fromRight && node % 2n === 0n) [node, last] = [node >> 1n, last >> 1n];
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && sameBytes(hash, checkpoint.root);
}

/** The log's own signature first: who else signed says nothing about a log that is not known. */
async function checkSignatures(found, trust) {
  const { note, checkpoint } = found.proof;
  const logs = trust.logs.filter((log) => log.name === checkpoint.origin);
  if (logs.length === 0) {
    found.steps.signature = "unknown";
    return;
  }
  try {
    const signed = await signedBy(note, logs, (_, line) => [bytesOf(note.text), line.signature]);
    found.steps.signature = signed.length > 0 ? state(signed.every(({ holds }) => holds)) : "unsigned";
    const seen = await signedBy(note, trust.witnesses, cosigned);
    found.seen = seen.filter(({ holds }) => holds).map(({ key, line }) => ({ key, at: timeIn(line) }));
    found.steps.witnesses = witnessState(trust, seen, found.seen);
  } catch (error) {
    // Browsers before 2025 have no Ed25519.
    if (error.name !== "NotSupportedError") throw error;
    found.steps.signature = "unsupported";
  }
}

/** A known witness whose line does not hold: somebody is cheating, and the rest is not to be trusted either. */
function witnessState(trust, lines, seen) {
  if (lines.some(({ holds }) => !holds)) return "broken";
  if (!trust.quorum) return "unasked";
  return trust.quorum(seen.map(({ key }) => key)) ? "held" : "few";
}

/** The first line of each of these keys under a note, and whether it holds. `signs` gives what was signed, and the
 *  signature. */
async function signedBy(note, keys, signs) {
  const lines = keys.map((key) => {
    const line = note.signatures.find(({ name, id }) => name === key.name && sameBytes(id, key.id));
    return line && { key, line };
  });
  return Promise.all(
    lines.filter(Boolean).map(async ({ key, line }) => {
      const [message, signature] = signs(note, line);
      return { key, line, holds: await ed25519Holds(key, message, signature) };
    }),
  );
}

async function ed25519Holds(key, message, signature) {
  const publicKey = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, message);
}

/** tlog-cosignature: eight bytes of time, then the signature over time and text. */
function cosigned(note, line) {
  return [bytesOf(`cosignature/v1\ntime ${timeIn(line)}\n${note.text}`), line.signature.slice(8)];
}

/** In seconds since the Unix epoch. */
function timeIn({ signature }) {
  return signature.slice(0, 8).reduce((time, byte) => (time << 8n) | BigInt(byte), 0n);
}
