// "For whom?" becomes a combobox: people are offered while one types, the arrows move, Enter takes, Esc closes.
// Without JavaScript the button "Find" shows the same people as ticks on the next page.
const WAIT = 180;
let asked = 0;

function set(field, open) {
  field.list.hidden = !open;
  field.input.setAttribute("aria-expanded", String(open));
  if (!open) mark(field, -1);
}

const options = (field) => [...field.list.querySelectorAll("[role=option]")];

function mark(field, at) {
  const rows = options(field);
  rows.forEach((row, n) => row.setAttribute("aria-selected", String(n === at)));
  if (rows[at]) {
    field.input.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
  } else field.input.removeAttribute("aria-activedescendant");
  field.at = at;
}

async function offer(field) {
  const typed = field.input.value.trim();
  const mine = ++asked;
  if (!typed) return set(field, false);
  const answer = await fetch(`${field.root.dataset.pick}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || mine !== asked || document.activeElement !== field.input) return undefined;
  field.list.innerHTML = await answer.text();
  const there = new Set([...field.chosen.querySelectorAll("input:checked")].map((one) => one.value));
  for (const row of options(field)) if (there.has(row.dataset.handle)) row.remove();
  if (mine !== asked) return undefined;
  set(field, field.list.childElementCount > 0);
  mark(field, options(field).length ? 0 : -1);
  return undefined;
}

function take(field, row) {
  const chosen = row.querySelector("template").content.cloneNode(true);
  const old = field.chosen.querySelector(`input[value="${CSS.escape(row.dataset.handle)}"]`);
  old?.closest("label").remove();
  field.chosen.append(chosen);
  field.said.textContent = row.querySelector(".choice-word").textContent;
  field.input.value = "";
  field.input.removeAttribute("aria-invalid");
  set(field, false);
  field.input.focus();
}

function begin(root) {
  if (root.dataset.picking) return;
  root.dataset.picking = "yes";
  const field = {
    root, at: -1, timer: 0,
    input: root.querySelector("input[type=text]"),
    list: root.querySelector("[role=listbox]"),
    chosen: root.querySelector("[data-pick-chosen]"),
    said: root.querySelector("[data-pick-said]"),
  };
  for (const plain of root.querySelectorAll("[data-pick-plain]")) plain.hidden = true;
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", field.list.id]]) field.input.setAttribute(name, value);

  field.input.addEventListener("input", () => {
    clearTimeout(field.timer);
    field.timer = setTimeout(() => offer(field), WAIT);
  });
  field.input.addEventListener("keydown", (event) => {
    const rows = options(field);
    const open = !field.list.hidden && rows.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void offer(field);
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(field, (field.at + step + rows.length) % rows.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      // Enter chooses; it never sends a thank-you that has nobody's name on it yet.
      event.preventDefault();
      if (open && rows[field.at]) take(field, rows[field.at]);
      else offer(field);
    } else if (event.key === "Escape" && !field.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      set(field, false);
    } else if (event.key === "Backspace" && !field.input.value) {
      field.chosen.querySelector("label:last-child")?.remove();
    }
  });
  field.list.addEventListener("pointerdown", (event) => event.preventDefault());
  field.list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) take(field, row);
  });
  field.input.addEventListener("blur", () => { asked += 1; clearTimeout(field.timer); set(field, false); });
}

const beginAll = () => document.querySelectorAll("[data-pick]").forEach(begin);
document.addEventListener("htmx:after:swap", beginAll);
beginAll();
