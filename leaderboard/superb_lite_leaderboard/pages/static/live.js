"use strict";
// A page of the server says when the board has changed since it was made. It is not reloaded by itself: whoever reads
// keeps the place.
const { state, version } = document.documentElement.dataset;
const EVERY = 3000;
const look = async () => {
  try {
    const answer = await fetch(version, { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== state) return told();
  } catch { /* the server is gone, or will be back */ }
  setTimeout(look, EVERY);
};
const told = () => {
  const note = document.createElement("p");
  const again = document.createElement("a");
  note.className = "changed";
  note.dataset.changed = "";
  note.setAttribute("role", "status");
  again.href = location.href;
  again.textContent = "Show it as it is now";
  again.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  note.append("The board has changed. ", again);
  document.body.append(note);
};
if (state) setTimeout(look, EVERY);
