// Reloads the page when a file in the folder is saved. Only in the editor's preview.
const events = new EventSource("/_preview/events");
events.addEventListener("change", () => { sessionStorage.setItem("editor-scroll", String(scrollY)); location.reload(); });
addEventListener("pagehide", () => events.close());
const was = sessionStorage.getItem("editor-scroll");
if (was !== null) { sessionStorage.removeItem("editor-scroll"); scrollTo(0, Number(was)); }
