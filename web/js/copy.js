import { within } from "./parts.js";

/** `<button data-copy="id" data-copied="words">` puts the text of that element on the clipboard. */
export function startCopying(part) {
  within(part, "[data-copy]").forEach((button) => {
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      if (source && (await copy(source))) {
        button.querySelector("[data-copy-words]").textContent = button.dataset.copied;
      }
    });
  });
}

async function copy(source) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      return true;
    } catch {
      // Refused by the person or the browser: select it instead.
    }
  }
  // Without TLS there is no clipboard object; an intranet page still has the old way.
  const selection = window.getSelection();
  selection.selectAllChildren(source);
  return document.execCommand("copy");
}
