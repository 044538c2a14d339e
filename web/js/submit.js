// A second press while the first is under way would only be answered as a repetition: swallow it.

/** Lets each form be sent once until the page is shown again. */
export function startSubmitGuard() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // Another listener may still stop this one; only what really leaves is marked.
    setTimeout(() => {
      if (!event.defaultPrevented && form.target !== "_blank") mark(form, true);
    });
  });
  // The back button may bring the page from the cache as it was left: sent.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => mark(form, false));
  });
}

// Not `disabled`: a disabled button would take its own name and value out of the form.
function mark(form, sent) {
  if (sent) form.dataset.sent = "true";
  else delete form.dataset.sent;
  form.querySelectorAll("button[type=submit]").forEach((button) => {
    if (sent) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  });
}
