// The figure: uPlot's axes and curves on log10 quantities, with runs, optima, fits and handles drawn into it.
"use strict";

const Plot = {
  // view: row, gamma_1, gamma_2, shown (a set of P), window, ends, fit (Numbers.gamma_1), runs (decoded), drawRuns, beside
  // (the published row, if there is one) and drawBeside.
  view: null, chart: null, handles: {}, focus: null,

  make(view, place, onHandle) {
    Plot.view = view;
    if (Plot.chart) Plot.chart.destroy();
    const colours = view.row.colours;
    const series = [{}], bands = [];
    view.row.P.forEach((P, i) => {
      const colour = colours[view.row.optima.P.indexOf(P)];
      const hidden = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
      series.push({ stroke: colour, width: 2, points: { show: false }, spanGaps: true }, hidden, { ...hidden });
      bands.push({ series: [3 * i + 2, 3 * i + 3], fill: `${colour}33` });
    });
    for (const curve of view.beside?.curves ?? []) {
      series.push({ stroke: colours[view.row.optima.P.indexOf(curve.P)] ?? "#667", width: 1.4, dash: [2, 3], points: { show: false }, spanGaps: true });
    }
    const axis = (label, side, space) => ({
      label, side, space, stroke: "#1c2430", grid: { stroke: "#e8ebf0", width: 1 }, ticks: { stroke: "#8b97a8", width: 1, size: 5 },
      font: "12px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif", labelSize: 22, size: side === 3 ? 52 : 32,
      splits: (u, _, min, max) => Plot.ticks(min, max, (side === 3 ? u.bbox.height : u.bbox.width) / devicePixelRatio / space),
      values: (u, values) => values.map(Plot.tick),
    });
    const options = {
      ...Plot.size(place), series, bands, legend: { show: false },
      scales: { x: { time: false, range: Plot.range }, y: { range: Plot.range } },
      axes: [axis("λ", 2, 64), axis(view.row.measure, 3, 40)],
      cursor: { drag: { x: true, y: true, uni: 20 }, points: { show: false } },
      hooks: {
        drawAxes: [Plot.drawRuns], draw: [Plot.drawLaws, () => Plot.placeHandles()],
        setCursor: [Plot.hover],
      },
    };
    Plot.chart = new uPlot(options, Plot.data(), place);
    Plot.dot = Plot.chart.over.appendChild(Object.assign(document.createElement("div"), { className: "dot", hidden: true }));
    Plot.tip = Plot.chart.over.appendChild(Object.assign(document.createElement("div"), { className: "tip", hidden: true }));
    for (const side of ["left", "right"]) Plot.handles[side] = Plot.handle(side, onHandle);
    Plot.placeHandles();
  },

  size: (place) => ({ width: place.clientWidth, height: innerWidth > 800 ? Math.max(360, Math.min(640, 0.62 * innerHeight)) : Math.max(240, 0.42 * innerHeight) }),

  // Some room beside the curves, for the stars.
  range: (_, min, max) => (min === null ? [0, 1] : [min - 0.03 * (max - min || 1), max + 0.03 * (max - min || 1)]),

  update(whole = true) { Plot.tell(null); Plot.chart.setData(Plot.data(), whole); if (!whole) Plot.chart.redraw(); },

  // The curves on the axes of the exponents, as uPlot wants them: one ascending list of x for all. First those of the row,
  // each with both ends of its band, then the published ones.
  data() {
    const { row, gamma_1, gamma_2, shown, beside, drawBeside } = Plot.view, places = new Map();
    const moved = (curves, drawn) => curves.map((curve) => {
      const move = Numbers.shift(row, curve.P, gamma_1, gamma_2), drawIt = drawn(curve);
      return { ...curve, x: drawIt ? curve.x.map((x) => x + move.x) : [], move };
    });
    const own = moved(row.curves, (curve) => shown.has(curve.P));
    const others = moved(beside?.curves ?? [], () => drawBeside);
    const xs = [...new Set([...own, ...others].flatMap((curve) => curve.x))].sort((a, b) => a - b);
    xs.forEach((x, i) => places.set(x, i));
    const column = (curve, value) => {
      const found = new Array(xs.length).fill(null);
      curve.x.forEach((x, i) => { if (curve.y[i] > 0) found[places.get(x)] = Math.log10(value(curve.y[i], curve.sem[i] ?? 0)) + curve.move.y; });
      return found;
    };
    const ends = [(y) => y, (y, sem) => y + sem, (y, sem) => Math.max(y - sem, 0.01 * y)];
    return [xs, ...own.flatMap((curve) => ends.map((end) => column(curve, end))), ...others.map((curve) => column(curve, ends[0]))];
  },

  // Round values for an axis whose coordinate is a log10: powers of ten, or digits within decades.
  ticks(min, max, most) {
    const multiples = (step) => { const found = []; for (let k = Math.ceil(min / step); k * step <= max; k++) found.push(k * step); return found; };
    for (const step of [1, 2, 5, 10, 20, 50]) {
      const found = multiples(step);
      if (found.length < 3) break;
      if (found.length <= most) return found;
    }
    for (const digits of [[1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
      const found = [];
      for (let power = Math.floor(min); power <= max; power++) digits.forEach((digit) => {
        const at = power + Math.log10(digit);
        if (min <= at && at <= max) found.push(at);
      });
      if (found.length && found.length <= most) return found;
    }
    return [min, max];
  },

  tick(value) {
    if (value > -3.01 && value < 4.01) return String(Number((10 ** value).toPrecision(2)));
    const power = Math.floor(value + 1e-9), digit = Number((10 ** (value - power)).toPrecision(2));
    const raised = String(power).replace(/[-\d]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
    return `${digit === 1 ? "" : `${digit}·`}10${raised}`;
  },

  clipped(draw) {
    const { ctx, bbox } = Plot.chart;
    ctx.save(); ctx.beginPath(); ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height); ctx.clip();
    draw(ctx, devicePixelRatio); ctx.restore();
  },

  path(ctx, points) {
    ctx.beginPath();
    points.forEach(([x, y], i) => ctx[i ? "lineTo" : "moveTo"](Plot.chart.valToPos(x, "x", true), Plot.chart.valToPos(y, "y", true)));
    ctx.stroke();
  },

  drawRuns(u) {
    Plot.chart = u;
    const { row, gamma_1, gamma_2, shown, runs, drawRuns } = Plot.view;
    if (drawRuns) Plot.clipped((ctx, scale) => {
      ctx.lineWidth = 0.7 * scale; ctx.globalAlpha = 0.3;
      for (const run of runs) {
        if (!shown.has(run.P)) continue;
        const move = Numbers.shift(row, run.P, gamma_1, gamma_2);
        ctx.strokeStyle = row.colours[row.optima.P.indexOf(run.P)];
        Plot.path(ctx, run.x.map((x, i) => [x + move.x, run.y[i] + move.y]));
      }
    });
  },

  drawLaws() {
    const { row, gamma_1, gamma_2, shown, fit } = Plot.view;
    Plot.clipped((ctx, scale) => {
      ctx.lineWidth = 1.4 * scale;
      ctx.strokeStyle = "#111"; ctx.setLineDash([6 * scale, 4 * scale]);
      for (const line of fit.lines) {
        if (!shown.has(line.P)) continue;
        const best = Numbers.optimum(row, line.P), move = Numbers.shift(row, line.P, gamma_1, gamma_2);
        Plot.path(ctx, [line.from, line.to].map((x) => [
          x + best.x + move.x, line.intercept + line.slope * x + Math.log10(best.error) + move.y]));
      }
      ctx.setLineDash([]); ctx.lineWidth = 0.8 * scale;
      row.optima.P.forEach((P, i) => {
        if (!shown.has(P) || !(row.optima.error_opt[i] > 0)) return;
        const move = Numbers.shift(row, P, gamma_1, gamma_2);
        ctx.fillStyle = row.colours[i];
        Plot.star(ctx, Plot.chart.valToPos(row.optima.log10_lambda_opt[i] + move.x, "x", true),
          Plot.chart.valToPos(Math.log10(row.optima.error_opt[i]) + move.y, "y", true), 7 * scale);
      });
    });
  },

  star(ctx, x, y, radius) {
    ctx.beginPath();
    for (let k = 0; k < 10; k++) {
      const r = k % 2 ? radius * 0.42 : radius, angle = (k * Math.PI) / 5 - Math.PI / 2;
      ctx.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    }
    ctx.closePath(); ctx.fill(); ctx.stroke();
  },

  // The handles stand at the window's ends in the curve of the largest P.
  middle() {
    const { row, gamma_1, gamma_2 } = Plot.view, P = row.P[row.P.length - 1];
    return Numbers.optimum(row, P).x + Numbers.shift(row, P, gamma_1, gamma_2).x;
  },

  placeHandles() {
    for (const [side, handle] of Object.entries(Plot.handles)) {
      if (handle.parentElement !== Plot.chart.over) continue;
      const at = Plot.chart.valToPos(Plot.middle() + Plot.view.ends[side], "x");
      handle.style.left = `${Math.max(0, Math.min(Plot.chart.over.clientWidth, at))}px`;
      handle.setAttribute("aria-valuenow", (10 ** Plot.view.ends[side]).toPrecision(3));
    }
  },

  handle(side, onHandle) {
    const handle = Plot.chart.over.appendChild(document.createElement("div"));
    handle.className = "handle"; handle.id = `handle_${side}`; handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", `${side} end of the window of γ₁, in λ/λopt`);
    const by = (event) => Plot.chart.posToVal(event.clientX - Plot.chart.over.getBoundingClientRect().left, "x") - Plot.middle();
    handle.addEventListener("mousedown", (event) => event.stopPropagation());  // no zoom by it
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); handle.focus(); event.preventDefault(); });
    handle.addEventListener("pointermove", (event) => { if (handle.hasPointerCapture(event.pointerId)) onHandle(side, by(event)); });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (!step) return;
      onHandle(side, Plot.view.ends[side] + 0.02 * step);
      event.preventDefault(); event.stopPropagation();
    });
    return handle;
  },

  // Every point of a run, or of a mean curve where there are no runs to be seen, as it stands in the figure.
  points() {
    const { row, gamma_1, gamma_2, shown, runs, drawRuns } = Plot.view;
    const means = row.curves.map((curve) => ({ P: curve.P, x: curve.x, y: curve.y.map(Math.log10), n: curve.n }));
    return [...(drawRuns ? runs : []), ...means].filter((run) => shown.has(run.P))
      .map((run) => ({ run, move: Numbers.shift(row, run.P, gamma_1, gamma_2) }));
  },

  hover(u) {
    const { left, top } = u.cursor;
    if (left === null || left < 0) return;
    let best = { distance: 24 };
    for (const { run, move } of Plot.points()) run.x.forEach((x, i) => {
      const distance = Math.hypot(u.valToPos(x + move.x, "x") - left, u.valToPos(run.y[i] + move.y, "y") - top);
      if (distance < best.distance) best = { distance, run, move, i };
    });
    Plot.tell(best.run ? best : null);
  },

  // From point to point by the arrow keys: along a run, and to the next one.
  step(along, across) {
    const all = Plot.points();
    let at = Plot.focus ? all.findIndex(({ run }) => run.P === Plot.focus.run.P && run.seed === Plot.focus.run.seed) : 0;
    at = (at + across + all.length) % all.length;
    const i = Math.max(0, Math.min(all[at].run.x.length - 1, (Plot.focus ? Plot.focus.i : 0) + along));
    Plot.tell({ ...all[at], i });
  },

  tell(point) {
    Plot.focus = point;
    const told = document.getElementById("told");
    Plot.dot.hidden = Plot.tip.hidden = !point;
    if (!point) { told.textContent = ""; return; }
    const { run, move, i } = point, left = Plot.chart.valToPos(run.x[i] + move.x, "x"), top = Plot.chart.valToPos(run.y[i] + move.y, "y");
    const who = run.n ? `mean of ${run.n[i]} run${run.n[i] === 1 ? "" : "s"}` : run.seed === null ? "mean of runs" : `run ${run.seed}`;
    const when = run.epoch?.[i] == null ? "" : `, epoch ${run.epoch[i]}`;
    told.textContent = `P = ${run.P}, ${who}${when}: λ = ${Plot.tick(run.x[i])}, ${Plot.view.row.measure} ${(10 ** run.y[i]).toPrecision(3)}`;
    Plot.tip.textContent = told.textContent;
    Plot.dot.style.left = `${left}px`; Plot.dot.style.top = `${top}px`;
    Plot.tip.style.top = `${Math.max(0, top - 44)}px`;
    const right = left > Plot.chart.over.clientWidth / 2;
    Plot.tip.style.left = right ? "" : `${left + 10}px`;
    Plot.tip.style.right = right ? `${Plot.chart.over.clientWidth - left + 10}px` : "";
  },
};
