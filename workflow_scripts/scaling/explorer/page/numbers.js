// The numbers of the page, without the page. In Python: scaling/explorer/numbers.py and scaling/analysis/authors.py.
"use strict";

const Numbers = {
  TOLERANCE: NaN,  // told by the data, as is the rise beyond its optimum at which a curve ends
  RISE: NaN,
  // A least-squares straight line through the finite points: slope, its standard error (from three points on), intercept.
  line(x, y) {
    const at = x.map((_, i) => i).filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
    const n = at.length, mean = (v) => at.reduce((sum, i) => sum + v[i], 0) / n;
    const mx = mean(x), my = mean(y), sxx = at.reduce((sum, i) => sum + (x[i] - mx) ** 2, 0);
    if (n < 2 || sxx === 0) return { slope: NaN, sigma: NaN, intercept: NaN, points: n };
    const slope = at.reduce((sum, i) => sum + (x[i] - mx) * (y[i] - my), 0) / sxx;
    const rss = at.reduce((sum, i) => sum + (y[i] - my - slope * (x[i] - mx)) ** 2, 0);
    return { slope, sigma: n > 2 ? Math.sqrt(rss / (n - 2) / sxx) : NaN, intercept: my - slope * mx, points: n };
  },

  optimum: (row, P) => {
    const i = row.optima.P.indexOf(P), of = row.optima;
    return { x: of.log10_lambda_opt[i], error: of.error_opt[i] };
  },

  // The authors' gamma_1 for a window in log10 of lambda/lambda_opt (null: no bound), and the line of each P.
  gamma_1(row, window) {
    const left = window.log10_left ?? -Infinity, right = window.log10_right ?? Infinity;
    const lines = [];
    for (const curve of row.curves) {
      if (curve.P < (window.gamma_1_min_P ?? 0)) continue;
      const best = Numbers.optimum(row, curve.P), x = [], y = [];
      curve.x.forEach((value, i) => {
        const from = value - best.x;
        if (left <= from && from <= right) { x.push(from); y.push(Math.log10(curve.y[i]) - Math.log10(best.error)); }
      });
      const fit = Numbers.line(x, y);
      if (Number.isFinite(fit.sigma)) lines.push({ P: curve.P, from: x[0], to: x[x.length - 1], ...fit });
    }
    const n = lines.length, sum = (of) => lines.reduce((total, fit) => total + of(fit), 0);
    return { value: n ? -sum((fit) => fit.slope) / n : NaN, sigma: n ? Math.sqrt(sum((fit) => fit.sigma ** 2) / n) : NaN, lines };
  },

  // A power law of the optima in P, from a smallest P on.
  law(row, column, min_P) {
    const use = row.optima.P.map((P, i) => i).filter((i) => row.optima.P[i] >= (min_P ?? 0));
    const value = (v) => (v === null ? NaN : v);
    const fit = Numbers.line(use.map((i) => Math.log10(row.optima.P[i])), use.map((i) => value(column(row.optima, i))));
    return { value: fit.slope, sigma: fit.sigma };
  },

  // All exponents of the authors' procedure.
  refit(row, window) {
    const gamma_1 = Numbers.gamma_1(row, window);
    const gamma_2 = Numbers.law(row, (of, i) => of.log10_l_0[i], window.gamma_2_min_P);
    const meas = Numbers.law(row, (of, i) => Math.log10(of.error_opt[i]), window.gamma_meas_min_P);
    const sigma = Math.hypot(gamma_1.sigma * gamma_2.value, gamma_2.sigma * gamma_1.value);
    return {
      gamma_1, gamma_2, gamma_pred: { value: gamma_1.value * gamma_2.value, sigma },
      gamma_meas: { value: -meas.value, sigma: meas.sigma },
    };
  },

  // By how much a curve moves on both axes.
  shift(row, P, gamma_1, gamma_2) {
    const smaller = Math.log10(P / Math.max(...row.optima.P));
    return { x: -gamma_2 * smaller, y: gamma_1 * gamma_2 * smaller };
  },

  // The points that count for S, on the rescaled axes: x, y and one sigma for each curve.
  rescaled(row, gamma_1, gamma_2, log10_left = null, shown = null) {
    const left = log10_left ?? -Infinity;
    return row.curves.filter((curve) => !shown || shown.has(curve.P)).map((curve) => {
      const best = Numbers.optimum(row, curve.P), move = Numbers.shift(row, curve.P, gamma_1, gamma_2);
      const x = [], y = [];
      let squares = 0, number = 0, risen = false;
      curve.x.forEach((value, i) => {
        if (!(curve.y[i] > 0)) return;
        if (curve.sem[i] !== null) { squares += (curve.sem[i] / curve.y[i] / Math.LN10) ** 2; number += 1; }
        const from = value - best.x;
        risen ||= from > 0 && Math.log10(curve.y[i]) > Math.log10(best.error) + Numbers.RISE;
        if (left <= from && !risen) { x.push(value + move.x); y.push(Math.log10(curve.y[i]) + move.y); }
      });
      return { x, y, sigma: Math.hypot(number ? Math.sqrt(squares / number) : 0, Numbers.TOLERANCE) };
    });
  },

  // Houdayer and Hartmann's S; NaN where no two curves overlap.
  quality(curves) {
    let total = 0, number = 0;
    curves.forEach((mine, i) => mine.x.forEach((x, point) => {
      let K = 0, Kx = 0, Ky = 0, Kxx = 0, Kxy = 0;
      curves.forEach((other, j) => {
        const n = other.x.length;
        if (j === i || n < 2) return;
        let right = 0;
        while (right < n && other.x[right] <= x) right += 1;
        if (right === 0 || right === n) return;
        const weight = other.sigma ** -2;
        for (const k of [right - 1, right]) {
          const dx = other.x[k] - x;  // measured from the point: the line's value there is its intercept
          K += weight; Kx += weight * dx; Ky += weight * other.y[k];
          Kxx += weight * dx * dx; Kxy += weight * dx * other.y[k];
        }
      });
      const D = K * Kxx - Kx * Kx;
      if (!(K > 0 && D > Math.max(K * Kxx, 1e-300) * 1e-12)) return;
      total += (mine.y[point] - (Kxx * Ky - Kx * Kxy) / D) ** 2 / (mine.sigma ** 2 + Kxx / D);
      number += 1;
    }));
    return number ? total / number : NaN;
  },
};
