// What is chosen, and what follows from it.
"use strict";

const of = (id) => document.getElementById(id);
const NAMES = { gamma_1: "γ₁", gamma_2: "γ₂", gamma_pred: "γ₁γ₂", gamma_meas: "γ" };
const KEYS = ["study", "cell", "variant", "norm"];
const Page = { data: null, view: null };

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

const spaced = (name) => name.replaceAll("_", " ");

function fill(select, values, wanted, words = spaced) {
  const chosen = values.includes(wanted) ? wanted : values[0];
  select.replaceChildren(...values.map((value) => new Option(words(String(value)), value, false, value === chosen)));
  return chosen;
}

// The choices one after another; what was chosen before stays where it can.
function choose(wanted) {
  let rows = Page.data.rows;
  for (const key of KEYS) {
    const chosen = fill(of(key), [...new Set(rows.map((row) => row[key]))], wanted[key], key === "study" ? String : spaced);
    rows = rows.filter((row) => row[key] === chosen);
  }
  show(rows[0]);
}

function decoded(run) {
  const sum = (list) => { let total = 0; return list.map((step) => (total += step) / Page.data.steps); };
  const { pool } = Page.data;
  return { P: run.P, seed: run.seed, epoch: pool[run.epoch], x: sum(pool[run.x]), y: sum(pool[run.y]) };
}

function show(row) {
  const P = row.optima.P, from = row.curves.flatMap((curve) => curve.x.map((x) => x - Numbers.optimum(row, curve.P).x));
  Page.view = {
    row, gamma_1: 0, gamma_2: 0, shown: new Set(row.P), window: { ...row.window }, runs: row.runs.map(decoded).filter((run) => row.P.includes(run.P)),
    drawRuns: of("runs").checked, range: { left: Math.min(...from), right: Math.max(...from, 0) }, ends: {},
  };
  const published = Page.data.rows.filter((other) => other.study === "published" && row.study !== "published" && other.cell === row.cell && other.variant === row.variant);
  Page.published = published.find((other) => other.norm === row.norm);
  of("published").disabled = !Page.published;
  of("published").nextElementSibling.textContent = Page.published || !published.length ? "published curves" : `published curves: for norm ${published.map((other) => spaced(other.norm)).join(", ")}`;
  of("published").parentElement.hidden = !published.length;
  of("P").replaceChildren(of("P").firstElementChild, ...row.P.map((value) => {
    const label = document.createElement("label"), box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = row.colours[P.indexOf(value)];
    box.addEventListener("change", () => { Page.view.shown[box.checked ? "add" : "delete"](value); refresh(); });
    label.append(box, swatch, String(value));
    return label;
  }));
  for (const name of ["gamma_1", "gamma_2"]) {
    const known = Object.values(row.exponents).map((fit) => fit[name]?.value ?? 0);
    const most = Math.max(...known.map(Math.abs)) || 1, scale = 10 ** Math.floor(Math.log10(2.5 * most));
    const high = Math.ceil((2.5 * most) / scale) * scale;
    Object.assign(of(name), { min: Math.min(0, ...known) < 0 ? -high : 0, max: high, step: high / 500 });
    const key = `${name}_min_P`;
    Page.view.window[key] = Number(fill(of(key), P, P.find((value) => value >= (row.window[key] ?? 0)), String));
  }
  Page.view.window.gamma_meas_min_P = Number(fill(of("gamma_meas_min_P"), P, P.find((value) => value >= (row.window.gamma_meas_min_P ?? 0)), String));
  for (const side of ["left", "right"]) Object.assign(of(side), { min: Page.view.range.left, max: Page.view.range.right, step: "any" });
  setEnds();
  Page.view.fit = Numbers.gamma_1(row, Page.view.window);
  of("published").checked = Page.view.drawBeside = Boolean(Page.published);
  Page.view.beside = Page.published;
  Plot.make(Page.view, of("plot"), moveEnd);
  for (const button of of("take").children) button.disabled = ["authors", "robust"].includes(button.dataset.from) && !(row.exponents[button.dataset.from]?.gamma_1 && row.exponents[button.dataset.from]?.gamma_2);
  refresh();
}

// Where the window ends, as log10 of lambda/lambda_opt; an end that is open stands at the end of the curves.
function setEnds() {
  const { window, range, ends } = Page.view;
  ends.left = window.log10_left ?? range.left;
  ends.right = window.log10_right ?? range.right;
}

function moveEnd(side, value) {
  const { range, ends, window } = Page.view, apart = 0.02;
  const bounded = side === "left" ? Math.min(Math.max(value, range.left), ends.right - apart) : Math.max(Math.min(value, range.right), ends.left + apart);
  window[`log10_${side}`] = bounded === range[side] ? null : bounded;
  setEnds();
  refresh(false);
}

function setExponent(name, value) {
  Page.view[name] = value;
  refresh();
}

function take(source) {
  const exponents = { raw: {}, refit: Page.refit }[source] ?? Page.view.row.exponents[source];
  for (const name of ["gamma_1", "gamma_2"]) if (source === "raw" || Number.isFinite(exponents[name]?.value)) Page.view[name] = source === "raw" ? 0 : exponents[name].value;
  refresh();
}

const quality = (gamma_1, gamma_2) => Numbers.quality(Numbers.rescaled(Page.view.row, gamma_1, gamma_2, Page.view.window.log10_left, Page.view.shown));

