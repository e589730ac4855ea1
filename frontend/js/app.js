// What is nicer with a script. Every page works without it: nothing here may be the only way to do something.
// The words come from the page (data-say-… on <body>), so they follow its language.
import htmx from "htmx.org";
import { draggable } from "./board.js";
import { filling } from "./sheet.js";

const say = (name) => document.body.dataset[`say${name}`] ?? "";
const DRAFT = "minga:draft:";
const SENT = "minga:sent";
const DRAFT_DAYS = 14;

// ---- Sending once -------------------------------------------------------------------------------------------------

document.addEventListener("submit", confirmed, true);
document.addEventListener("submit", sentOnce);
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(released));
document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx?.sourceElement?.closest?.("form");
  if (form) released(form);
});

/** Asks before an act that cannot be taken back; the button's own question goes before the form's. */
function confirmed(event) {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

/** A second click sends nothing. The button is not disabled, so that its name and value still travel. */
function sentOnce(event) {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.method === "get" || form.dataset.stays) return; // what stays gets a file, and may be sent again
  form.dataset.sent = "yes";
  buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
}

function released(form) {
  delete form.dataset.sent;
  buttons(form).forEach((button) => button.removeAttribute("aria-disabled"));
}

const buttons = (form) => form.querySelectorAll("button:not([type=button]), input[type=submit]");

// ---- Counting characters ------------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  if (event.target.dataset?.count) counted(event.target);
});

/** Says how many are left, aloud only when the typing rests and the end is near. */
function counted(field) {
  const place = document.getElementById(`${field.id}-count`);
  if (!place) return;
  const left = Number(field.dataset.count) - [...field.value].length;
  const number = Math.abs(left).toLocaleString(document.documentElement.lang);
  place.textContent = say(left < 0 ? "Over" : "Left").replace("{count}", number);
  place.classList.toggle("is-over", left < 0);
  place.setAttribute("aria-live", left < Number(field.dataset.count) / 10 ? "polite" : "off");
}

// ---- Keeping what was written -------------------------------------------------------------------------------------

const waiting = new WeakMap();
const storing = new WeakMap();
const lastStored = new WeakMap();
const STORED_EVERY = 15_000; // the device keeps every word; the server is asked seldom, so that the last hour is not lost to it
const AN_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.keep || "keepNever" in form.dataset) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), 400));
  clearTimeout(storing.get(form));
  const rest = (lastStored.get(form) ?? 0) + STORED_EVERY - Date.now();
  if (form.dataset.draft) storing.set(form, setTimeout(() => store(form), Math.max(1500, rest)));
});

/** Whoever turns to something else may not come back to this window: what waits is stored at once. */
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (storing.has(form)) store(form);
  }
});

/** Keeps the draft on the server too, once it says where its writer is reached; if that fails, the device has it. */
async function store(form, more = {}) {
  clearTimeout(storing.get(form));
  storing.delete(form);
  if (!AN_ADDRESS.test(form.elements.contact?.value.trim() ?? "")) return;
  lastStored.set(form, Date.now());
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: true }).catch(() => null);
  if (answer?.ok && !more.discard) noteKept(form, form.dataset.sayStored);
}

/** Says under the buttons that and when it was kept; not aloud, or it would be said at every rest. */
function noteKept(form, words) {
  const place = form.querySelector("[data-kept-note]");
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  if (place && words) place.textContent = words.replace("{time}", time);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.keep || (event.defaultPrevented && !form.matches("[hx-post]"))) return;
  clearTimeout(waiting.get(form));
  clearTimeout(storing.get(form));
  storing.delete(form); // what is on its way is not stored once more behind it
  if (!("keepNever" in form.dataset)) keep(form);
  if (!leadsAside(event.submitter)) stored((_, session) => session.setItem(SENT, form.dataset.keep));
});

