// Of a policy with very many fields, those of an entry come when it is opened.
const form = document.getElementById("draft-form");

async function fill(entry) {
  if (!entry.dataset.entry) return;
  const of = entry.dataset.entry;
  delete entry.dataset.entry;
  const body = new URLSearchParams();
  for (const name of ["edit", "text", "cases"]) {
    const field = form.elements.namedItem(name);
    if (field) body.append(name, field.value);
  }
  const answer = await fetch(`${form.dataset.entry}?${new URLSearchParams({ of })}`, {
    method: "POST", body,
    headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok) {
    entry.dataset.entry = of;
    entry.open = false;
    document.getElementById(answer?.status === 401 ? "signed-out" : "unanswered").hidden = false;
    return;
  }
  entry.insertAdjacentHTML("beforeend", await answer.text());
  takeKept(entry);
  form.dispatchEvent(new CustomEvent("filled", { detail: entry }));
}

/** Give the fields what was put back while they were not here. */
function takeKept(entry) {
  for (const kept of form.querySelectorAll(":scope > input[type=hidden][data-waiting]")) {
    const field = [...entry.querySelectorAll("[name]")].find((each) => each.name === kept.name);
    if (!field) continue;
    field.value = kept.value;
    kept.remove();
  }
}

form.addEventListener("toggle", ({ target }) => {
  if (target.open) fill(target);
}, true);

/** Show what an address points at, also where its entry has to be opened or filled first. */
async function show() {
  const id = decodeURIComponent(location.hash.slice(1));
  const found = document.getElementById(id);
  const entry = found?.closest("details.entry") ?? entryOf(id);
  if (!entry) return;
  entry.open = true;
  await fill(entry);
  document.getElementById(id)?.scrollIntoView({ block: "center" });
}

function entryOf(id) {
  const parts = id.replace(/^(field|slot|curve)-/, "entry-").split("-");
  for (let count = parts.length; count > 1; count -= 1) {
    const found = document.getElementById(parts.slice(0, count).join("-"));
    if (found?.matches("details.entry")) return found;
  }
  return null;
}
addEventListener("hashchange", show);
show();
