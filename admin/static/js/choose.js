// "All": one box that ticks the boxes of its form, and follows them.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  const all = form?.querySelector("[data-choose-all]");
  if (!all) return;
  const boxes = [...form.querySelectorAll("input[name=review]")];
  if (target === all) boxes.forEach((box) => { box.checked = all.checked; });
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && !all.checked;
});
