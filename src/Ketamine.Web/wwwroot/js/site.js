// What browsers can't do without a script yet. Every page works without this.

// Opens a collapsed answer if the address points into it.
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

// Escape, or a click elsewhere, closes the menu.
const menu = document.querySelector(".header__menu");
menu?.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
addEventListener("click", event => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// Escape hides a reference shown at its mark until the pointer or the focus returns.
const putAway = item => {
  item.classList.add("citation__item--quiet");
  const again = () => item.classList.remove("citation__item--quiet");
  item.addEventListener("pointerleave", again, { once: true });
  item.addEventListener("focusout", again, { once: true });
};
addEventListener("keydown", event => {
  const item = event.key === "Escape" && document.querySelector(".citation__item:is(:hover, :focus-within)");
  if (item) putAway(item);
});

// Without hover, a tap on a mark shows its reference in place, and a second tap goes to the list.
let tapped;
addEventListener("click", event => {
  const mark = event.target.closest(".citation__link");
  if (!mark && event.target.closest(".citation__note")) return;
  if (mark && mark !== tapped && event.pointerType === "touch") {
    event.preventDefault();
    mark.focus({ preventScroll: true });
    tapped = mark;
    return;
  }
  if (!tapped) return;
  tapped.blur();
  if (mark === tapped) putAway(mark.parentElement);
  tapped = undefined;
});

// "Next open time" on a page that is the same for everyone: fetched separately, after all that the page shows, and left out if the request fails.
const next = document.querySelectorAll("[data-next-free]");
const askNext = () => fetch(next[0].dataset.nextFree).then(answer => answer.ok && answer.status === 200 ? answer.text() : "").then(words => {
  if (words) for (const link of next) link.textContent = words;
}).catch(() => {});
const whenIdle = () => window.requestIdleCallback ? requestIdleCallback(askNext, { timeout: 2000 }) : setTimeout(askNext);
if (next.length && document.readyState === "complete") whenIdle();
else if (next.length) addEventListener("load", whenIdle);

// The intervals during which the clinic is open, in minutes since 1970, from the page.
const minute = Math.floor(Date.now() / 60000);
const stretches = text => text.split(" ").filter(Boolean).map(stretch => stretch.split("-").map(Number));
const openNow = all => all.find(([from, to]) => from <= minute && minute < to);

// While no one answers the phone, the bar offers a message instead.
const call = document.querySelector(".bar [data-open][data-closed]");
if (call && !openNow(stretches(call.dataset.open))) [call.href, call.textContent] = ["/contact", call.dataset.closed];

// Next to the hours: whether the clinic is open now. Says nothing if the next opening is too far away.
for (const place of document.querySelectorAll("[data-open-now]")) {
  const all = stretches(place.dataset.openNow);
  const open = openNow(all);
  const next = all.find(([from]) => from > minute);
  if (!open && !next) continue;
  const told = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: open ? undefined : "long", hour: "numeric", minute: "2-digit", timeZone: document.body.dataset.zone })
    .format(new Date((open ? open[1] : next[0]) * 60000)).replace(/\s([AP]M)/, (_, half) => "\u00a0" + half.toLowerCase());
  place.textContent = (open ? place.dataset.open : place.dataset.closed).replace("{0}", told);
  place.hidden = false;
}

// Screen readers read the error summary first.
document.querySelector(".error-summary")?.focus();

// A form that came back with mistakes is the response to a POST, and Back would ask to send that first try again. Once it is corrected and sent, Back opens
// the page anew instead.
addEventListener("submit", () => history.replaceState(history.state, "", location.href.replace(/\?handler=.*/, "")));

// Counts a view once the page has been visible for a while. Sends nothing but the article's address.
const read = document.querySelector("[data-views]");
if (read) {
  let counted = false;
  const count = () => {
    if (counted || document.visibilityState !== "visible") return;
    counted = true;
    navigator.sendBeacon(read.dataset.views);
  };
  setTimeout(() => {
    count();
    addEventListener("visibilitychange", count);
  }, 8000);
}
