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
      if ((set >> i) % 2 === 0) shares[i] += (weights[size] ?? 0) * ((values[set | (1 << i)] ?? 0) - (values[set] ?? 0));
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
 * Changed settings as players: each by itself up to eight, grouped above that.
 * @param {{key: string, title: string, group: string}[]} changed
 * @returns {{title: string, keys: string[]}[]}
 */
function playersOf(changed) {
  if (changed.length <= MOST_PLAYERS) return changed.map((one) => ({ title: one.title, keys: [one.key] }));
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const one of changed) groups.set(one.group, [...(groups.get(one.group) ?? []), one.key]);
  const found = [...groups].map(([title, keys]) => ({ title, keys }));
  if (found.length <= MOST_PLAYERS) return found;
  const rest = found.slice(MOST_PLAYERS - 1);
  return [...found.slice(0, MOST_PLAYERS - 1), { title: "everything else that was changed", keys: rest.flatMap((one) => one.keys) }];
}

const GRID = 9; // points between the ends at which a change of sign is looked for
const HALVINGS = 24;

/**
 * Value at which a figure turns, the one nearest to where it stands now; null if it turns nowhere within the ends.
 * @param {(value: number) => number} figure
 * @param {number} low @param {number} high @param {number} now
 * @returns {Generator<void, number | null, void>}
 */
function* evenPoint(figure, low, high, now) {
  const places = Array.from({ length: GRID }, (_, i) => low + ((high - low) * i) / (GRID - 1));
  /** @type {number[]} */
  const values = [];
  for (const place of places) {
    values.push(figure(place));
    yield;
  }
  /** @type {number | null} */
  let nearest = null;
  for (let i = 0; i + 1 < GRID; i++) {
    let [left, right] = [places[i] ?? 0, places[i + 1] ?? 0];
    const [first, last] = [values[i] ?? 0, values[i + 1] ?? 0];
    if (first > 0 === last > 0) continue;
    for (let k = 0; k < HALVINGS; k++) {
      const middle = (left + right) / 2;
      if (figure(middle) > 0 === first > 0) left = middle;
      else right = middle;
      yield;
    }
    if (nearest === null || Math.abs(left - now) < Math.abs(nearest - now)) nearest = (left + right) / 2;
  }
  return nearest;
}

/**
 * Share of the evidence that lies at least as far from its middle as these settings together, by chi-squared.
 * @param {number[]} shares quantile of each setting in its own evidence
 * @returns {number}
 */
function jointPlausibility(shares) {
  const sum = shares.reduce((total, share) => total + normalScore(clipped(share, 1e-4, 1 - 1e-4)) ** 2, 0);
  return chiSquaredAbove(sum, shares.length);
}

/** Standard normal score of a probability (Acklam's approximation, 1e-9). @param {number} p @returns {number} */
function normalScore(p) {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
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

/** Chance that a chi-squared number of n degrees is above x. @param {number} x @param {number} n @returns {number} */
function chiSquaredAbove(x, n) {
  const half = x / 2;
  let term = n % 2 ? Math.sqrt((4 * half) / Math.PI) * Math.exp(-half) : Math.exp(-half);
  let sum = n % 2 ? 2 * (1 - normalBelow(Math.sqrt(x))) : term;
  for (let k = n % 2 ? 1 : 2; k < n; k += 2) {
    if (n % 2) sum += term;
    term *= half / (n % 2 ? k / 2 + 1 : k / 2);
    if (n % 2 === 0) sum += term;
  }
  return clipped(sum, 0, 1);
}

/** @param {number} x at least 0 @returns {number} */
function normalBelow(x) {
  const t = 1 / (1 + 0.2316419 * x);
  const poly = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) * t;
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

/**
 * Quantile of a value in its evidence, by straight lines between the stored quantiles.
 * @param {number} value @param {number[]} quantiles @param {number[]} levels
 * @returns {number}
 */
function shareBelow(value, quantiles, levels) {
  const last = quantiles.length - 1;
  if (value <= (quantiles[0] ?? 0)) return value < (quantiles[0] ?? 0) ? 0 : (levels[0] ?? 0);
  if (value >= (quantiles[last] ?? 0)) return value > (quantiles[last] ?? 0) ? 1 : (levels[last] ?? 1);
  const i = quantiles.findIndex((one) => one > value) - 1;
  const [from, to] = [quantiles[i] ?? 0, quantiles[i + 1] ?? 1];
  return (levels[i] ?? 0) + (((levels[i + 1] ?? 1) - (levels[i] ?? 0)) * (value - from)) / (to - from);
}
