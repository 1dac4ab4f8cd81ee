// Asking the server while somebody types: the newest question only, and what to say when nobody answers.
const notice = (id, shown) => {
  const element = document.getElementById(id);
  if (element) element.hidden = !shown;
};

/** An asker of one address, which gives up its last question for a newer one; it gives the answer's text, or null. */
export function asker() {
  let asking;
  return async (url, body) => {
    asking?.abort();
    const mine = asking = new AbortController();
    body.delete("idempotency_key"); // it is the form's own, for when that is sent; each question is another
    let answer, text;
    try {
      answer = await fetch(url, {
        method: "POST", body, signal: mine.signal,
        headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" },
      });
      text = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") notice("unanswered", true);
      return null;
    }
    // 401: the session has ended.
    notice("signed-out", answer.status === 401);
    notice("unanswered", !answer.ok && answer.status !== 401);
    return answer.status === 200 && asking === mine ? text : null; // 204: somebody typed on
  };
}

/** Call `work` once `milliseconds` have passed without another call. */
export function later(milliseconds, work) {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, milliseconds);
  };
}
