// Words that are being written keep themselves on this device: form[data-draft] names the place. They leave when the
// form was taken, when the form says there is nothing left, and all of them when nobody is signed in any more, unless
// somebody is on the way back to what they were writing.
const viewer = document.documentElement.dataset.viewer ?? "";
const START = "potluck:draft:";
const SENT = "potluck:sent";
const nameOf = (form) => `${START}${viewer}:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, input[type=text], input[type=radio], input[type=checkbox], select") && !field.matches("[data-not-kept]"));
const typed = (form) => fields(form).filter((field) => field.matches("textarea, input[type=text]"));

function store(action) {
  // A browser may refuse to keep anything (private window, full): then words simply stay in the form.
  try { return action(localStorage); } catch { return null; }
}

function say(form, kept) {
  const line = form.querySelector("[data-draft-line]");
  if (line) line.hidden = !kept;
}

function keep(form) {
  const words = {};
  for (const field of fields(form)) {
    if (field.matches("[type=radio], [type=checkbox]")) { if (field.checked) (words[field.name] ??= []).push(field.value); }
    else words[field.name] = field.value;
  }
  const anything = typed(form).some((field) => field.value.trim());
  store((shelf) => (anything ? shelf.setItem(nameOf(form), JSON.stringify(words)) : shelf.removeItem(nameOf(form))));
  say(form, anything);
}

function bring(form) {
  if (form.dataset.draftBrought) return;
  form.dataset.draftBrought = "yes";
  const words = JSON.parse(store((shelf) => shelf.getItem(nameOf(form))) ?? "null");
  // What the server sent back (a form with an error) is newer than what was kept.
  if (!words || typed(form).some((field) => field.value.trim())) return;
  for (const field of fields(form)) {
    const value = words[field.name];
    if (value === undefined) continue;
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = value.includes(field.value);
    else field.value = value;
  }
  say(form, true);
}

function forget(form) {
  store((shelf) => shelf.removeItem(nameOf(form)));
  say(form, false);
}

function bringAll() {
  for (const form of document.querySelectorAll("form[data-draft]")) bring(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form) keep(form);
});

// Sent as a whole page: the next page tells. If it shows the same form again, it was refused, or never arrived.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-draft]") || form.matches("[hx-post], [data-hx-post]")) return;
  try { sessionStorage.setItem(SENT, nameOf(form)); } catch { /* kept words stay, which is the safe side */ }
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement?.closest?.("form[data-draft]");
  const status = ctx?.response?.raw?.status ?? ctx?.response?.status ?? 0;
  if (form && status >= 200 && status < 300 && ctx.request?.method?.toUpperCase() !== "GET") {
    forget(form);
    form.reset();
  }
});
document.addEventListener("htmx:after:swap", bringAll);

const comesBack = document.querySelector("[data-refused]") || new URLSearchParams(location.search).has("next");
if (!viewer && !comesBack) {
  store((shelf) => Object.keys(shelf).filter((name) => name.startsWith(START)).forEach((name) => shelf.removeItem(name)));
}
try {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const again = [...document.querySelectorAll("form[data-draft]")].some((form) => nameOf(form) === sent);
  if (sent && viewer && !again && !document.querySelector("[data-refused]")) store((shelf) => shelf.removeItem(sent));
} catch { /* no session storage: nothing to tidy */ }
bringAll();
