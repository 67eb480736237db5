// Shows the visitor's local time first if it differs from the clinic's, with the clinic's below it, and the chosen time next to the button.
// Without this script, only the clinic's time is shown, with its zone.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang || undefined;
const clinic = document.body.dataset.zone;
const clock = timeZone => new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone });
// "3:00 pm", and never "pm" on the next line.
const said = (times, instant) => times.format(instant).toLowerCase().replaceAll(/\s/gu, "\u00a0");
const day = timeZone => new Intl.DateTimeFormat(language, { weekday: "short", timeZone });
const date = timeZone => new Intl.DateTimeFormat(language, { weekday: "short", month: "short", day: "numeric", timeZone });
// "Eastern Time", or the zone's ID in a browser that doesn't know the name.
const zone = () => {
  try {
    return new Intl.DateTimeFormat(language, { timeZone: own, timeZoneName: "longGeneric" }).formatToParts().find(part => part.type === "timeZoneName").value;
  } catch {
    return own.replaceAll("_", " ");
  }
};

if (own && clinic && own !== clinic) {
  const [here, there, dayHere, dayThere, dateHere, ownZone] = [clock(own), clock(clinic), day(own), day(clinic), date(own), zone()];
  let differs = false;
  for (const time of document.querySelectorAll("time[data-own-zone]")) {
    const instant = new Date(time.dateTime);
    const mine = said(here, instant);
    if (mine === said(there, instant)) continue;
    differs = true;
    const otherDay = dayHere.format(instant) === dayThere.format(instant) ? "" : dayHere.format(instant) + " ";
    const beside = document.createElement("span");
    beside.className = "slot__there own-zone";
    if (time.dataset.ownZone === "beside") {
      beside.textContent = ` (${otherDay}${mine}, ${ownZone})`;
      time.after(beside);
    } else {
      const theirs = time.textContent;
      beside.textContent = ` ${theirs}`;
      time.textContent = otherDay + mine;
      time.after(beside);
      const picked = time.closest(".slot")?.querySelector(".slot__picked > span");
      if (picked) {
        picked.previousSibling.textContent = `${dateHere.format(instant)}, ${mine}`;
        picked.textContent = `${theirs} ${picked.textContent}`;
      }
    }
  }
  if (differs) {
    for (const hint of document.querySelectorAll("[data-zone-hint]")) hint.textContent = hint.dataset.zoneHint;
    for (const part of document.querySelectorAll(".slots__part")) part.textContent = part.dataset.there; // it is the clinic's morning
  }
}

// On a wide screen, the times may be out of view at the button.
const chosen = document.querySelector(".booking__chosen");
const show = () => {
  const picked = document.querySelector(".slot__input:checked ~ .slot__picked");
  chosen.hidden = !picked;
  chosen.textContent = picked?.firstChild.textContent.trim() ?? "";
};
if (chosen) {
  addEventListener("change", show);
  show();
}
