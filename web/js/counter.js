import { within } from "./parts.js";

/**
 * Tells how many characters are left: `<p data-counter-for="id" data-limit="200" data-left="… {n} …"
 * data-over="… {n} …">`. The server counts again; this only saves the way there and back.
 */
export function startCounting(part) {
  within(part, "[data-counter-for]").forEach((counter) => {
    const field = document.getElementById(counter.dataset.counterFor);
    if (!field) return;
    const show = () => {
      // Characters as the server counts them: code points, a line break as one.
      const left = Number(counter.dataset.limit) - Array.from(field.value).length;
      const words = left < 0 ? counter.dataset.over : counter.dataset.left;
      counter.textContent = words.replace("{n}", String(Math.abs(left)));
      counter.classList.toggle("counter-over", left < 0);
    };
    field.addEventListener("input", show);
    show();
  });
}
