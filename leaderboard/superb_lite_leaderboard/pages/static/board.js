"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, i) => Number(row.cells[i].querySelector("data.sortkey")?.value ?? -Infinity);
  table.querySelectorAll("thead th[data-sort]").forEach((th) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const up = th.getAttribute("aria-sort") === "descending";
      table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].map((row) => [value(row, th.cellIndex), row]);
      const order = (a, b) => (a === b ? 0 : a === -Infinity ? 1 : b === -Infinity ? -1 : up ? a - b : b - a);
      rows.sort(([a], [b]) => order(a, b));
      body.append(...rows.map(([, row]) => row));
    });
  });
}
