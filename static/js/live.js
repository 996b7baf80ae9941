// What happens while a page is open. The stream (#live) brings ids only; here the fragment that one may see is fetched and
// put in its place. Nothing that is being read moves, nothing that is being written is touched, the focus stays.
//
// #feed[data-live]   takes new gifts at its head, once one asks for them; cards anywhere on a page renew themselves
// #answers           takes new answers at its foot, a reply (data-below) in the replies of its answer
// #news              the mark beside "Messages"
const live = document.getElementById("live");
const feed = document.querySelector("#feed[data-live]");
const answers = document.getElementById("answers");
const card = (key) => document.getElementById(`act-${key}`);
const sentence = (id) => document.getElementById(id)?.content.textContent.trim() ?? "";

// --- fetching ----------------------------------------------------------------------------------------------------------

const PATIENCE = [500, 1000, 2000, 4000, 8000, 15000]; // milliseconds between two tries

// Waits so long, or until the network or the stream is back.
function pause(time) {
  return new Promise((resume) => {
    const again = new AbortController();
    const end = () => { again.abort(); clearTimeout(timer); resume(); };
    const timer = setTimeout(end, time);
    window.addEventListener("online", end, { signal: again.signal });
    live?.addEventListener("htmx:sse:after:connection", end, { signal: again.signal });
  });
}

function parsed(html) {
  const seat = document.createElement("template");
  seat.innerHTML = html;
  return seat.content;
}

// The card of an act as it stands on this kind of page; null if one may not see it (any more); undefined if nobody knows.
// Where the connection is cut or the house is being restarted it tries again; what it never hears of is offered as new.
async function fetched(key) {
  for (const time of [0, ...PATIENCE]) {
    if (time) await pause(time);
    try {
      return await looked(key);
    } catch {
      continue;
    }
  }
  isStale = true;
  offer();
  return undefined;
}

// The same, once: throws where it is worth another try.
async function looked(key) {
  const old = card(key);
  // In a feed and in a talk the act's own fragment is right; elsewhere (the head of a talk, a wall, a person) the page is.
  const fragment = !old || old.closest("#feed, #answers");
  const address = fragment ? `/acts/${key}/` : location.href;
  const headers = fragment ? { "HX-Request": "true" } : {};
  const answer = await fetch(address, { headers, credentials: "same-origin" });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`not now: ${answer.status}`);
  if (answer.status === 404) return null;
  if (!answer.ok || answer.headers.has("HX-Redirect")) return undefined;
  const fresh = parsed(await answer.text());
  if (!fragment && !fresh.getElementById("live")) return undefined; // the door: nobody is signed in any more
  if (key === answers?.dataset.root) sayReaders(fresh);
  return fresh.querySelector(`#act-${CSS.escape(key)}`);
}

// --- changing the page -----------------------------------------------------------------------------------------------

// Somebody writes in it, stands on something in it, or has opened something of it.
function isBusy(element) {
  const here = document.activeElement;
  if (here && here !== element && element.contains(here)) return true;
  if (element.querySelector("details[open], dialog[open], :popover-open, #feed .chips, .reply-seat form")) return true;
  return written(element) !== undefined;
}

// The first field in it with words that are not sent yet.
function written(element) {
  return [...element.querySelectorAll("textarea, input[type=text]")].find((field) => field.value !== field.defaultValue);
}

// Who reads an answer by now, at every form of the talk; the words in it are not touched. What was promised to somebody who has
// begun to write is not widened behind their back: they are asked when they send it.
function sayReaders(page) {
  const now = page.querySelector("#answer [data-readers]");
  for (const line of now ? document.querySelectorAll("[data-readers]") : []) {
    const fresh = now.cloneNode(true);
    const [before, after] = [line, fresh].map((one) => one.querySelector("[name=promised]"));
    const writes = [...line.closest("form").querySelectorAll("textarea")].some((field) => field.value.trim());
    if (writes && before.value !== "house") after.value = before.value;
    if (line.textContent !== fresh.textContent) line.replaceChildren(...fresh.childNodes);
    else before.value = after.value;
  }
}

const later = new Set(); // keys of cards that were busy when they changed

function put(old, fresh) {
  const stood = document.activeElement === old;
  // Why it stands here only the whole table knows; it stays true until an answer helped.
  const why = old.querySelector(":scope > .reason");
  if (why && !fresh.querySelector(":scope > .reason, .inset")) fresh.prepend(why);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (stood) fresh.focus({ preventScroll: true });
}

async function renew(key) {
  const fresh = await fetched(key);
  const old = card(key);
  if (!old || fresh === undefined) return;
  if (isBusy(old)) {
    later.add(key);
    return;
  }
  later.delete(key);
  if (fresh) put(old, fresh);
  else take(key);
}

