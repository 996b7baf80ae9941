// Keys: ? help, / search, c compose, j and k move, r reply, t thank, g h home, Ctrl+Enter sends, Esc closes.
// A key looks for the control that carries it (data-key), first within the gift one stands on, then on the page:
// where there is no such control, the key does nothing. Single keys can be switched off (data-keys on <html>).
import { open } from "./opens.js";

let before = "";
let timer = 0;

const writing = (element) => element.isContentEditable || element.matches("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select");

function current() {
  return document.activeElement?.closest("[data-move]") ?? null;
}

function move(step) {
  const stops = [...document.querySelectorAll("[data-move]")].filter((stop) => stop.checkVisibility());
  if (!stops.length) return false;
  const at = stops.indexOf(current());
  const next = stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + step, 0), stops.length - 1)];
  next.focus({ preventScroll: true, focusVisible: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const find = (place) => [...place.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((control) => control.checkVisibility());
  const control = (current() && find(current())) || find(document);
  if (!control) return false;
  if (control.matches("input, textarea, select, [contenteditable]")) control.focus();
  else control.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form");
    if (form && writing(event.target)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-send]") ?? form.querySelector("button[type=submit]"));
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.keys === "off" || writing(event.target)) return;
  if (document.querySelector("dialog[open]:modal")) return;

  const key = before ? `${before} ${event.key}` : event.key;
  clearTimeout(timer);
  before = "";
  let done = false;
  if (key === "g") {
    before = "g";
    timer = setTimeout(() => { before = ""; }, 1500);
    return;
  }
  if (key === "?") { open("keys-help"); done = true; }
  else if (key === "j") done = move(1);
  else if (key === "k") done = move(-1);
  else if (["/", "c", "r", "t", "g h"].includes(key)) done = press(key);
  if (done) event.preventDefault();
});
