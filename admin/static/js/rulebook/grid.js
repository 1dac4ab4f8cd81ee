// Tables of figures by the keyboard, as in a spreadsheet: arrows and Enter move, a block is pasted.
const CELL = "input:not([type=hidden], [type=checkbox], [type=radio]), select";
const cells = (row) => [...row.cells].map((cell) => cell.querySelector(CELL));

function neighbour(field, down, right) {
  const cell = field.closest("td");
  const row = cell?.parentElement;
  const rows = [...(row?.parentElement.rows ?? [])];
  for (let r = rows.indexOf(row) + down, c = cell?.cellIndex + right; rows[r]?.cells[c]; r += down, c += right) {
    const found = rows[r].cells[c].querySelector(CELL);
    if (found) return found;
  }
  return null;
}

const atStart = (field) => field.selectionStart === 0 && field.selectionEnd === field.value.length * (field.selectionEnd > 0);
const atEnd = (field) => field.selectionEnd === field.value.length && (field.selectionStart === field.selectionEnd || field.selectionStart === 0);

function step(event) {
  const { target, key, shiftKey } = event;
  if (key === "Enter") return [shiftKey ? -1 : 1, 0];
  // A list opens by the arrows: there Enter and Tab move.
  if (target.matches("select") || target.list) return null;
  if (key === "ArrowDown") return [1, 0];
  if (key === "ArrowUp") return [-1, 0];
  if (key === "ArrowLeft" && atStart(target)) return [0, -1];
  if (key === "ArrowRight" && atEnd(target)) return [0, 1];
  return null;
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(`table.writable :is(${CELL})`)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const by = step(event);
  if (!by) return;
  event.preventDefault(); // Enter would save the form
  const next = neighbour(event.target, ...by);
  next?.focus();
  next?.select?.();
});

function write(field, value) {
  if (field.matches("select")) {
    const option = [...field.options].find((each) => each.value === value || each.text.trim() === value);
    if (!option) return false;
    field.value = option.value;
  } else {
    field.focus({ preventScroll: true });
    field.select();
    // Typed rather than set, so that the browser's own undo knows it.
    if (!document.execCommand(value ? "insertText" : "delete", false, value)) field.value = value;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

document.addEventListener("paste", (event) => {
  const first = event.target.closest?.(`table.writable :is(${CELL})`);
  const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
  if (!first || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const cell = first.closest("td");
  const rows = [...cell.parentElement.parentElement.rows];
  const top = rows.indexOf(cell.parentElement);
  let missed = 0;
  text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((value, right) => {
    const field = rows[top + down] && cells(rows[top + down])[cell.cellIndex + right];
    if (!field || !write(field, value.trim())) missed += 1;
  }));
  first.focus({ preventScroll: true });
  const said = document.getElementById("grid-said");
  if (!said) return;
  said.hidden = !missed;
  said.textContent = missed ? said.dataset.missed.replace("#", missed) : "";
});
