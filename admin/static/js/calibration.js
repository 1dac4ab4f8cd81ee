// The board of a calibration session: cards are moved by dragging or by keys, and follow what others do.
const FAR = 6; // pixels before a press becomes a drag
const OFTEN = 5000; // milliseconds between two looks at what others did
const said = document.getElementById("calibration-said");
let drag = null;
let busy = false;

const board = () => document.getElementById("calibration");
const dialog = () => document.getElementById("move-dialog");
const columnOf = (element) => element?.closest(".board-column");
const linkOf = (key) => board().querySelector(`[data-key="${CSS.escape(key)}"] a`);

/** Ask for the reason of a move to `grade`; the form is the one that the page carries. */
function ask(card, grade, typed) {
  const form = dialog().querySelector("form");
  form.action = card.dataset.url;
  form.dataset.key = card.dataset.key;
  form.elements.namedItem("version").value = card.dataset.version;
  document.getElementById("move-title").textContent = card.querySelector("a").textContent;
  if (!typed) {
    form.elements.namedItem("grade").value = grade;
    form.elements.namedItem("reason").value = "";
    form.querySelector(".notice")?.remove();
  }
  dialog().showModal();
  form.elements.namedItem("reason").focus();
}

/** Put a newer board in the place of the one that is shown, and the focus where it was. */
function replace(text, focused) {
  const key = focused ?? document.activeElement?.closest?.("[data-key]")?.dataset.key;
  const now = new DOMParser().parseFromString(text, "text/html").getElementById("calibration");
  if (!now) return window.location.reload();
  board().replaceWith(now);
  window.htmx?.process(board());
  const refused = dialog()?.dataset.refused;
  const card = refused && board().querySelector(`[data-key="${CSS.escape(refused)}"][data-url]`);
  if (card) return ask(card, null, true);
  if (key) linkOf(key)?.focus();
}

async function send(form) {
  busy = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
    const text = await answer.text();
    const key = form.dataset.key;
    const grade = form.elements.namedItem("grade").value;
    const name = document.getElementById("move-title").textContent;
    dialog().close();
    replace(text, key);
    if (answer.ok) said.textContent = `${name} → ${grade}`;
  } finally {
    busy = false;
  }
}

/** Look whether somebody else changed the board; not while something is being moved here. */
async function follow() {
  if (busy || drag || document.hidden || dialog()?.open) return;
  const url = new URL(board().dataset.part, window.location.href);
  url.searchParams.set("version", board().dataset.version);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 200 && !busy && !drag && !dialog()?.open) replace(await answer.text());
}

function drop(column) {
  const { card } = drag;
  if (column && column !== columnOf(card)) ask(card, column.dataset.grade);
}

function release() {
  drag?.card.classList.remove("dragging");
  drag?.card.style.removeProperty("transform");
  for (const each of document.querySelectorAll(".over-it")) each.classList.remove("over-it");
  drag = null;
}

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.(".board-card[data-url]");
  if (!card || event.button !== 0) return;
  if (event.pointerType === "touch" && !event.target.closest(".grip")) return;
  drag = { card, x: event.clientX, y: event.clientY, moving: false };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.moving && Math.hypot(x, y) < FAR) return;
  drag.moving = true;
  drag.card.classList.add("dragging");
  drag.card.style.transform = `translate(${x}px, ${y}px)`;
  const over = columnOf(document.elementFromPoint(event.clientX, event.clientY));
  for (const each of document.querySelectorAll(".board-column")) each.classList.toggle("over-it", each === over);
});
document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { moving } = drag;
  if (moving) {
    drop(columnOf(document.elementFromPoint(event.clientX, event.clientY)));
    // The click that ends a drag opens nothing.
    const swallow = (click) => click.preventDefault();
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
  }
  release();
});
document.addEventListener("pointercancel", release);

document.addEventListener("click", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.closest?.("[data-close]")) return dialog().close();
  const card = event.target.closest?.(".board-card[data-url]");
  if (!card || !event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask(card, columnOf(card).dataset.grade);
});
document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".board-card");
  if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
  const columns = [...document.querySelectorAll(".board-column")];
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const along = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (aside && card.dataset.url) {
    const to = columns[columns.indexOf(columnOf(card)) + aside];
    if (to) ask(card, to.dataset.grade);
    event.preventDefault();
  } else if (along) {
    card[along]?.querySelector("a")?.focus();
    event.preventDefault();
  }
});
document.addEventListener("submit", (event) => {
  if (event.target !== dialog()?.querySelector("form")) return;
  event.preventDefault();
  send(event.target);
});
window.addEventListener("focus", follow);
setInterval(follow, OFTEN);
