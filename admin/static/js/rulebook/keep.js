// Typing that is not saved stays in this browser: after a reload, a crash, or a session that ended.
// What a page shows is left out, so once it is saved nothing is kept any more.
import { later } from "./send.js";

const AGE = 30 * 24 * 3600 * 1000; // a month
const form = document.querySelector("form[data-keep]");
const key = `kaoheng ${form.dataset.keep}`;
const banner = document.getElementById("kept");

const plain = (text) => (text ?? "").replace(/\r\n/g, "\n").trim();
const fields = () => [...form.elements].filter((each) => each.matches("input:not([type=hidden]), textarea, select") && each.name && !("unkept" in each.dataset));
export const isChanged = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  return field.value !== field.defaultValue;
};
const value = (field) => field.type === "checkbox" || field.type === "radio" ? String(field.checked) : field.value;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "null");
    return found && Date.now() - found.at < AGE ? found : null;
  } catch {
    return null; // no storage, or not ours
  }
}

function keep() {
  const typed = fields().filter(isChanged).map((field) => [field.id || field.name, field.name, value(field)]);
  try {
    if (typed.length) localStorage.setItem(key, JSON.stringify({ edit: form.dataset.edit, at: Date.now(), typed }));
    else localStorage.removeItem(key);
  } catch {
    // Without room or leave to keep anything, the page works as it would without this.
  }
}

function find([id, name]) {
  const field = document.getElementById(id) ?? form.elements.namedItem(name);
  return field instanceof Element ? field : null;
}

function putBack({ edit, typed }) {
  // Begun on an older edit: the server lays it over the newest one and shows both.
  form.elements.namedItem("edit").value = edit;
  for (const each of typed) {
    let field = find(each);
    if (!field) { // not on this page: its entry is folded, or only the edit that it was typed into has it
      field = Object.assign(document.createElement("input"), { type: "hidden", name: each[1] });
      field.dataset.waiting = "";
      form.append(field);
    }
    if (field.type === "checkbox" || field.type === "radio") field.checked = each[2] === "true";
    else field.value = each[2];
    field.dispatchEvent(new Event("kept"));
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const before = kept();
const differing = before?.typed.filter((each) => {
  const field = find(each);
  return !field || plain(value(field)) !== plain(each[2]);
});
if (differing?.length) {
  banner.querySelector("[data-when]").textContent = new Date(before.at).toLocaleString(document.documentElement.lang);
  banner.hidden = false;
  banner.querySelector("[data-put-back]").addEventListener("click", () => {
    banner.hidden = true;
    putBack(before);
  });
  banner.querySelector("[data-throw-away]").addEventListener("click", () => {
    banner.hidden = true;
    keep();
  });
} else if (before) {
  keep();
}

// Until one has decided about what is kept, it stays.
const write = () => { if (banner.hidden) keep(); };
const soon = later(300, write);
form.addEventListener("input", soon);
form.addEventListener("change", soon);
window.addEventListener("pagehide", write);
