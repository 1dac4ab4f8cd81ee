// What pages need beyond plain HTML: htmx sends the form token, and shows refusals in place;
// what was done is announced.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

// A refusal (400, 403, 409) is an answer to show, not a failure to drop.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 403, 404, 409, 413].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// Readers of screens announce what changes in a region, not what a page came with.
for (const done of document.querySelectorAll("[data-done]")) {
  setTimeout(() => done.replaceChildren(...done.childNodes), 500);
}
