// What changed the answer, and what would turn it. Both ask the arithmetic many times, so both can be asked in slices.

/**
 * Shares of a change among those who made it, whatever the order: exact Shapley values from all 2^n coalitions.
 * @param {number} n players
 * @param {(inside: boolean[]) => number} worth
 * @returns {Generator<void, number[], void>} stops after each coalition, so that a page may breathe
 */
function* shapley(n, worth) {
  const values = new Float64Array(2 ** n);
  for (let set = 0; set < values.length; set++) {
    values[set] = worth(Array.from({ length: n }, (_, i) => (set >> i) % 2 === 1));
    yield;
  }
  const weights = coalitionWeights(n);
  const shares = new Array(n).fill(0);
  for (let set = 0; set < values.length; set++) {
    const size = bitsOf(set);
    for (let i = 0; i < n; i++) {
      if ((set >> i) % 2 === 0)
        shares[i] += (weights[size] ?? 0) * ((values[set | (1 << i)] ?? 0) - (values[set] ?? 0));
    }
  }
  return shares;
}

/** Weight of a coalition of each size. @param {number} n @returns {number[]} */
function coalitionWeights(n) {
  const weights = [1 / n];
  for (let size = 1; size < n; size++) weights.push(((weights[size - 1] ?? 0) * size) / (n - size));
  return weights;
}

/** @param {number} set */
function bitsOf(set) {
  let count = 0;
  for (let rest = set; rest; rest >>= 1) count += rest & 1;
  return count;
}

const MOST_PLAYERS = 8;

/**
 * Changed settings as players: each by itself up to eight, put together by kind where there are more.
 * @param {{key: string, title: string, kind: string}[]} changed
 * @returns {{title: string, keys: string[]}[]}
 */
function playersOf(changed) {
  if (changed.length <= MOST_PLAYERS) return changed.map((one) => ({ title: one.title, keys: [one.key] }));
  /** @type {Map<string, string[]>} */
  const kinds = new Map();
  for (const one of changed) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one.key]);
  return [...kinds].map(([title, keys]) => ({ title, keys }));
}

const GRID = 24; // steps along a range at which a change of sign is looked for
const HALVINGS = 30;

/**
 * Value at which a figure turns, the one nearest to where it stands now; null if it turns nowhere within the ends.
 * @param {(value: number) => number} figure
 * @param {number} low @param {number} high @param {number} now
 * @returns {Generator<void, number | null, void>}
 */
function* evenPoint(figure, low, high, now) {
  const places = Array.from({ length: GRID + 1 }, (_, i) => low + ((high - low) * i) / GRID);
  /** @type {number[]} */
  const values = [];
  for (const place of places) {
    values.push(figure(place));
    yield;
  }
  /** @type {number[]} */
  const found = [];
  for (let i = 0; i < GRID; i++) {
    if (values[i] === 0) found.push(places[i]);
    else if (values[i] * values[i + 1] < 0) found.push(yield* halved(figure, places[i], places[i + 1], values[i]));
  }
  return found.length ? found.reduce((a, b) => (Math.abs(b - now) < Math.abs(a - now) ? b : a)) : null;
}

/**
 * @param {(value: number) => number} figure
 * @param {number} low
 * @param {number} high
 * @param {number} atLow
 * @returns {Generator<void, number, void>}
 */
function* halved(figure, low, high, atLow) {
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (figure(middle) * atLow > 0) low = middle;
    else high = middle;
    yield;
  }
  return (low + high) / 2;
}

/**
 * Share of the evidence that lies at least as far from its middle as these settings together: normal scores of their
 * ranks, squared and added up; Wilson and Hilferty's approximation of the tail.
 * @param {number[]} ranks of each setting in its own evidence
 * @returns {number}
 */
function jointPlausibility(ranks) {
  const n = ranks.length;
  const square = ranks.reduce((sum, rank) => sum + normalScore(rank) ** 2, 0);
  const spread = 2 / (9 * n);
  const z = (Math.cbrt(square / n) - (1 - spread)) / Math.sqrt(spread);
  return z > 0 ? 1 - normalBelow(z) : normalBelow(-z);
}

/** Standard normal score of a probability (Acklam's approximation, 1e-9). @param {number} p @returns {number} */
function normalScore(p) {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const sum = (/** @type {number[]} */ of, /** @type {number} */ x) => of.reduce((total, one) => total * x + one, 0);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return sum(c, q) / (sum(d, q) * q + 1);
  }
  if (p > 1 - 0.02425) return -normalScore(1 - p);
  const q = p - 0.5;
  return (q * sum(a, q * q)) / (sum(b, q * q) * q * q + 1);
}

/** @param {number} x at least 0 @returns {number} */
function normalBelow(x) {
  const t = 1 / (1 + 0.2316419 * x);
  const poly = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) * t;
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

/**
 * Share of the draws below a value, by straight lines between stored quantiles; at the ends what the ends have.
 * @param {number} value @param {number[]} quantiles @param {number[]} levels
 * @returns {number}
 */
function shareBelow(value, quantiles, levels) {
  const last = quantiles.length - 1;
  if (value <= quantiles[0]) return levels[0];
  if (value >= quantiles[last]) return levels[last];
  const i = quantiles.findIndex((one) => one > value) - 1;
  return levels[i] + ((levels[i + 1] - levels[i]) * (value - quantiles[i])) / (quantiles[i + 1] - quantiles[i]);
}
