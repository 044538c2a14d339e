import htmx from "htmx.org";
import { within } from "./parts.js";

const TRIES = 5;

/**
 * `<div data-poll="/url" data-poll-seconds="2">` is replaced by what the server answers, again and again, until the
 * answer no longer carries `data-poll`. Without scripts the page offers a link that loads it anew.
 */
export function startPolling(part) {
  within(part, "[data-poll]").forEach((area) => ask(area, TRIES));
}

function ask(area, triesLeft) {
  const pause = 1000 * Number(area.dataset.pollSeconds || 2);
  setTimeout(async () => {
    if (!area.isConnected) return;
    const answer = await fetchPart(area.dataset.poll);
    if (answer !== null) htmx.swap(area, answer, { swapStyle: "outerHTML" });
    else if (triesLeft > 1) ask(area, triesLeft - 1);
  }, pause);
}

/** The HTML of the part, or null when the server did not answer with it (also: when it asks to sign in). */
async function fetchPart(url) {
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    return response.ok && !response.redirected ? await response.text() : null;
  } catch {
    return null;
  }
}
