// The draft as text: CodeMirror in the place of each textarea, checked as it is typed.
import { editor } from "../../vendor/editor.js";
import { asker, later } from "./send.js";

const form = document.getElementById("text-form");
const words = JSON.parse(form.dataset.words);
const editors = new Map();
const found = { error: [], warning: [] };

for (const area of form.querySelectorAll("textarea")) {
  const place = form.querySelector(`.code[data-of="${area.name}"]`);
  area.hidden = true;
  editors.set(area.name, editor(place, {
    text: area.value,
    label: area.labels[0].textContent,
    phrases: words.phrases,
    complete: area.name === "text" ? complete : undefined,
    save: () => form.requestSubmit(),
    changed: (text) => {
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  }));
  // A kept text that is put back comes through the textarea.
  area.addEventListener("kept", () => { editors.get(area.name).text = area.value; });
  area.labels[0].addEventListener("click", () => editors.get(area.name).go(1, 1));
}

const askCheck = asker();
const askLint = asker();
const lint = later(600, () => ask(askLint, form.dataset.lint, "warning"));
const check = later(150, async () => {
  if (await ask(askCheck, form.dataset.check, "error") && !found.error.some((each) => each.of === "text")) lint();
});

async function ask(asker, url, severity) {
  const answer = await asker(url, new URLSearchParams(new FormData(form)));
  if (answer === null) return false;
  found[severity] = JSON.parse(answer);
  if (severity === "error") found.warning = [];
  show();
  return true;
}

function show() {
  const all = [...found.error, ...found.warning];
  for (const [name, each] of editors) {
    const own = all.filter((remark) => remark.of === name);
    each.remark(own);
    document.getElementById(`told-${name}`).replaceChildren(...own.map(line));
  }
  for (const [severity, template] of [["error", "words-errors"], ["warning", "words-warnings"]]) {
    const badge = form.querySelector(`[data-count=${severity}]`);
    badge.hidden = !found[severity].length;
    badge.textContent = document.getElementById(template).innerHTML.replace("#", found[severity].length);
  }
}

function line(remark) {
  const item = document.createElement("li");
  item.className = remark.severity;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "link" });
  button.textContent = `${form.dataset.lineWord} ${remark.line ?? 1}`;
  Object.assign(button.dataset, { line: remark.line ?? 1, column: remark.column ?? 1 });
  item.append(button, ` ${remark.message}`);
  return item;
}

form.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-line]");
  const of = button?.closest("ul").id.replace("told-", "");
  if (of) editors.get(of).go(Number(button.dataset.line), Number(button.dataset.column));
});
form.addEventListener("input", check);

// The keys of the section one is in, at the beginning of an entry; the policy's names elsewhere.
function complete(context) {
  const word = context.matchBefore(/[\w.]+/);
  if (!word && !context.explicit) return null;
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, (word?.from ?? context.pos) - line.from);
  const names = words.names.map((name) => ({ ...name, type: "variable" }));
  const keys = (words.keys[section(context.state.doc, line)] ?? [])
    .map((label) => ({ label, type: "property", apply: `${label}: ` }));
  const atKey = /^\s*(- )?$|[{,]\s*$/.test(before);
  return { from: word?.from ?? context.pos, options: atKey ? keys : names, validFor: /^[\w.]*$/ };
}

function section(doc, line) {
  if (/^\S|^$/.test(line.text)) return "";
  for (let number = line.number - 1; number; number--) {
    const top = /^(\w+):/.exec(doc.line(number).text);
    if (top) return top[1];
  }
  return "";
}

check();
