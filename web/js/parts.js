/** Elements matching `selector` in `part`, `part` itself included. */
export function within(part, selector) {
  const found = Array.from(part.querySelectorAll(selector));
  return part.matches && part.matches(selector) ? [part, ...found] : found;
}

/** sessionStorage, or null where the browser refuses it. */
export function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
