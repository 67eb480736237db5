// Where someone answers that they or another may be in danger, the numbers show at once; the form works on as before. Without this script they stand on
// the page after it.
const answers = document.querySelectorAll("input[name=danger]");
const help = document.querySelector("[data-danger-help]");
const show = () => {
  const chosen = document.querySelector("input[name=danger]:checked")?.value;
  if (help) help.hidden = chosen !== "yes" && chosen !== "unsure";
};
for (const answer of answers) answer.addEventListener("change", show);
// A browser may bring the answer back with the page.
addEventListener("pageshow", show);
show();
