/** Closes an open `<details class="menu">` on Escape and on a press elsewhere. */
export function startMenus() {
  document.addEventListener("click", (event) => closeAll((menu) => !menu.contains(event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeAll((menu) => {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      return true;
    });
  });
}

function closeAll(which) {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (which(menu)) menu.removeAttribute("open");
  });
}
