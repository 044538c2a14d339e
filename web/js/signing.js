// Personal signatures: a key that is made in this browser and never leaves it, and forms that it signs. Where a browser
// has no Ed25519 (RFC 8032), the page goes on asking for a signature made elsewhere.
import { bytesOf, joined } from "./proof/format.js";

const DATABASE = "mingjing-signing";
const KEYS = "keys";
/** What C2SP `signed-note` puts before an Ed25519 public key. */
const ED25519 = Uint8Array.of(1);

const able = Boolean(window.crypto && window.crypto.subtle && window.indexedDB);

/** The store of keys; in it each lies under its public part as the server spells it. */
function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(KEYS);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(database.transaction(KEYS, mode).objectStore(KEYS));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** A verifier key: `<name>+<id>+<base64 of type and key>`. */
async function spelt(name, publicKey) {
  const material = joined(ED25519, new Uint8Array(publicKey));
  const hash = await crypto.subtle.digest("SHA-256", joined(bytesOf(`${name}\n`), material));
  const id = Array.from(new Uint8Array(hash).slice(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${name}+${id}+${base64(material)}`;
}

/** Makes a key whose secret part no script can read, this one included. */
async function make(name) {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const key = await spelt(name, await crypto.subtle.exportKey("raw", pair.publicKey));
  await inStore("readwrite", (keys) => keys.put(pair.privateKey, key));
  return key;
}

async function sign(secret, text) {
  return base64(new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, secret, bytesOf(text))));
}

function startMaking(maker) {
  const [made, failed] = [maker.querySelector("[data-key-made]"), maker.querySelector("[data-key-failed]")];
  maker.hidden = false;
  maker.querySelector("[data-key-make]").addEventListener("click", async () => {
    made.hidden = failed.hidden = true;
    try {
      document.getElementById(maker.dataset.keyField).value = await make(maker.dataset.keyMaker);
      made.hidden = false;
    } catch {
      failed.hidden = false;
    }
  });
}

async function startSigning(form) {
  const secret = await inStore("readonly", (keys) => keys.get(form.dataset.signs)).catch(() => null);
  if (!secret) return;
  const part = (name) => form.querySelector(`[data-signs-${name}]`);
  part("here").hidden = false;
  part("elsewhere").hidden = true;
  form.addEventListener("submit", async (event) => {
    const signature = form.querySelector("textarea");
    if (signature.value) return;
    event.preventDefault();
    // Nothing leaves yet: the submit guard need not know.
    event.stopImmediatePropagation();
    try {
      signature.value = await sign(secret, document.getElementById("signed-text").textContent);
      // Past the listeners, which were asked once for this press.
      form.submit();
    } catch {
      part("failed").hidden = part("elsewhere").hidden = false;
      part("here").hidden = true;
    }
  });
}

if (able) {
  document.querySelectorAll("[data-key-maker]").forEach(startMaking);
  document.querySelectorAll("[data-signs]").forEach(startSigning);
}
