// What is nicer with a script. Every page works without it: nothing here may be the only way to do something.
// The words come from the page (data-say-… on <body>), so they follow its language.
import htmx from "htmx.org";
import { draggable } from "./board.js";

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

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.keep) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), 400));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.keep) return;
  clearTimeout(waiting.get(form));
  keep(form);
  stored((_, session) => session.setItem(SENT, form.dataset.keep));
});

/** A form that led on to another page was received, and its draft goes; if it came back or got lost, the draft stays. */
function received() {
  const key = stored((_, session) => session.getItem(SENT));
  stored((_, session) => session.removeItem(SENT));
  if (key && performance.getEntriesByType("navigation")[0]?.redirectCount) forget(key);
}

received();

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
const cameBack = () => document.querySelector(".error-summary") !== null;

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
  stored((store) => store.setItem(DRAFT + form.dataset.keep, JSON.stringify({ at: Date.now(), kept })));
}

/** Puts the draft into fields that nobody has touched since the page came. */
function restore(form) {
  const draft = stored((store) => JSON.parse(store.getItem(DRAFT + form.dataset.keep) ?? "null"));
  if (!draft || cameBack()) return;
  if (Date.now() - draft.at > DRAFT_DAYS * 86_400_000) return forget(form.dataset.keep);
  let restored = false;
  for (const field of keepable(form)) {
    const value = draft.kept[field.name];
    if (value === undefined || asItIs(field) !== asItCame(field)) continue;
    restored = put(field, isBox(field) ? value.includes(field.value) : value) || restored;
  }
  if (restored) tellKept(form);
}

/** Changes a field as a person would; whether there was anything to change. */
function put(field, value) {
  if (asItIs(field) === value) return false;
  field[isBox(field) ? "checked" : "value"] = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if (field.dataset.count) counted(field);
  return true;
}

function tellKept(form) {
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button button-quiet button-small";
  discard.textContent = say("Discard");
  discard.addEventListener("click", () => {
    forget(form.dataset.keep);
    keepable(form).forEach((field) => put(field, asItCame(field)));
    line.remove();
  });
  line.append(say("Restored"), discard);
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

// ---- When something goes wrong ------------------------------------------------------------------------------------

document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx?.response?.status >= 500) trouble();
});
document.addEventListener("htmx:error", () => trouble());

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
  all(".error-summary").forEach((summary) => summary.focus());
});
