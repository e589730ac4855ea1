// A score sheet while somebody fills it in: a number chooses a level, a level that asks for a reason opens its field,
// and nothing on the screen is lost. Without a script the same form is filled in by hand and sent by its buttons.
const KEPT = "minga:sheet:";
const KEPT_DAYS = 14;
const REST = 1500;
const EVERY = 8000; // the device keeps every change; a hall full of members asks one server, from one address
const LONGEST_WAIT = 6000;
const MOST_KEPT_ALIVE = 20_000; // of what outlives its page browsers take 64 kB
const WORTH_WAITING = [429, 502, 503, 504];

document.addEventListener("htmx:after:request", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const form = sourceElement?.closest?.("form[data-sheet]");
  if (!form || !response?.headers?.get("hx-location")) return;
  forget(form); // it was received, and leads on: nothing of it is stored behind it
  delete form.dataset.put;
});

/** Makes one form of a sheet listen, and puts back what was not received before. */
export function filling(form) {
  const cameBack = "cameBack" in form.dataset;
  const sheet = { form, stored: cameBack ? "" : said(form), onItsWay: null, timer: 0, asking: null, tries: 0, askedAt: 0, sends: 0, isOver: !form.dataset.put };
  form.addEventListener("keydown", (event) => chosenByNumber(form, event));
  form.addEventListener("change", (event) => opened(form, event.target));
  form.addEventListener("input", () => changed(sheet));
  form.addEventListener("submit", (event) => afterWhatIsOnItsWay(sheet, event), true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && isDirty(sheet) && store(sheet));
  document.querySelector("[data-thrown-away]")?.addEventListener("click", () => forget(form));
  if (cameBack) keep(sheet);
  else putBack(sheet);
}

// ---- What is filled in --------------------------------------------------------------------------------------------

const groups = (form) => [...form.querySelectorAll("[data-criterion]")];
const radios = (group) => [...group.querySelectorAll("input[type=radio]")];
const reasonOf = (group) => group.querySelector("textarea");

/** What stands on the form, as the API takes it. */
function said(form) {
  const scores = {};
  for (const group of groups(form)) {
    const level = radios(group).find((radio) => radio.checked)?.value ?? "";
    scores[group.dataset.criterion] = { level, reason: reasonOf(group).value };
  }
  return JSON.stringify(scores);
}

function put(form, scores) {
  for (const group of groups(form)) {
    const { level, reason } = JSON.parse(scores)[group.dataset.criterion] ?? {};
    for (const radio of radios(group)) radio.checked = radio.value === level;
    reasonOf(group).value = reason ?? "";
    if (reason || owes(group)) unfold(group);
  }
}

// ---- Keys, and the reason that a level asks for -------------------------------------------------------------------

