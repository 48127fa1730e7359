"use strict";
// Sorting, filters, pins and the choice of a pair on the page of the board; sorting on every other page. Without this
// script the pages say the same. Where a server sends the page (data-state), it sorts, filters and pins by itself.

const LIVE = Boolean(document.documentElement.dataset.state);

const sortable = (table) => {
  const rows = () => [...table.querySelectorAll("tbody tr.entry")];
  const head = (key) => [...table.tHead.rows[0].cells].find((th) => th.dataset.key === key);
  // What a row has under a key: a number, or a text of the row itself.
  const value = (row, key) => {
    if (key === "name") return row.dataset.name.toLowerCase();
    if (key === "submitted") return row.dataset.submitted;
    const own = row.querySelector(`data.sortkey[data-key="${CSS.escape(key)}"]`);
    const th = head(key);
    const found = own ?? (th && row.cells[th.cellIndex].querySelector("data"));
    return found ? Number(found.value) : null;
  };
  const first = rows(); // as ranked
  const sort = (key, up) => {
    const grouped = key === "" || (key === table.dataset.order && !up); // as ranked
    const keyed = first.map((row, i) => [grouped ? 0 : value(row, key), i, row]);
    const sign = up ? 1 : -1;
    keyed.sort(([a, i], [b, j]) => (a === null) - (b === null) || (a < b ? -sign : a > b ? sign : i - j));
    for (const th of table.tHead.rows[0].cells) th.removeAttribute("aria-sort");
    head(key || table.dataset.order)?.setAttribute("aria-sort", up ? "ascending" : "descending");
    const home = table.tBodies[0];
    for (const [, , row] of keyed) (grouped ? row.home : home).append(row);
    pinnedFirst();
    for (const label of table.querySelectorAll("tr.group")) label.hidden = !grouped;
  };
  const pinnedFirst = () => rows().filter((row) => row.classList.contains("pinned")).reverse()
    .forEach((row) => table.tBodies[0].insertBefore(row, table.tBodies[0].firstChild));
  for (const row of first) row.home = row.parentNode;
  for (const th of table.tHead.rows[0].cells) {
    if (!th.dataset.key || th.querySelector("a")) continue; // a link asks the server
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    const rising = th.dataset.key === "name" || th.dataset.lower === "better";
    button.addEventListener("click", () => {
      const now = th.getAttribute("aria-sort");
      const up = now ? now === "descending" : rising;
      sort(th.dataset.key, up);
      table.dispatchEvent(new CustomEvent("sorted", { detail: { key: th.dataset.key, up } }));
    });
  }
  return { rows: first, sort, head };
};