/** A form that led on to another page was received, and its draft goes; if it came back or got lost, the draft stays. */
function received() {
  const key = stored((_, session) => session.getItem(SENT));
  stored((_, session) => session.removeItem(SENT));
  if (key && performance.getEntriesByType("navigation")[0]?.redirectCount) forget(key);
}

received();

/** A button that leads elsewhere than its form: what was written is not sent by it, and stays here. */
const leadsAside = (button) => button?.hasAttribute("formaction") ?? false;

/** Fields about the person (they name their autocomplete) are never kept: the computer may be a library's. */
const keepable = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name && !field.autocomplete?.trim() && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.closest("[data-keep-not]"),
  );

const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const asChosen = (list) => ([...list.options].find((option) => option.defaultSelected) ?? list.options[0])?.value;
const asItCame = (field) => (isBox(field) ? field.defaultChecked : field.options ? asChosen(field) : field.defaultValue);
const asItIs = (field) => (isBox(field) ? field.checked : field.value);
const cameBack = () => document.querySelector(".error-summary, form[data-came-back]") !== null;

/** Keeps what was changed; of a form that came back all of it, because what it says first is what was typed. */
function keep(form) {
  const fields = keepable(form);
  const changed = new Set(fields.filter((field) => cameBack() || asItIs(field) !== asItCame(field)).map((field) => field.name));
  const kept = {};
  for (const field of fields.filter((one) => changed.has(one.name))) {
    if (!isBox(field)) kept[field.name] = field.value;
    else kept[field.name] = [...(kept[field.name] ?? []), ...(field.checked ? [field.value] : [])];
  }
  if (!changed.size) return forget(form.dataset.keep);
  const draft = form.elements.draft?.value;
  stored((store) => store.setItem(DRAFT + form.dataset.keep, JSON.stringify({ at: Date.now(), kept, draft, files: hasFiles(form) })));
  noteKept(form, form.dataset.sayKept);
}

const hasFiles = (form) => form.querySelector("[name=kept_file]:checked") !== null || [...form.elements].some((one) => one.files?.length);

/** Puts the draft into fields that nobody has touched since the page came. */
function restore(form) {
  const draft = stored((store) => JSON.parse(store.getItem(DRAFT + form.dataset.keep) ?? "null"));
  if (!draft || cameBack()) return;
  if (Date.now() - draft.at > DRAFT_DAYS * 86_400_000) return forget(form.dataset.keep);
  let restored = false;
  for (const field of keepable(form)) {
    const value = draft.kept[field.name];
    if (value === undefined || asItIs(field) !== asItCame(field)) continue;
    const isNew = put(field, isBox(field) ? value.includes(field.value) : value);
    if (isNew) field.closest("details")?.setAttribute("open", "");
    restored = isNew || restored;
  }
  if (restored && draft.draft && form.elements.draft) form.elements.draft.value = draft.draft;
  if (restored) tellKept(form, draft.files);
}

/** Changes a field as a person would; whether there was anything to change. */
function put(field, value) {
  if (asItIs(field) === value) return false;
  field[isBox(field) ? "checked" : "value"] = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if (field.dataset.count) counted(field);
  return true;
}

function tellKept(form, hadFiles) {
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button button-quiet button-small";
  discard.textContent = say("Discard");
  discard.addEventListener("click", () => {
    forget(form.dataset.keep);
    if (form.dataset.draft) store(form, { discard: "yes" });
    keepable(form).forEach((field) => put(field, asItCame(field)));
    line.remove();
  });
  line.append(`${say("Restored")} ${hadFiles ? say("Files") : ""} `, discard);
  form.prepend(line);
}

function forget(key) {
  stored((store) => store.removeItem(DRAFT + key));
}

/** A browser may refuse to store anything; then nothing is kept, and nothing breaks. */
function stored(act) {
  try {
    return act(window.localStorage, window.sessionStorage);
  } catch {
    return null;
  }
}

// ---- Forms that stay on the page until there is an answer ---------------------------------------------------------

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  request.action = request.submitter?.getAttribute("formaction") ?? request.action;
});

