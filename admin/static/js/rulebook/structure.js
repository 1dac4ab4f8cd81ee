// Buttons that change what the form consists of: the page comes anew, at the place where one was.
const form = document.getElementById("draft-form");
const KEPT = "kaoheng structure";

// Where the page stood, and which entries were open, outlives the request.
form.addEventListener("submit", (event) => {
  if (!event.submitter?.formAction.endsWith("/structure")) return;
  const open = [...form.querySelectorAll("details.entry[open]")].map((each) => each.id);
  const folded = [...form.querySelectorAll("details.entry:not([open])")].map((each) => each.id);
  sessionStorage.setItem(KEPT, JSON.stringify({ at: scrollY, open, folded, path: location.pathname.replace(/\/draft\/.*$/, "/draft") }));
});

const before = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
sessionStorage.removeItem(KEPT);
if (before && location.pathname.startsWith(before.path)) {
  for (const [ids, open] of [[before.open, true], [before.folded, false]]) {
    for (const id of ids) document.getElementById(id)?.toggleAttribute("open", open);
  }
  scrollTo({ top: before.at, behavior: "instant" });
  const now = form.dataset.opened && document.getElementById(`field-${form.dataset.opened.replaceAll(".", "-")}`);
  if (now) {
    now.closest("details")?.setAttribute("open", "");
    (now.matches("input, select") ? now : now.querySelector("input, select"))?.focus();
  }
}

// Enter in a name beside a button presses that button, not the form's first.
form.addEventListener("keydown", (event) => {
  const button = event.key === "Enter" && event.target.closest(".choose")?.querySelector("button");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
