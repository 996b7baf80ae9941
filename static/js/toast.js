// Said in passing. A toast without an action leaves by itself; one that can undo something stays until it is closed.
const SECONDS = 8;
const place = document.getElementById("toasts");

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  if (toast.querySelector("form, a, button:not([data-shut])")) return;
  let timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), SECONDS * 1000); });
}

export function say(sentence) {
  if (!place || !sentence) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "";
  const words = document.createElement("p");
  words.textContent = sentence;
  toast.append(words);
  place.append(toast);
  watch(toast);
}

const sentence = (id) => document.getElementById(id)?.content.textContent.trim() ?? "";

document.addEventListener("click", (event) => {
  event.target.closest("[data-shut]")?.closest("[data-toast]")?.remove();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) place?.lastElementChild?.remove();
});
// A refusal is not swapped in; it is said, and the words stay where they are: beside them, until they are sent again, where
// somebody wrote any; else in passing.
const formOf = (event) => event.detail.ctx?.sourceElement?.closest?.("form[data-draft]");

function tell(form, id) {
  if (!form?.matches("[data-draft]")) {
    say(sentence(id));
    return;
  }
  const line = document.createElement("p");
  line.className = "error";
  line.dataset.notTaken = "";
  line.setAttribute("role", "alert");
  form.append(line);
  line.textContent = sentence(id);
}

document.addEventListener("htmx:before:request", (event) => {
  formOf(event)?.querySelectorAll("[data-not-taken]").forEach((line) => line.remove());
});
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx?.response?.raw?.status ?? event.detail.ctx?.response?.status;
  if (status !== 422) tell(formOf(event), "say-refused");
});
document.addEventListener("htmx:error", (event) => {
  if (!event.target.closest?.("#live") && event.detail.ctx && !event.detail.ctx.response) tell(formOf(event), "say-lost");
});
// A form that is sent as a whole page would give way to the browser's own error page: without a network it stays.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || form.method !== "post" || form.matches("[hx-post], [data-hx-post]")) return;
  event.preventDefault();
  form.querySelectorAll("[data-not-taken]").forEach((line) => line.remove());
  tell(form, "say-lost");
});

if (place) {
  new MutationObserver(() => place.querySelectorAll("[data-toast]").forEach(watch)).observe(place, { childList: true, subtree: true });
  place.querySelectorAll("[data-toast]").forEach(watch);
}
