// Every page works without this file; it only makes waiting, correcting and repeating easier.
import htmx from "htmx.org";
import { startCopying } from "./copy.js";
import { startCounting } from "./counter.js";
import { startDrafts } from "./draft.js";
import { focusErrors } from "./errors.js";
import { startMenus } from "./menu.js";
import { startPolling } from "./poll.js";
import { startSubmitGuard } from "./submit.js";

document.documentElement.classList.add("scripted");
startSubmitGuard();
startMenus();
startDrafts();

// What enhances single elements runs on the page and again on each part that htmx puts into it.
htmx.onLoad((part) => {
  startCounting(part);
  startCopying(part);
  startPolling(part);
  focusErrors(part);
});