const board = () => {
  const table = document.getElementById("board");
  const field = (name) => document.getElementById(name);
  const { rows, sort, head } = sortable(table);
  const names = ["search", "modality", "tag", "tier", "max-parameters", "sort"].filter(field);
  const start = Object.fromEntries(names.map((name) => [name, field(name).value]));
  const costs = [...document.querySelectorAll('#tools [name="columns"]')];
  const tags = (row) => JSON.parse(row.dataset.tags);
  const texts = new Map(); // of rows, made when somebody searches
  const text = (row) => {
    if (!texts.has(row)) texts.set(row, [row.dataset.name, ...tags(row),
      ...[...row.querySelectorAll(".encoder")].map((e) => e.textContent)].join("\n").toLowerCase());
    return texts.get(row);
  };

  const filter = () => {
    const wanted = field("search").value.trim().toLowerCase();
    const modality = field("modality")?.value ?? "";
    const tag = field("tag")?.value.toLowerCase() ?? "";
    const tier = { recomputed: 2, rerun: 3 }[field("tier").value] ?? 1;
    const size = Number(field("max-parameters")?.value || Infinity);
    const sized = (row) => size === Infinity || Number(row.querySelector('[data-key="cost:parameters"]')?.value ?? Infinity) <= size;
    let shown = 0;
    for (const row of rows) {
      const fits = Number(row.dataset.tier) >= tier && (!wanted || text(row).includes(wanted)) && sized(row)
        && (!modality || row.dataset.modalities.split(" ").includes(modality))
        && (!tag || tags(row).some((one) => one.toLowerCase() === tag));
      row.hidden = !fits && !row.classList.contains("pinned");
      shown += !row.hidden;
    }
    for (const part of document.querySelectorAll("[data-modality]"))
      part.hidden = (modality !== "" && part.dataset.modality !== modality);
    for (const section of document.querySelectorAll("#gains, #published"))
      section.hidden = [...section.querySelectorAll("[data-modality]")].every((part) => part.hidden);
    const asked = costs.filter((box) => box.checked).map((box) => box.value);
    for (const part of table.querySelectorAll("[data-cost]")) part.hidden = !asked.includes(part.dataset.cost);
    const heads = [...table.tHead.rows[0].cells].filter((th) => !th.hidden);
    table.style.setProperty("--columns", heads.length - 1 - asked.length);
    table.style.setProperty("--costs", asked.length);
    table.classList.toggle("with-costs", asked.length > 0);
    for (const body of table.tBodies) body.hidden = [...body.rows].every((row) => row.hidden || row.className === "group");
    field("shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} entries`;
  };

  // The state of the tools is a part of the address, so that a view can be sent to somebody.
  const remember = () => {
    const state = new URLSearchParams(names.map((name) => [name, field(name).value]).filter(([n, v]) => v !== start[n]));
    for (const box of costs) if (box.checked) state.append("columns", box.value);
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
  };
  // As `BoardQuery.order` says: of one modality by its score, unless another order is asked for.
  const sortBy = (key) => sort(key || (field("modality")?.value ?? ""),
    ["name", "mean-rank"].includes(key) || key.startsWith("cost:") || head(key)?.dataset.lower === "better");
  const apply = () => { sortBy(field("sort").value); filter(); };
  const form = field("tools");
  for (const each of [...names.map(field), ...costs]) {
    if (LIVE) each.addEventListener("change", () => form.requestSubmit());
    else each.addEventListener("input", () => { apply(); remember(); });
  }
  // No empty words in the address.
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
  table.addEventListener("sorted", ({ detail }) => {
    field("sort").value = detail.key === table.dataset.order ? "" : detail.key;
    filter();
    remember();
  });

  const tray = document.getElementById("tray");
  const pages = new Set((table.dataset.pairs ?? "").split(" "));
  const chosen = [];
  const choose = (row, box) => {
    if (box.checked) chosen.push([row, box]);
    else chosen.splice(chosen.findIndex(([other]) => other === row), 1);
    if (chosen.length > 2) chosen.shift()[1].checked = false;
    tray.hidden = chosen.length === 0;
    tray.replaceChildren();
    if (chosen.length === 1) tray.append(`Compare “${row0().dataset.name}” with: choose another entry.`);
    if (chosen.length === 2) tray.append(...pair());
  };
  const row0 = () => chosen[0][0];
  const pair = () => {
    const [a, b] = chosen.map(([row]) => row.dataset);
    const found = [[a, b], [b, a]].map(([x, y]) => `${x.slug}--${y.slug}`)
      .find((name) => pages.has(name) || LIVE);
    if (!found) {
      const code = document.createElement("code");
      code.textContent = `superb-lite leaderboard compare '${a.name.replaceAll("'", "'\\''")}' '${b.name.replaceAll("'", "'\\''")}'`;
      return ["This copy has no page for the two; see ", code];
    }
    const link = document.createElement("a");
    link.href = `${table.dataset.root}compare/${found}.html`;
    link.textContent = `Compare “${a.name}” and “${b.name}”`;
    return [link];
  };

  for (const row of rows) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", `Compare ${row.dataset.name}`);
    box.addEventListener("change", () => choose(row, box));
    label.append(box, " compare");
    let acts = row.querySelector(".acts");
    if (!acts) {
      acts = document.createElement("div");
      acts.className = "acts";
      row.cells[0].append(acts);
    }
    acts.append(label);
  }
  if (LIVE) return;

  const kept = `superb-lite pins ${document.title}`;
  const pins = new Set();
  const keep = () => { try { localStorage.setItem(kept, JSON.stringify([...pins])); } catch { /* no storage: until reload */ } };
  try { for (const pin of JSON.parse(localStorage.getItem(kept) ?? "[]")) pins.add(pin); } catch { /* none kept */ }

  for (const row of rows) {
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "pin";
    pin.textContent = "Pin";
    const mark = () => {
      row.classList.toggle("pinned", pins.has(row.dataset.slug));
      pin.setAttribute("aria-pressed", pins.has(row.dataset.slug));
      pin.setAttribute("aria-label", `Pin ${row.dataset.name} to the top`);
    };
    pin.addEventListener("click", () => {
      if (!pins.delete(row.dataset.slug)) pins.add(row.dataset.slug);
      keep(); mark(); apply(); pin.focus();
    });
    row.querySelector(".acts").prepend(pin);
    mark();
  }

  const state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  for (const name of names) if (state.has(name)) {
    field(name).value = state.get(name);
    if (field(name).value !== state.get(name)) field(name).value = start[name]; // no such choice
  }
  for (const box of costs) box.checked = state.getAll("columns").includes(box.value);
  document.getElementById("tools").hidden = false;
  if (state.size || pins.size) apply();
};

if (document.getElementById("board")) board();
for (const table of document.querySelectorAll("table.sortable")) sortable(table);
