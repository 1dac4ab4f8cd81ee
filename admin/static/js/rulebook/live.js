// The form of a draft while somebody types: checked at once, then the curves, then what is doubtful.
import { asker, later } from "./send.js";

const form = document.getElementById("draft-form");
const askCheck = asker();
const askCurves = asker();
const askLint = asker();
const told = { faults: new Map(), doubts: new Map() };
for (const slot of form.querySelectorAll(".slot:not(:empty)")) told.faults.set(slot.id, slot.innerHTML);

// Of thousands of fields only those that were changed are sent; all of them where the page
// itself shows values that no edit has.
function typed() {
  const all = new FormData(form);
  if ("unsaved" in form.dataset || form.dataset.edit !== form.elements.namedItem("edit").value) return new URLSearchParams(all);
  const body = new URLSearchParams();
  for (const field of form.elements) {
    if (!field.name || field.type === "submit" || field.type === "button") continue;
    const kept = field.options ? [...field.options].every((each) => each.selected === each.defaultSelected)
      : field.type === "checkbox" || field.type === "radio" ? field.checked === field.defaultChecked
      : field.value === field.defaultValue;
    if (field.type === "hidden" || !kept) for (const value of all.getAll(field.name)) body.append(field.name, value);
  }
  return body;
}

async function page(ask, url) {
  const answer = await ask(url, typed());
  return answer === null ? null : new DOMParser().parseFromString(answer, "text/html");
}

const check = later(120, async () => {
  const answer = await page(askCheck, form.dataset.check);
  if (!answer) return;
  for (const id of ["verdict", "bar-state", "weights"]) swap(document.getElementById(id), answer.getElementById(id));
  tell("faults", answer);
  form.dataset.checked = Number(form.dataset.checked ?? 0) + 1;
  draw();
  lint();
});
const draw = later(30, async () => {
  const answer = await page(askCurves, form.dataset.curves);
  if (!answer) return;
  for (const drawing of answer.querySelectorAll(".drawing")) {
    if (document.getElementById(drawing.id.replace("curve-", "entry-"))?.dataset.entry) continue; // not open yet
    swap(document.getElementById(drawing.id) ?? place(drawing), drawing);
  }
});
const lint = later(700, async () => {
  const answer = await page(askLint, form.dataset.lint);
  if (!answer) return;
  swap(document.getElementById("warnings"), answer.getElementById("warnings"));
  tell("doubts", answer);
});

/** Put the children of one element in the place of another's, where they differ. */
function swap(old, now) {
  if (!old || !now || old.innerHTML === now.innerHTML) return;
  if (now.className) old.className = now.className;
  old.replaceChildren(...now.childNodes);
}

/** Say at the fields what is to be said now, and take away what no longer is. */
function tell(what, answer) {
  const before = told[what];
  const now = new Map([...answer.querySelectorAll(`[data-${what}]`)].map((each) => [each.dataset[what], each.innerHTML]));
  told[what] = now;
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    if (before.get(id) === now.get(id)) continue;
    tellAt(id);
  }
}

function tellAt(id) {
  const slot = document.getElementById(id);
  if (!slot) return;
  slot.innerHTML = (told.faults.get(id) ?? "") + (told.doubts.get(id) ?? "");
  const field = document.getElementById(id.replace("slot-", "field-"));
  if (field) field.toggleAttribute("aria-invalid", told.faults.has(id));
  if (told.faults.has(id)) field?.setAttribute("aria-invalid", "true");
}

/** Make room for a curve whose KPI has no table on the form. */
function place(drawing) {
  const section = document.getElementById("part-curves");
  section.hidden = false;
  const box = Object.assign(document.createElement("div"), { className: "one-table" });
  const title = Object.assign(document.createElement("h3"), { textContent: drawing.dataset.name });
  const room = Object.assign(document.createElement("div"), { className: "drawing", id: drawing.id });
  box.append(title, room);
  section.querySelector(".tables").append(box);
  return room;
}

form.addEventListener("filled", ({ detail }) => {
  for (const slot of detail.querySelectorAll(".slot")) if (told.faults.has(slot.id) || told.doubts.has(slot.id)) tellAt(slot.id);
  draw();
});
form.addEventListener("input", check);
form.addEventListener("change", check);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".bar button.primary"));
  }
});
draw();
lint();
