// If someone answers that anyone may be in danger, shows the crisis numbers right away; the form works as before. Without this script, the numbers are on
// the next page.
const answers = document.querySelectorAll("input[name=danger]");
const help = document.querySelector("[data-danger-help]");
const show = () => {
  const chosen = document.querySelector("input[name=danger]:checked")?.value;
  if (help) help.hidden = chosen !== "yes" && chosen !== "unsure";
};
for (const answer of answers) answer.addEventListener("change", show);
// A browser may restore the answer with the page.
addEventListener("pageshow", show);
show();