// 0.329(14): the standard error in brackets, in units of the last digits; or the value above its interval.
function written(number) {
  if (!number || !Number.isFinite(number.value)) return ["–", ""];
  if (!(number.sigma > 0)) return [number.value.toPrecision(3), ""];
  const power = Math.floor(Math.log10(number.sigma)), two = number.sigma / 10 ** power < 2.95;
  const digits = Math.max(0, Math.min(8, -power + (two ? 1 : 0))), text = (value) => value.toFixed(digits);
  if (Number.isFinite(number.low) && Number.isFinite(number.high)) return [text(number.value), `[${text(number.low)}, ${text(number.high)}]`];
  return [`${text(number.value)}(${Math.round(number.sigma * 10 ** digits)})`, ""];
}

const short = (value) => (Number.isFinite(value) ? (value < 1000 ? value.toPrecision(3) : value.toExponential(1)) : "–");

function refresh(whole = true) {
  const { view } = Page, { row, window } = view;
  view.fit = Numbers.gamma_1(row, window);
  view.drawRuns = of("runs").checked;
  view.drawBeside = of("published").checked;
  Page.refit = Numbers.refit(row, window);
  for (const name of ["gamma_1", "gamma_2"]) {
    of(name).value = view[name];
    if (document.activeElement !== of(`${name}_number`)) of(`${name}_number`).value = Number(view[name].toPrecision(4));
  }
  for (const side of ["left", "right"]) {
    of(side).value = view.ends[side];
    const end = window[`log10_${side}`], open = end === null;
    of(side).setAttribute("aria-valuetext", of(`${side}_told`).textContent = open ? (side === "left" ? "start" : "end") : (10 ** end).toPrecision(2));
  }
  const S = quality(view.gamma_1, view.gamma_2);
  of("S").textContent = short(S);
  of("S").dataset.value = S;
  of("S_told").textContent = Number.isNaN(S) ? "No two of the curves overlap here: no S." : "about 1 or less: one curve within errors";
  of("fit_told").textContent = view.fit.lines.length ? "" : "No P of the fit has three points between the handles: no γ₁.";
  const S_of = (numbers) => (Number.isFinite(numbers?.gamma_1?.value) && Number.isFinite(numbers?.gamma_2?.value) ? quality(numbers.gamma_1.value, numbers.gamma_2.value) : NaN);
  const columns = [Page.refit, row.exponents.authors, row.exponents.robust];
  const line = (name, words, cells) => {
    const tr = document.createElement("tr");
    tr.append(Object.assign(document.createElement("th"), { textContent: words }), ...cells.map(([text, under, value]) => {
      const td = Object.assign(document.createElement("td"), { textContent: text });
      if (under) td.append(Object.assign(document.createElement("small"), { textContent: under }));
      td.dataset.value = value ?? "";
      return td;
    }));
    tr.dataset.of = name;
    return tr;
  };
  of("numbers").tBodies[0].replaceChildren(
    ...Object.entries(NAMES).map(([name, words]) => line(name, words, columns.map((numbers) => [...written(numbers?.[name]), numbers?.[name]?.value]))),
    line("S", "S", columns.map((numbers) => { const value = S_of(numbers); return [short(value), "", value]; })),
  );
  const rescaled = view.gamma_2 !== 0;
  Plot.chart.axes[0].label = rescaled ? "λ · (P/Pmax)^(−γ₂)" : "λ";
  Plot.chart.axes[1].label = rescaled && view.gamma_1 ? `${row.measure} · (P/Pmax)^(γ₁γ₂)` : row.measure;
  Plot.update(whole);
}

async function begin() {
  Page.data = await unpacked(of("data").textContent);
  [Numbers.TOLERANCE, Numbers.RISE] = [Page.data.tolerance, Page.data.rise];
  for (const name of ["points", "tolerance", "rise"]) of(name).textContent = Page.data[name];
  document.querySelector("main").hidden = false;
  if (!Page.data.rows.length) { document.querySelector("main").textContent = "No learning curves: nothing that was trained has any."; return; }
  for (const key of KEYS) of(key).addEventListener("change", () => choose(Object.fromEntries(KEYS.map((name) => [name, of(name).value]))));
  for (const name of ["gamma_1", "gamma_2"]) for (const id of [name, `${name}_number`])
    of(id).addEventListener("input", (event) => { if (Number.isFinite(event.target.valueAsNumber)) setExponent(name, event.target.valueAsNumber); });
  for (const side of ["left", "right"]) of(side).addEventListener("input", (event) => moveEnd(side, event.target.valueAsNumber));
  for (const key of ["gamma_1_min_P", "gamma_2_min_P", "gamma_meas_min_P"]) of(key).addEventListener("change", (event) => { Page.view.window[key] = Number(event.target.value); refresh(false); });
  for (const id of ["runs", "published"]) of(id).addEventListener("change", () => refresh(id === "published"));
  for (const button of of("take").children) button.addEventListener("click", () => take(button.dataset.from));
  of("whole").addEventListener("click", () => Plot.update());
  of("plot").addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (move && event.target === of("plot")) { Plot.step(...move); event.preventDefault(); }
  });
  addEventListener("resize", () => Plot.chart.setSize(Plot.size(of("plot"))));
  choose({});
  document.body.dataset.ready = "yes";
}

begin().catch((problem) => { document.body.prepend(Object.assign(document.createElement("p"), { textContent: `This browser cannot show the page: ${problem.message}` })); });