/** Only while a level is in focus, so that no letter or number is taken from somebody who writes or listens. */
function chosenByNumber(form, event) {
  if (event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
  const group = event.target.closest("[data-criterion]");
  const key = [...group.querySelectorAll("kbd")].find((one) => one.textContent === event.key);
  const radio = key?.closest(".option").querySelector("input");
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  onwards(form, group);
}

function onwards(form, group) {
  if (owes(group) && !reasonOf(group).value.trim()) return reasonOf(group).focus();
  const all = groups(form);
  const next = all[all.indexOf(group) + 1];
  const place = next ? (radios(next).find((radio) => radio.checked) ?? radios(next)[0]) : form.querySelector("button[name=then]");
  (next ?? place).scrollIntoView({ block: "nearest" });
  place.focus();
}

const owes = (group) => group.dataset.owes.split(" ").includes(radios(group).find((radio) => radio.checked)?.value);
const unfold = (group) => reasonOf(group).closest("details")?.setAttribute("open", "");

function opened(form, field) {
  const group = field.closest("[data-criterion]");
  if (field.type === "radio" && owes(group)) unfold(group);
}

// ---- On this device, until the server has it ----------------------------------------------------------------------

const nameOf = (form) => KEPT + form.dataset.sheet;
const isDirty = (sheet) => said(sheet.form) !== sheet.stored;

function keep(sheet) {
  const { form } = sheet;
  const kept = JSON.stringify({ at: Date.now(), version: form.elements.version.value, scores: said(form) });
  if (device((storage) => (storage.setItem(nameOf(form), kept), true))) note(form, form.dataset.sayKept);
}

const forget = (form) => device((storage) => storage.removeItem(nameOf(form)));

/** What was filled in on the sheet as it stands is put back; what belongs to an earlier one is only offered. */
function putBack(sheet) {
  const { form } = sheet;
  const kept = device((storage) => JSON.parse(storage.getItem(nameOf(form)) ?? "null"));
  if (!kept) return;
  if (kept.scores === said(form) || Date.now() - kept.at > KEPT_DAYS * 86_400_000) return forget(form);
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  const before = said(form);
  const takeIn = () => {
    put(form, kept.scores);
    changed(sheet);
    line.replaceChildren(form.dataset.sayRestored, " ", throwAway);
  };
  const throwAway = button(form.dataset.sayThrowAway, () => {
    put(form, before);
    forget(form);
    if (isDirty(sheet)) changed(sheet);
    line.remove();
  });
  line.append(form.dataset.sayElsewhere, " ", button(form.dataset.sayPutIn, takeIn), " ", throwAway);
  form.prepend(line);
  if (kept.version === form.elements.version.value) takeIn();
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-quiet button-small";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** A browser may refuse to keep anything; then nothing is kept, and nothing breaks. */
function device(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}

// ---- On the server, as a draft ------------------------------------------------------------------------------------

function changed(sheet) {
  keep(sheet);
  inAWhile(sheet, Math.max(REST, sheet.askedAt + EVERY - Date.now()));
}

function inAWhile(sheet, wait) {
  clearTimeout(sheet.timer);
  if (!sheet.isOver) sheet.timer = setTimeout(() => store(sheet), wait);
}

/** One attempt. The same words go under the same key, so a lost answer is found again and its version is known. */
function store(sheet) {
  clearTimeout(sheet.timer);
  if (sheet.isOver || !sheet.form.isConnected || !sheet.form.dataset.put) return Promise.resolve();
  if (sheet.form.dataset.sent) return Promise.resolve(inAWhile(sheet, REST)); // it is on its way whole
  sheet.asking ??= ask(sheet).finally(() => (sheet.asking = null));
  return sheet.asking;
}

async function ask(sheet) {
  const { form } = sheet;
  const { version, form_key: key } = form.elements;
  sheet.onItsWay ??= { key: `${key.value}-${(sheet.sends += 1)}`, scores: said(form), version: Number(version.value) || null };
  const { scores, ...sent } = sheet.onItsWay;
  sheet.askedAt = Date.now();
  const headers = { "content-type": "application/json", "idempotency-key": sent.key };
  const body = JSON.stringify({ scores: JSON.parse(scores), version: sent.version });
  const keepalive = body.length < MOST_KEPT_ALIVE;
  const answer = await fetch(form.dataset.put, { method: "PUT", headers, body, keepalive }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok && told) return received(sheet, scores, told.version);
  if (!answer || !told || WORTH_WAITING.includes(answer.status)) return later(sheet, answer);
  sheet.onItsWay = null;
  if (answer.status === 422) return; // too long: its field says so, and the next change is tried again
  sheet.isOver = true;
  tell(form, told.code === "stale" ? form.dataset.sayStale : form.dataset.sayRefused);
  form.querySelector("[data-compare]").hidden = told.code !== "stale";
}

function received(sheet, scores, version) {
  const { form } = sheet;
  Object.assign(sheet, { stored: scores, onItsWay: null, tries: 0 });
  form.elements.version.value = version;
  tell(form, "");
  if (isDirty(sheet)) return changed(sheet);
  forget(form);
  note(form, form.dataset.sayStored);
}

function later(sheet, answer) {
  sheet.tries += 1;
  if (answer?.status !== 429) tell(sheet.form, sheet.form.dataset.sayWaiting);
  inAWhile(sheet, Math.min(500 * 2 ** sheet.tries, LONGEST_WAIT));
}

/** A draft on its way is waited for, or the sheet that is handed in would not know which version it replaces. */
async function afterWhatIsOnItsWay(sheet, event) {
  clearTimeout(sheet.timer);
  if (sheet.isOver || !sheet.onItsWay) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  if (sheet.waits) return;
  sheet.waits = true;
  while (sheet.onItsWay && !sheet.isOver && sheet.form.isConnected) {
    await store(sheet);
    clearTimeout(sheet.timer);
    if (sheet.onItsWay && !sheet.isOver) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  sheet.waits = false;
  sheet.form.requestSubmit(submitter);
}

// ---- What is said under the buttons -------------------------------------------------------------------------------

/** Where and when it was kept; not aloud, or it would be said at every rest. */
function note(form, words) {
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  form.querySelector("[data-kept-note]").textContent = words.replace("{time}", time);
}

/** What somebody has to know, once and aloud. */
function tell(form, words) {
  let line = form.querySelector("[data-patience]");
  if (!line && words) {
    line = document.createElement("p");
    line.className = "alert alert-wait";
    line.dataset.patience = "";
    line.setAttribute("role", "status");
    form.append(line);
  }
  if (!words) line?.remove();
  else if (line.textContent !== words) line.textContent = words;
}
