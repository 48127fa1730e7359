"use strict";
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const text = { labelColor: colour("--muted"), titleColor: colour("--ink"), titleFontWeight: "normal" };
const config = {
  font: "sans-serif",
  view: { stroke: null },
  axis: { ...text, gridColor: colour("--hair"), domainColor: colour("--rule"), tickColor: colour("--rule") },
  legend: text,
  text: { color: colour("--ink") },
};
for (const place of document.querySelectorAll("[data-spec]")) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  const view = document.createElement("div");
  // Expressions are interpreted (ast), and no style is added: the page allows neither eval nor inline styles.
  const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true } };
  view.className = "view";
  place.after(view);
  vegaEmbed(view, { ...spec, config }, options).then(
    () => { place.hidden = true; },
    () => { view.remove(); },
  );
}