/** Where an answer leads elsewhere the browser goes there itself: its title, its focus and its history are right then. */
document.addEventListener("htmx:after:request", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const address = response?.headers?.get("hx-location");
  if (!address) return;
  event.preventDefault();
  const form = sourceElement?.closest?.("form[data-keep]");
  if (form && !leadsAside(pressed.get(form))) forget(form.dataset.keep);
  window.location.assign(address);
});

// ---- Sending on a bad connection ----------------------------------------------------------------------------------

const PATIENCE = 90_000; // a server starts again within a minute, and a bus leaves its tunnel
const LONGEST_WAIT = 8000;
const WORTH_WAITING = [429, 502, 503, 504];
const trying = new WeakMap();
const pressed = new WeakMap();

document.addEventListener("submit", (event) => pressed.set(event.target, event.submitter), true);

/** Whether the form that asked is patient, and the answer one that may be better in a moment; then it is sent again. */
function waits(event) {
  const context = event.detail.ctx;
  const form = context?.sourceElement?.closest?.("form[data-patient]");
  const status = context?.response?.status ?? 0;
  if (!form || (status && !WORTH_WAITING.includes(status))) return false;
  context.status = "waiting"; // nothing is swapped
  setTimeout(() => sendAgain(form), 0); // after the form was released
  return true;
}

/** The same again, with the same key, so that the server does it once however often it arrives. */
function sendAgain(form) {
  const { began, times } = trying.get(form) ?? { began: Date.now(), times: 0 };
  if (Date.now() - began > PATIENCE) {
    trying.delete(form);
    return sayUnder(form, form.dataset.sayGaveUp);
  }
  trying.set(form, { began, times: times + 1 });
  sayUnder(form, form.dataset.sayWaiting);
  setTimeout(() => form.isConnected && form.requestSubmit(pressed.get(form)), Math.min(1000 * 2 ** times, LONGEST_WAIT));
}

function sayUnder(form, words) {
  let line = form.querySelector("[data-patience]");
  if (!line) {
    line = document.createElement("p");
    line.className = "alert alert-wait";
    line.dataset.patience = "";
    line.setAttribute("role", "status");
    form.append(line);
  }
  if (line.textContent !== words) line.textContent = words;
}

// ---- When something goes wrong ------------------------------------------------------------------------------------

document.addEventListener("htmx:response:error", (event) => {
  if (!waits(event) && event.detail.ctx?.response?.status >= 500) trouble();
});
document.addEventListener("htmx:error", (event) => {
  if (!waits(event)) trouble();
});

/** One notice, whatever failed and however often. */
function trouble() {
  let notice = document.getElementById("trouble");
  if (!notice) {
    notice = document.createElement("div");
    notice.id = "trouble";
    notice.className = "alert alert-bad trouble";
    notice.setAttribute("role", "alert");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-quiet";
    close.textContent = say("Close");
    close.addEventListener("click", () => notice.remove());
    notice.append(document.createElement("p"), close);
    document.body.append(notice);
  }
  notice.firstElementChild.textContent = say("Trouble");
}

// ---- On every new piece of page -----------------------------------------------------------------------------------

htmx.onLoad((piece) => {
  const all = (selector) => [...(piece.matches?.(selector) ? [piece] : []), ...piece.querySelectorAll(selector)];
  all("form[data-keep]").forEach(restore);
  all("[data-count]").forEach(counted);
  all("[data-board]").forEach(draggable);
  all("form[data-sheet]").forEach(filling);
  all("[data-title]").forEach((place) => (document.title = place.dataset.title));
  if (piece !== document.body) document.querySelector(".notice")?.remove(); // it spoke of what was there before
  all(".error-summary").forEach((place) => place.focus());
  if (document.activeElement === document.body) all("[data-focus]").forEach((place) => place.focus()); // else somebody is on the way
  if (piece.id === "main") piece.focus();
});
