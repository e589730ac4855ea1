// What is nicer with a script. Every page works without it: nothing here may be the only way to do something.
// The words come from the page (data-say-… on <body>), so they follow its language.
import htmx from "htmx.org";
import { draggable } from "./board.js";

const say = (name) => document.body.dataset[`say${name}`] ?? "";
const DRAFT = "minga:draft:";
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
  if (form.method === "get") return;
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

/** Fields about the person (they name their autocomplete) are never kept: the computer may be a library's. */
const keepable = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name && !field.autocomplete?.trim() && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.closest("[data-keep-not]"),
  );

function keep(form) {
  const kept = {};
  for (const field of keepable(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) (kept[field.name] ??= []).push(field.value);
    } else if (field.value) kept[field.name] = field.value;
  }
  stored((store) => store.setItem(DRAFT + form.dataset.keep, JSON.stringify({ at: Date.now(), kept })));
}

function restore(form) {
  const draft = stored((store) => JSON.parse(store.getItem(DRAFT + form.dataset.keep) ?? "null"));
  if (!draft || form.querySelector("[aria-invalid=true]")) return;
  if (Date.now() - draft.at > DRAFT_DAYS * 86_400_000) return forget(form.dataset.keep);
  let restored = false;
  for (const field of keepable(form)) {
    const value = draft.kept[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.value === "" || field.tagName === "SELECT") field.value = value;
    else continue;
    restored = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (field.dataset.count) counted(field);
  }
  if (restored) tellKept(form);
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
    keepable(form).forEach((field) => (["checkbox", "radio"].includes(field.type) ? (field.checked = field.defaultChecked) : (field.value = field.defaultValue ?? "")));
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
    return act(window.localStorage);
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
  all("[data-keep-clear]").forEach((place) => forget(place.dataset.keepClear));
  all("form[data-keep]").forEach(restore);
  all("[data-count]").forEach(counted);
  all("[data-board]").forEach(draggable);
  all(".error-summary").forEach((summary) => summary.focus());
});
