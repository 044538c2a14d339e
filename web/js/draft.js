// Keeps what is being written in a `<form data-draft="key">` in this tab, so that an expired session, a crash of the
// browser page or a wrong turn loses nothing. It never leaves the machine and ends with the tab or the sign-out.
import { storage } from "./parts.js";

const PREFIX = "draft/";
const SENT = "draft-sent/";
const KEPT = "textarea, select, input:not([type=hidden]):not([type=password]):not([type=file])";

export function startDrafts() {
  const store = storage();
  if (!store) return;
  document.querySelectorAll("form[data-ends-drafts]").forEach((form) => {
    form.addEventListener("submit", () => forget(store, ""));
  });

  // A draft belongs to who wrote it: on a shared desk the next one to sign in must not see it.
  const reader = document.body.dataset.reader;
  if (!reader) return;
  const forms = Array.from(document.querySelectorAll("form[data-draft]"));
  const keyOf = (form) => `${reader}/${form.dataset.draft}`;

  endSent(store, new Set(forms.map(keyOf)), `${reader}/${document.body.dataset.accepted}`);
  forms.forEach((form) => keep(store, form, keyOf(form)));
}

// A form that was sent and is gone, or that the page says was accepted, needs its draft no more.
function endSent(store, stillOpen, accepted) {
  if ("keepsDrafts" in document.body.dataset) return;
  stillOpen.delete(accepted);
  keys(store, SENT).forEach((key) => {
    store.removeItem(SENT + key);
    if (!stillOpen.has(key)) store.removeItem(PREFIX + key);
  });
}

function keep(store, form, key) {
  const fresh = snapshot(form);
  const draft = store.getItem(PREFIX + key);
  // What the server sent back with errors is newer than the draft.
  if (draft && draft !== fresh && !form.hasAttribute("data-refused")) restore(form, JSON.parse(draft), () => {
    store.removeItem(PREFIX + key);
    fill(form, JSON.parse(fresh));
  });

  form.addEventListener("input", () => store.setItem(PREFIX + key, snapshot(form)));
  form.addEventListener("submit", () => store.setItem(SENT + key, "1"));
}

function restore(form, values, undo) {
  fill(form, values);
  const notice = form.querySelector("[data-draft-notice]");
  if (!notice) return;
  notice.hidden = false;
  notice.querySelector("[data-draft-undo]").addEventListener("click", () => {
    undo();
    notice.hidden = true;
  });
}

function snapshot(form) {
  const values = Array.from(form.querySelectorAll(KEPT), (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked : field.value,
  );
  return JSON.stringify(values);
}

function fill(form, values) {
  const fields = Array.from(form.querySelectorAll(KEPT));
  // The form has changed since: better nothing than values in the wrong places.
  if (fields.length !== values.length) return;
  fields.forEach((field, index) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values[index];
    else field.value = values[index];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function forget(store, key) {
  keys(store, PREFIX + key).forEach((rest) => store.removeItem(PREFIX + key + rest));
  keys(store, SENT + key).forEach((rest) => store.removeItem(SENT + key + rest));
}

function keys(store, prefix) {
  return Object.keys(store)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}
