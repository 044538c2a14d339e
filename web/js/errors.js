import { within } from "./parts.js";

/** Moves the reader to the list of what has to be corrected. */
export function focusErrors(part) {
  const [summary] = within(part, "[data-error-summary]");
  if (summary) summary.focus();
}