function take(key) {
  later.delete(key);
  waiting.delete(key);
  const old = card(key);
  if (old && !isBusy(old)) old.remove();
  offer();
}

function retry() {
  for (const key of [...later]) {
    const old = card(key);
    if (!old) later.delete(key);
    else if (!isBusy(old)) renew(key);
  }
}
document.addEventListener("focusout", () => setTimeout(retry, 0));
document.addEventListener("htmx:after:swap", () => setTimeout(retry, 0));

// --- new gifts: kept until one asks for them ----------------------------------------------------------------------------

const waiting = new Map(); // key -> card, oldest first
let isStale = false;
const head = feed ?? answers;
const place = document.createElement("div");
place.className = "fresh";
place.setAttribute("role", "status");
if (live && head) head.before(place);

function offer() {
  if (!waiting.size && !isStale) place.replaceChildren();
  else if (!place.firstChild) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = sentence("say-fresh");
    button.addEventListener("click", show);
    place.append(button);
  }
}

function show() {
  if (isStale) {
    location.reload();
    return;
  }
  const fresh = [...waiting.values()].reverse();
  waiting.clear();
  offer();
  feed.prepend(...fresh);
  fresh.forEach((one) => window.htmx?.process(one));
  fresh[0]?.focus({ preventScroll: true }); // the button that had the focus is gone
}

// A new answer lies where its talk has it; what stands above it does not move.
function answer(fresh) {
  const seat = fresh.dataset.below ? document.getElementById(`replies-${fresh.dataset.below}`) : answers;
  seat?.append(fresh);
  window.htmx?.process(fresh);
}

// --- what the stream says ---------------------------------------------------------------------------------------------

const busy = new Map(); // key -> the promise of its last renewal: one at a time, in order

function inTurn(key, work) {
  const turn = (busy.get(key) ?? Promise.resolve()).then(work, work);
  busy.set(key, turn);
  turn.finally(() => { if (busy.get(key) === turn) busy.delete(key); });
}

async function arrive({ act, on }) {
  if (card(act)) return renew(act);
  const isAnswerHere = on && answers?.dataset.root === on;
  if (!isAnswerHere && (on || !feed)) return undefined;
  const fresh = await fetched(act);
  if (!fresh || card(act)) return undefined;
  if (isAnswerHere) answer(fresh);
  else waiting.set(act, fresh);
  return offer();
}

const told = (event) => JSON.parse(event.detail.data);

live?.addEventListener("act", (event) => {
  const { act, on, what } = told(event);
  inTurn(act, () => {
    if (what === "gone") return take(act);
    if (what === "new") return arrive({ act, on });
    if (waiting.has(act)) return fetched(act).then((fresh) => (fresh ? waiting.set(act, fresh) : take(act)));
    return card(act) ? renew(act) : undefined;
  });
  // The act it is on shows who answered and what helped.
  if (on && card(on)?.closest("#feed")) inTurn(on, () => renew(on));
});

live?.addEventListener("stale", () => {
  isStale = true;
  offer();
});

// Something was told. What lies open here has been seen with it; the server says whether anything is left.
const mark = document.getElementById("news");
let asked = 0; // so often in vain

function see() {
  const cause = answers && document.visibilityState === "visible" ? location.pathname : "";
  if (mark) window.htmx?.ajax("POST", "/inbox/seen/", { source: mark, target: mark, swap: "innerHTML", values: { cause } });
}
live?.addEventListener("notice", () => {
  asked = 0;
  see();
});
for (const name of ["htmx:error", "htmx:response:error"]) {
  mark?.addEventListener(name, async (event) => {
    event.stopPropagation(); // nobody sent anything: nothing is said of it
    const time = PATIENCE[asked++];
    if (!time) return;
    await pause(time);
    see();
  });
}

// No stream for whoever is signed out, here or elsewhere: the browser asks no more, and the page leaves for the door. Somebody
// who is writing keeps their words before them, and reads why nothing arrives and nothing can be sent.
function leave() {
  if (!live.isConnected) return;
  live.remove();
  isStale = false;
  waiting.clear();
  offer();
  mark?.replaceChildren();
  const field = written(document.body);
  if (!field) {
    location.replace(location.pathname + location.search);
    return;
  }
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  (field.closest("form") ?? field).append(line);
  line.textContent = sentence("say-out");
}

live?.addEventListener("htmx:sse:after:connection", (event) => {
  if (event.detail.connection.status === 204) leave();
});
live?.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.response?.status === 204) leave();
});
