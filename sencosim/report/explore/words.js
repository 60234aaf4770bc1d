// Numbers in words, as sencosim/report/words.py writes them: one way to round, one way to write money. Tests set every
// function here against its namesake there.

const MINUS = "\u2212";
const DASH = "\u2013";
const INTERVAL = "80 % interval";
const MOST_FIGURES = 4;

/**
 * The shortest decimal digits that name a number, and the power of ten of the first.
 * @param {number} value
 * @returns {[string, number]}
 */
function digitsOf(value) {
  const [mantissa = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  return [mantissa.replace(".", ""), Number(power)];
}

/**
 * Round to a power of ten, half to even, on decimal digits as people do.
 * @param {number} value
 * @param {number} power
 * @returns {number}
 */
function halfEven(value, power) {
  const [digits, first] = digitsOf(value);
  const kept = first - power + 1; // digits before the place of rounding
  if (kept < 0) return 0;
  const head = digits.slice(0, kept).padEnd(kept, "0") || "0";
  const tail = digits.slice(kept);
  const next = tail.charAt(0);
  const isAbove = next > "5" || (next === "5" && /[1-9]/.test(tail.slice(1)));
  const isTie = next === "5" && !isAbove;
  const up = isAbove || (isTie && Number(head.slice(-1)) % 2 === 1);
  const whole = BigInt(head) + (up ? 1n : 0n);
  return Math.sign(value) * Number(`${whole}e${power}`);
}

/**
 * Power of ten to which a number and the ends of its interval are rounded.
 * @param {...number} numbers
 * @returns {number}
 */
function roundingStep(...numbers) {
  const finite = numbers.filter(Number.isFinite);
  const largest = Math.max(0, ...finite.map(Math.abs));
  if (largest === 0) return 1;
  const exponent = digitsOf(largest)[1];
  const width = Math.max(...finite) - Math.min(...finite);
  let power = exponent - 1;
  if (finite.length > 1 && width > 1e-9 * largest) {
    power = Math.max(Math.min(power, digitsOf(width)[1] - 1), exponent - (MOST_FIGURES - 1));
  }
  return Number(`1e${power}`);
}

/**
 * Round to a step; a value that would vanish keeps one significant figure.
 * @param {number} value
 * @param {number} step
 * @returns {number}
 */
function rounded(value, step) {
  if (value === 0) return 0;
  const own = Math.abs(value) < step / 2 ? digitsOf(value)[1] : digitsOf(step)[1];
  return halfEven(value, own);
}

/**
 * A number with commas, a real minus sign and no more decimals than its step supports.
 * @param {number} value
 * @param {number} step
 * @param {boolean} [signed]
 * @returns {string}
 */
function plain(value, step, signed = false) {
  if (!Number.isFinite(value)) return "not known";
  const number = rounded(value, step);
  const own = Math.abs(number) >= step || number === 0 ? step : number;
  const decimals = Math.max(0, -digitsOf(own)[1]);
  const sign = number < 0 ? MINUS : signed && number > 0 ? "+" : "";
  return sign + withCommas(Math.abs(number).toFixed(decimals));
}

/** @param {string} digits @returns {string} */
function withCommas(digits) {
  const [whole = "0", part] = digits.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/**
 * A number as it is held, with so many significant figures at most.
 * @param {number} value
 * @param {number} [figures]
 * @returns {string}
 */
function upToFigures(value, figures = 4) {
  if (!Number.isFinite(value)) return "not known";
  const short = Number(value.toPrecision(figures));
  const text = Math.abs(short) < 1e-6 && short !== 0 ? short.toString() : withCommas(expand(Math.abs(short)));
  return (short < 0 && !text.startsWith("-") ? MINUS : "") + text.replace("-", MINUS);
}

/** A number without an exponent. @param {number} value @returns {string} */
function expand(value) {
  const [digits, power] = digitsOf(value);
  return value.toFixed(Math.max(0, digits.length - 1 - power));
}

/**
 * Unit in which a group of sums is written: by the largest as it is rounded.
 * @param {...number} values
 * @returns {[number, string]}
 */
function moneyScale(...values) {
  const finite = values.filter(Number.isFinite);
  const millions = largestRounded(1, finite) >= 1e6;
  if (largestRounded(millions ? 1e6 : 1, finite) >= 1e9) return [1e9, " billion"];
  return millions ? [1e6, " million"] : [1, ""];
}

/**
 * The largest of some sums as it is written in a unit.
 * @param {number} scale
 * @param {number[]} values
 * @returns {number}
 */
function largestRounded(scale, values) {
  const step = roundingStep(...values.map((one) => one / scale));
  return rounded(Math.max(0, ...values.map((one) => Math.abs(one) / scale)), step) * scale;
}

/**
 * Step to which a group of sums is rounded in its unit: a sum that fills the unit is one of it, not just below.
 * @param {number} scale
 * @param {...number} values
 * @returns {number}
 */
function moneyStep(scale, ...values) {
  const numbers = values.filter(Number.isFinite).map((one) => one / scale);
  const step = roundingStep(...numbers);
  const isFilled = scale > 1 && Math.max(0, ...numbers.map(Math.abs)) < 1;
  return isFilled ? roundingStep(...numbers.map((one) => rounded(one, step))) : step;
}

/**
 * A sum of money, scaled and rounded together with its interval.
 * @param {number} value
 * @param {number[]} [interval]
 * @param {boolean} [signed]
 * @returns {string}
 */
function money(value, interval = [], signed = false) {
  if (!Number.isFinite(value)) return "not known";
  const [scale, word] = moneyScale(value, ...interval);
  const step = moneyStep(scale, value, ...interval);
  const sign = value < 0 ? MINUS : signed && value > 0 ? "+" : "";
  return `${sign}£${plain(Math.abs(value) / scale, step)}${word}`;
}

/**
 * A net cost with a verb, so that nobody needs to know the sign convention.
 * @param {number} value
 * @param {number[]} [interval]
 * @returns {string}
 */
function costsOrSaves(value, interval = []) {
  if (value === 0) return "costs nothing and saves nothing";
  return `${value > 0 ? "costs" : "saves"} ${money(Math.abs(value), interval)}`;
}

/**
 * The interval of a net cost in words, with the side of zero of both ends.
 * @param {number} value
 * @param {number} low
 * @param {number} high
 * @returns {string}
 */
function moneyRange(value, low, high) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "not known";
  const [first, second] = [low, high].map((end) => money(Math.abs(end), [value, low, high]));
  if (low === 0 && high === 0) return "no difference";
  if (low < 0 && high > 0) return `a saving of ${first} to a cost of ${second}`;
  return high <= 0 ? `a saving of ${second} to ${first}` : `a cost of ${first} to ${second}`;
}

/**
 * A share as a whole per cent, never as a false 0 or 100.
 * @param {number} fraction
 * @returns {string}
 */
function perCent(fraction) {
  if (fraction > 0 && fraction < 0.01) return "less than 1 %";
  if (fraction > 0.99 && fraction < 1) return "more than 99 %";
  return `${halfEven(100 * fraction, 0)} %`;
}

/** Join with commas and a final "and". @param {string[]} items @returns {string} */
function joined(items) {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

/** @param {string} text @returns {string} */
function sentenceCase(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
