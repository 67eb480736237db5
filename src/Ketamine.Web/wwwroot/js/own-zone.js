// Beside the clinic's time, the visitor's own, where the two differ. Without this script the clinic's stands alone, named.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone: own });
const day = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: own });
const clinic = document.body.dataset.zone;
const dayThere = clinic && new Intl.DateTimeFormat(language, { weekday: "short", timeZone: clinic });
const clockThere = clinic && new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone: clinic });

if (own && clinic && own !== clinic) {
  let differs = false;
  for (const time of document.querySelectorAll("time[data-own-zone]")) {
    const instant = new Date(time.dateTime);
    const here = clock.format(instant);
    if (here === clockThere.format(instant)) continue;
    differs = true;
    const otherDay = day.format(instant) === dayThere.format(instant) ? "" : day.format(instant) + " ";
    const beside = document.createElement("span");
    beside.className = "own-zone";
    beside.textContent = ` (${otherDay}${here})`;
    time.after(beside);
  }
  if (differs) {
    for (const note of document.querySelectorAll("[data-own-zone-note]")) {
      note.textContent = note.dataset.ownZoneNote.replace("{0}", own.replaceAll("_", " "));
    }
  }
}
