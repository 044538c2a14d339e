// Whom to believe (C2SP tlog-policy): logs, witnesses, and how many of them it takes. A file with verifier keys alone, one
// a line, asks for no witness.
import { bytesOf, joined, Malformed, number, parseKey, sameBytes } from "./format.js";

/** A line of the file that cannot be followed, counted from 1. */
export class BadTrust extends Error {
  constructor(line) {
    super(`line ${line}`);
    this.line = line;
  }
}

export async function parseTrust(text) {
  const policy = { logs: [], witnesses: [], quorum: undefined, named: new Map(), grouped: new Set() };
  const lines = text.split("\n").map((line) => line.trim());
  const isPolicy = lines.some((line) => /^quorum\s/.test(line));
  if (!isPolicy) policy.quorum = null;
  for (const [place, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    try {
      await follow(policy, isPolicy ? line.split(/[ \t]+/) : ["log", line]);
    } catch (error) {
      throw error instanceof Malformed ? new BadTrust(place + 1) : error;
    }
  }
  if (policy.quorum === undefined || policy.logs.length === 0) throw new BadTrust(lines.length);
  return policy;
}

async function follow(policy, [what, ...words]) {
  const lengths = { log: [1, 2], witness: [2, 3], group: [3, Infinity], quorum: [1, 1] }[what];
  refuseUnless(lengths && words.length >= lengths[0] && words.length <= lengths[1]);
  if (what === "log") {
    const key = await add(policy.logs, words[0], ["ed25519", "sm2"]);
    // A key under another hash function is for another tree, which is another log.
    refuseUnless(policy.logs.every((other) => other.name !== key.name || other.kind === key.kind));
  }
  if (what === "witness") {
    const key = await add(policy.witnesses, words[1], ["cosignature"]);
    name(policy, words[0], (seen) => seen.some((other) => other === key));
  }
  if (what === "group") group(policy, words);
  if (what === "quorum") {
    refuseUnless(policy.quorum === undefined && (words[0] === "none" || policy.named.has(words[0])));
    policy.quorum = words[0] === "none" ? null : policy.named.get(words[0]);
  }
}

/** Whoever has one key under two names would count twice. */
async function add(known, text, kinds) {
  const key = parseKey(text);
  refuseUnless(kinds.includes(key.kind) && known.every((other) => !sameBytes(other.raw, key.raw)));
  const digest = await sha256(joined(bytesOf(`${key.name}\n`), key.material));
  refuseUnless(sameBytes(digest.slice(0, 4), key.id));
  known.push(key);
  return key;
}

/** A member is named before, and belongs to one group alone; a group needs some of its members, and no more than all. */
function group(policy, [title, asked, ...titles]) {
  const members = titles.map((member) => {
    refuseUnless(policy.named.has(member) && !policy.grouped.has(member));
    policy.grouped.add(member);
    return policy.named.get(member);
  });
  const needed = { all: members.length, any: 1 }[asked] || Number(number(asked));
  refuseUnless(needed >= 1 && needed <= members.length);
  name(policy, title, (seen) => members.filter((holds) => holds(seen)).length >= needed);
}

function name(policy, title, holds) {
  refuseUnless(title !== "none" && !policy.named.has(title));
  policy.named.set(title, holds);
}

function refuseUnless(holds) {
  if (!holds) throw new Malformed("a line of a trust policy");
}

/** By the browser itself: no server and no script of ours computes it. */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
