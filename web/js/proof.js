// Checks proofs in the page: `<form data-proof-check>` asks for the file, or with `data-proof="/url"` fetches it. Every
// word it says stands in the form's `<template>`.
import { check } from "./proof/check.js";
import { textOf } from "./proof/format.js";

document.querySelectorAll("[data-proof-check]").forEach((form) => {
  form.hidden = false;
  // Without TLS a browser has no cryptography to offer, except to the machine it runs on.
  if (!(window.crypto && window.crypto.subtle)) {
    form.querySelectorAll("[data-proof-asks]").forEach((part) => part.remove());
    show(form, { verdict: "insecure" });
    return;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form);
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take(form, Array.from(event.dataTransfer.files));
  });
});

/** Puts dropped files where they belong: a proof tells by its first line that it is one. */
async function take(form, files) {
  for (const file of files) {
    const isProof = (await file.slice(0, 32).text()).startsWith("c2sp.org/tlog-proof");
    const field = form.elements[isProof ? "proof" : "key"];
    if (!field) continue;
    const transfer = new DataTransfer();
    transfer.items.add(file);
    field.files = transfer.files;
  }
  run(form);
}

async function run(form) {
  const proof = form.dataset.proof ? await fetched(form.dataset.proof) : await chosen(form.elements.proof);
  if (proof === null) {
    show(form, { verdict: form.dataset.proof ? "unreachable" : "nothing" });
    return;
  }
  const found = await check(proof, await chosen(form.elements.key));
  show(form, { verdict: verdict(found.steps), ...found });
}

/** The text of the file in a field, or null. What is no text is none of the formats either. */
async function chosen(field) {
  const [file] = field.files;
  if (!file) return null;
  try {
    return textOf(await file.arrayBuffer());
  } catch {
    return "";
  }
}

async function fetched(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    return response.ok && !response.redirected ? textOf(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** What is broken counts most, then what is missing; "unasked" is nothing to miss. */
function verdict(steps) {
  const states = Object.values(steps);
  if (steps.form === "sm3") return "sm3";
  if (["broken", "unknown", "unsigned"].some((bad) => states.includes(bad))) return "broken";
  return states.every((state) => state === "held" || state === "unasked") ? "held" : "partly";
}

/** Shows of the template what was found: one verdict, one line for each step, and what the entry says. */
function show(form, { verdict, steps = {}, proof = null, seen = [], line = 0 }) {
  const said = form.querySelector("template").content.cloneNode(true);
  keep(said, "verdict", (part) => part.dataset.verdict === verdict);
  keep(said, "step", (part) => steps[part.dataset.step] === part.dataset.state);
  const words = new Map(Array.from(said.querySelectorAll("data"), (name) => [name.value, name.textContent]));
  said.querySelectorAll("data").forEach((name) => name.remove());

  if (proof && steps.form === "held") {
    const values = { line: line ? String(line) : "", ...facts(proof, seen, words) };
    said.querySelectorAll("[data-fill]").forEach((part) => {
      part.textContent = values[part.dataset.fill];
    });
    keep(said, "if", (part) => values[part.dataset.if] !== "");
  } else {
    keep(said, "facts", () => false);
  }
  form.querySelector("[data-proof-result]").replaceChildren(said);
}

/** Of the parts that carry an attribute, leaves the wanted ones. */
function keep(said, attribute, wanted) {
  said.querySelectorAll(`[data-${attribute}]`).forEach((part) => {
    if (!wanted(part)) part.remove();
  });
}

function facts({ enclosed, index, path, checkpoint }, seen, words) {
  const { entry, said } = enclosed;
  const name = (family, value) => words.get(`${family}-${value}`) || String(value || "");
  return {
    act: name("act", said.act && said.act.name),
    event: name("event", said.event),
    at: moment(Date.parse(said.at)),
    log: checkpoint.origin,
    index: String(index),
    size: String(checkpoint.size),
    hashes: String(path.length),
    witnesses: seen.map(({ key, at }) => `${key.name} · ${moment(Number(at) * 1000)}`).join("\n"),
    key: said.signed && enclosed.words ? String(said.signed.key) : "",
    entry: JSON.stringify(JSON.parse(entry), null, 2),
    words: enclosed.words ? JSON.stringify(enclosed.words.said, null, 2) : "",
  };
}

/** By the clock of the offices, as everywhere in the product. */
function moment(milliseconds) {
  if (Number.isNaN(milliseconds)) return "";
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" };
  try {
    return new Intl.DateTimeFormat(document.documentElement.lang, options).format(milliseconds);
  } catch {
    return "";
  }
}
