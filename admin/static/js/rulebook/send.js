// Asking the server while somebody types: the newest question only, and what to say when nobody answers.
const notice = (id, shown) => {
  const element = document.getElementById(id);
  if (element) element.hidden = !shown;
};

/** An asker of one address, which gives up its last question for a newer one; null: no answer. */
export function asker() {
  let asking;
  return async (url, body) => {
    asking?.abort();
    const mine = asking = new AbortController();
    let answer;
    try {
      answer = await fetch(url, {
        method: "POST", body, signal: mine.signal,
        headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" },
      });
    } catch (error) {
      if (error.name !== "AbortError") notice("unanswered", true);
      return null;
    }
    // 401: the session has ended. 400 with nothing to show: it ended and another one began.
    notice("signed-out", answer.status === 401);
    notice("unanswered", !answer.ok && answer.status !== 401);
    return answer.status === 200 && asking === mine ? answer : null; // 204: somebody typed on
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
