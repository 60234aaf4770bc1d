// The arithmetic: a copy of sencosim/outcomes/explorer.py, which is the one source of truth and says what each sum
// means. Tests set the two against each other on random states. Nothing here knows the page.

/**
 * @typedef {number[][]} Rows
 * @typedef {[number, number[]][]} Products number and places of prices that are multiplied with it, added up
 * @typedef {{name: string, title: string, unit: string, kind: "number" | "switch", low: number, high: number,
 *   step: number, off: number, group: string, words: string, why: string}} Control
 * @typedef {{name: string, title: string, unit: string, kind: "engine" | "price", low: number, high: number, step: number,
 *   values: number[], bands: ([number, number] | null)[], quantiles: (number[] | null)[], grade: string, grade_words: string,
 *   source: string, source_url: string | null, said: string, moves: number, group: string, log: boolean,
 *   views_fix: boolean[], middle: number, half: number, column: number}} Belief
 * @typedef {{q: number, payer: number, category: string, item: string, side: "policy" | "consequence", transfer: boolean,
 *   budget: boolean, social: boolean, lever: string, funder: string, price: Products, labour: Products,
 *   cash: Products}} Charge
 * @typedef {{name: string, title: string, description: string, covered: boolean, controls: Record<string, number> | null,
 *   funders: Record<string, string>, levers: string[], command: string, cautions: string[], stored: number[][][] | null,
 *   stored_as: string, base: number[][] | null}} Stored stored by law and view, base by law: years x quantities
 * @typedef {{name: string, title: string, unit: string, favourable: string, definition: string, of: number[],
 *   per: number[], scale: number, per_baseline: boolean}} Outcome
 * @typedef {{r2: number, band: number, share_inside: number, n: number, refused: boolean, noise: number[]}} Trust
 * @typedef {{scenario: string, controls: Record<string, number>, funder: string, beliefs: Record<string, number>,
 *   high_needs: string, horizon: number, discount: number}} State
 * @typedef {{code: number, name: string, region: string, neighbours: number[], schools: number, pupils: number,
 *   figures: Record<string, Record<string, number>>}} Council
 * @typedef {{schema: number, hash: string, made: Record<string, any>, years: number[], base_year_pay: number,
 *   price_base: string, discount_default: number,
 *   views: {name: string, title: string, label: string, description: string}[], laws: {name: string, title: string}[],
 *   payers: {name: string, title: string, words: string, is_public: boolean}[], categories: {name: string, title: string}[],
 *   quantities: {name: string, unit: string}[], controls: Control[], beliefs: Belief[],
 *   not_here: {name: string, title: string}[],
 *   schools: Record<"phase" | "low" | "high" | "sen" | "today" | "weight", number[]>, timing: {knots: number[], shapes: Rows},
 *   features: {policy: string[], terms: number[][]}, emulator: {P: Rows, V: Rows},
 *   anchors: {scenarios: string[], places: Rows, weights: Rows, scale: number[], length: number},
 *   scenarios: Stored[], base: number[][], drift_secondary: number, charges: Charge[], prices_draws: Rows[], beliefs_draws: Rows[],
 *   outcomes: Outcome[], errors: Record<string, Trust>, error_size: {weights: number[], power: number},
 *   uses: {name: string, words: string, of: number[]}[], share_central: Record<string, number[]>,
 *   teachers: {added: number, released: number[], hours_a_year: number}, funders: Record<string, string>,
 *   funded_levers: string[], quantile_levels: number[], frontier: {aims: Record<string, any>[], current: boolean} | null,
 *   councils: ({rows: Council[]} & Record<string, any>) | null,
 *   refusals: Record<string, string>}} PageData
 *
 * @typedef {{controls: Record<string, number>, place: number[], shares: number[], parts: Float64Array, isNone: boolean,
 *   correction: (view: number, law: number) => Float64Array}} Policy what is asked, worked out once for all draws
 * @typedef {{growth: number, released: number, price: Float64Array, labour: Float64Array, cash: Float64Array}} PriceRow
 * @typedef {{figures: Float64Array, waterfall: Float64Array, byYear: Float64Array, uses: Float64Array}} Sums
 * @typedef {{basis: "stored" | "emulated", point: Sums, mean: Sums | null, low: Float64Array | null,
 *   high: Float64Array | null, drawn: Sums[]}} Cell
 * @typedef {{data: PageData, K: number, Y: number, R: number, S: number, P: Float64Array, V: Float64Array,
 *   engine: Belief[], prices: Belief[], names: string[], lines: number[], places: Map<string, Belief>, today: number[],
 *   gaps: Float64Array[][][], kept: Map<string, any>}} Model
 */

const STEPS = [0.05, 0.15, 0.4];
const FEWEST_SHARING = 30;
const EARLY_YEARS = 3;
const DRIFT = "hours_drift_primary";
const [YEARS_OF_DRIFT, MOST_HOURS] = [5, 32.4];
const HOURS_OF_TODAY = ["hours_intercept_primary", "hours_intercept_secondary"];
const MONEY = ["net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving", "released_hours_worth"];
const MOST_KEPT = 24; // policies and prices that are remembered

/** An answer that is not given; the words say why and what can. */
class Refused extends Error {}

/** @param {number} value @param {number} low @param {number} high */
function clipped(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** @template T @param {Map<string, T>} kept @param {string} key @param {() => T} make @returns {T} */
function remembered(kept, key, make) {
  const found = kept.get(key);
  if (found !== undefined) return found;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  const made = make();
  kept.set(key, made);
  return made;
}

/** Data made ready for many answers. @param {PageData} data @returns {Model} */
function prepared(data) {
  const categories = data.categories.map((one) => one.name);
  const sorted = (/** @type {string} */ kind) => data.beliefs.filter((one) => one.kind === kind).sort((a, b) => a.column - b.column);
  /** @type {Model} */
  const model = {
    data, K: data.quantities.length, Y: data.years.length, R: data.emulator.V.length, S: data.timing.shapes[0]?.length ?? 0,
    P: Float64Array.from(data.emulator.P.flat()), V: Float64Array.from(data.emulator.V.flat()),
    engine: sorted("engine"), prices: sorted("price"),
    names: [...MONEY, ...data.payers.map((one) => `payer_net.${one.name}`), ...data.outcomes.map((one) => `outcome.${one.name}`)],
    lines: data.charges.map((one) => categories.indexOf(one.category)),
    places: new Map(data.beliefs.map((one) => [one.name, one])), today: [], gaps: [], kept: new Map(),
  };
  model.today = HOURS_OF_TODAY.map((name) => model.places.get(name)?.column ?? -1);
  model.gaps = data.anchors.scenarios.map((name) => gapsAt(model, storedPolicy(data, name)));
  return model;
}

/** @param {PageData} data @param {string} name @returns {Stored} */
function storedPolicy(data, name) {
  const found = data.scenarios.find((one) => one.name === name);
  if (!found) throw new Error(`No policy of the name ${name} is stored.`);
  return found;
}

/** What a stored policy changed in its runs. @param {PageData} data @param {string} name @param {number} view @param {number} law @returns {number[]} */
function storedChange(data, name, view, law) {
  return storedPolicy(data, storedPolicy(data, name).stored_as || name).stored?.[law]?.[view] ?? [];
}

/** Point values of the beliefs that the engine reads. @param {Model} model @param {number} view */
function defaultsOf(model, view) {
  return model.engine.map((one) => one.values[view] ?? 0);
}

/** Stored results of an anchor less what is emulated at it. @param {Model} model @param {Stored} own @returns {Float64Array[][]} */
function gapsAt(model, own) {
  const controls = withOff(model.data, own.controls ?? {});
  const parts = partsInTime(model, timeFunctions(model, sharesJoined(model, controls)));
  return model.data.views.map((_, view) => {
    const asked = askedOf(model, controls, defaultsOf(model, view));
    return model.data.laws.map((_, law) => {
      const kept = storedChange(model.data, own.name, view, law);
      return emulated(model, asked, parts, view, law).map((one, n) => (kept[n] ?? 0) - one);
    });
  });
}

/** @param {PageData} data @param {Record<string, number>} controls @returns {Record<string, number>} */
function withOff(data, controls) {
  return { ...Object.fromEntries(data.controls.map((one) => [one.name, one.off])), ...controls };
}

// -- what a policy asks -----------------------------------------------------------------------------------------------

/** Share of the schools of a group with fewer pupils than a limit. @param {number} low @param {number} high @param {number} limit */
function shareOfGroupBelow(low, high, limit) {
  return clipped((limit - low) / Math.max(high - low, 1e-9), 0, 1);
}

/**
 * What the controls ask of schools.
 * @param {PageData} data @param {Record<string, number>} controls every one of them
 * @param {number[]} scale what today's hours are multiplied by, primary and secondary
 * @param {number[]} drift hours that a school gives more each year by itself
 * @returns {Float64Array}
 */
function policyFeatures(data, controls, scale, drift) {
  const at = (/** @type {string} */ name) => controls[name] ?? 0;
  const { phase, low, high, sen, today, weight } = data.schools;
  const [each, most, smallest, limit] = [at("hours_per_sen_pupil"), at("most_hours"), at("smallest_school"), at("shared_below")];
  const least = Math.min(at("least_hours"), most);
  const isAsked = each > 0 || least > 0;
  const covers = [at("primary"), at("secondary")];
  const features = new Float64Array(data.features.policy.length);
  for (let i = 0; i < weight.length; i++) {
    const [own, from, to, need, share] = [phase[i] ?? 0, low[i] ?? 0, high[i] ?? 0, sen[i] ?? 0, weight[i] ?? 0];
    if (limit >= FEWEST_SHARING && own === 0) features[9] = (features[9] ?? 0) + share * shareOfGroupBelow(from, to, limit + 1);
    if (!isAsked) continue;
    const covered = (covers[own] ?? 0) * (1 - shareOfGroupBelow(from, to, smallest)) * share;
    if (covered === 0) continue;
    const given = today[i] ?? 0;
    const now = clipped(given * (scale[own] ?? 1) + (given > 0 ? YEARS_OF_DRIFT * (drift[own] ?? 0) : 0), 0, MOST_HOURS);
    const asked = Math.min(Math.max(each * need, least), most);
    const added = Math.max(0, asked - now);
    features[own] = (features[own] ?? 0) + covered * added;
    for (let j = 0; j < STEPS.length; j++) {
      const place = 2 + 2 * j + own;
      features[place] = (features[place] ?? 0) + covered * Math.min(added, (STEPS[j] ?? 0) * need);
    }
    features[8] = (features[8] ?? 0) + Math.max(0, now - asked) * covered;
  }
  const [hours, assistants] = [at("administrator_hours"), at("assistant_hours_per_sen_pupil")];
  features.set([hours, Math.sqrt(hours), assistants, Math.sqrt(assistants), at("leadership_seat")], 10);
  return features;
}

/**
 * What is asked under some beliefs: features of the policy, and beliefs from -1 to 1 over what the design covers.
 * @typedef {{features: Float64Array, z: number[]}} Asked
 * @param {Model} model @param {Record<string, number>} controls @param {ArrayLike<number>} beliefs @returns {Asked}
 */
function askedOf(model, controls, beliefs) {
  const scale = model.today.map((k) => Math.exp((beliefs[k] ?? 0) - (model.engine[k]?.values[0] ?? 0)));
  const z = model.engine.map((one, k) => ((one.log ? Math.log(beliefs[k] ?? 1) : (beliefs[k] ?? 0)) - one.middle) / one.half);
  const drift = [beliefs[model.places.get(DRIFT)?.column ?? -1] ?? 0, model.data.drift_secondary];
  return { features: policyFeatures(model.data, controls, scale, drift), z };
}

/** Share of the schools that have joined by year. @param {Model} model @param {Record<string, number>} controls @returns {number[]} */
function sharesJoined(model, controls) {
  const [start, years] = [controls["start"] ?? 0, controls["phase_in_years"] ?? 1];
  const first = model.data.years[0] ?? 0;
  return model.data.years.map((_, y) => Math.floor(clipped((first + y - start + 1) / years, 0, 1) * 100 + 0.5) / 100);
}

/** How the response to each year's joiners adds up. @param {Model} model @param {number[]} shares @returns {number[][]} S x Y */
function timeFunctions(model, shares) {
  const { knots, shapes } = model.data.timing;
  const hat = (/** @type {number} */ j, /** @type {number} */ age) => {
    const [own, before, after] = [knots[j] ?? 0, knots[j - 1], knots[j + 1]];
    if (age === own) return 1;
    if (age < own) return before === undefined ? 1 : Math.max(0, (age - before) / (own - before));
    return after === undefined ? 1 : Math.max(0, (after - age) / (after - own));
  };
  const courses = knots.map((_, j) => shares.map((_, y) => {
    let sum = 0;
    for (let since = 0; since <= y; since++) sum += ((shares[y - since] ?? 0) - (shares[y - since - 1] ?? 0)) * hat(j, since);
    return sum;
  }));
  const hatsAndTrend = [...courses, shares.map((share, y) => (share * y) / (shares.length - 1))];
  return Array.from({ length: model.S }, (_, s) => shares.map((_, y) =>
    hatsAndTrend.reduce((sum, course, j) => sum + (course[y] ?? 0) * (shapes[j]?.[s] ?? 0), 0)));
}

/** @param {Model} model @param {Record<string, number>} controls @returns {Policy} */
function policyOf(model, controls) {
  return remembered(model.kept, `policy ${JSON.stringify(controls)}`, () => {
    const shares = sharesJoined(model, controls);
    const place = placeOf(model, controls, shares);
    const weights = anchorWeights(model, place);
    /** @type {Map<string, Float64Array>} */
    const kept = new Map();
    const correction = (/** @type {number} */ view, /** @type {number} */ law) =>
      remembered(kept, `${view} ${law}`, () => weighted(model, weights, view, law));
    const isNone = place.every((one) => one === 0);
    return { controls, place, shares, correction, parts: partsInTime(model, timeFunctions(model, shares)), isNone };
  });
}

/** Where a policy lies among others, at point values. @param {Model} model @param {Record<string, number>} controls @param {number[]} shares */
function placeOf(model, controls, shares) {
  const { features } = askedOf(model, controls, defaultsOf(model, 0));
  const asked = Array.from(features, (one, i) => one / (model.data.anchors.scale[i] ?? 1));
  const [whole, early] = [sumOf(shares) / shares.length, sumOf(shares.slice(0, EARLY_YEARS)) / EARLY_YEARS];
  return [...asked.map((one) => one * whole), ...asked.map((one) => one * early)];
}

/** @param {ArrayLike<number>} values */
function sumOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}

/** How much of the correction at each stored policy counts here. @param {Model} model @param {number[]} at */
function anchorWeights(model, at) {
  const { places, weights, length } = model.data.anchors;
  const near = places.map((place) => Math.exp((-0.5 * sumOf(place.map((one, i) => (one - (at[i] ?? 0)) ** 2))) / length ** 2));
  return model.data.anchors.scenarios.map((_, n) => sumOf(near.map((one, i) => one * (weights[i]?.[n] ?? 0))));
}

/** @param {Model} model @param {number[]} weights @param {number} view @param {number} law @returns {Float64Array} */
function weighted(model, weights, view, law) {
  const sum = new Float64Array(model.Y * model.K);
  weights.forEach((weight, s) => {
    const gap = model.gaps[s]?.[view]?.[law] ?? sum;
    if (weight !== 0) for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + weight * (gap[n] ?? 0);
  });
  return sum;
}

// -- emulated ---------------------------------------------------------------------------------------------------------

/** Parts of the emulator over the years of a policy. @param {Model} model @param {number[][]} times @returns {Float64Array} R x Y x K */
function partsInTime(model, times) {
  const { R, Y, K, S, V } = model;
  const parts = new Float64Array(R * Y * K);
  for (let r = 0; r < R; r++) {
    for (let j = 0; j < S; j++) {
      const from = (r * S + j) * K;
      for (let y = 0; y < Y; y++) {
        const size = times[j]?.[y] ?? 0;
        const to = (r * Y + y) * K;
        if (size !== 0) for (let k = 0; k < K; k++) parts[to + k] = (parts[to + k] ?? 0) + size * (V[from + k] ?? 0);
      }
    }
  }
  return parts;
}

/**
 * The polynomial: what a policy changes under some beliefs.
 * @param {Model} model @param {Asked} asked @param {Float64Array} parts @param {number} view @param {number} law
 * @returns {Float64Array} Y x K
 */
function emulated(model, asked, parts, view, law) {
  const { R, Y, K, P } = model;
  const { features, z } = asked;
  const { terms } = model.data.features;
  const scores = new Float64Array(R);
  for (let n = 0; n < terms.length; n++) {
    const [i = -1, first = -1, second = -1, on = -1, other = -1] = terms[n] ?? [];
    if (on >= 0 && (on === 3 ? law !== 1 : view !== on)) continue;
    let value = i >= 0 ? (features[i] ?? 0) : 1;
    if (other >= 0) value *= features[other] ?? 0;
    if (first >= 0) value *= z[first] ?? 0;
    if (second >= 0) value *= z[second] ?? 0;
    if (value !== 0) for (let r = 0; r < R; r++) scores[r] = (scores[r] ?? 0) + value * (P[n * R + r] ?? 0);
  }
  const change = new Float64Array(Y * K);
  for (let r = 0; r < R; r++) {
    const [score, from] = [scores[r] ?? 0, r * Y * K];
    if (score !== 0) for (let n = 0; n < change.length; n++) change[n] = (change[n] ?? 0) + score * (parts[from + n] ?? 0);
  }
  return change;
}

/** Emulated, and corrected towards stored policies near it. @param {Model} model @param {Policy} policy @param {Asked} asked @param {number} view @param {number} law */
function changeOf(model, policy, asked, view, law) {
  if (policy.isNone) return new Float64Array(model.Y * model.K);
  const change = emulated(model, asked, policy.parts, view, law);
  const correction = policy.correction(view, law);
  for (let n = 0; n < change.length; n++) change[n] = (change[n] ?? 0) + (correction[n] ?? 0);
  return change;
}

// -- exact ------------------------------------------------------------------------------------------------------------

/** @param {Products} terms @param {ArrayLike<number>} row @returns {number} */
function valueOf(terms, row) {
  let sum = 0;
  for (const [number, places] of terms) {
    let product = number;
    for (const one of places) product *= row[one] ?? 0;
    sum += product;
  }
  return sum;
}

/** What every charge costs at some prices. @param {Model} model @param {ArrayLike<number>} row @returns {PriceRow} */
function priceRow(model, row) {
  const { charges } = model.data;
  const of = (/** @type {"price" | "labour" | "cash"} */ name) => Float64Array.from(charges, (one) => valueOf(one[name], row));
  const at = (/** @type {string} */ name) => row[model.places.get(name)?.column ?? -1] ?? 0;
  return { growth: at("real_pay_growth"), released: at("released_hours_value"), price: of("price"), labour: of("labour"), cash: of("cash") };
}

/** Who funds a lever: as the reader says, else as the scenario does. @param {PageData} data @param {string} lever @param {State} state */
function funderOf(data, lever, state) {
  if (state.funder && data.funded_levers.includes(lever)) return state.funder;
  return (state.scenario ? storedPolicy(data, state.scenario).funders : data.funders)[lever] ?? "";
}

/** Increase of teachers taken from classes, by year. @param {Model} model @param {Float64Array} change @param {number} released */
function teachersTaken(model, change, released) {
  const { added, released: parts, hours_a_year: hours } = model.data.teachers;
  let before = 0;
  return model.data.years.map((_, y) => {
    const at = (/** @type {number} */ k) => change[y * model.K + k] ?? 0;
    const taken = (at(added) - released * parts.reduce((sum, k) => sum + at(k), 0)) / hours;
    const more = Math.max(0, taken - before);
    before = taken;
    return more;
  });
}

/**
 * Every figure from a change of quantities and prices.
 * @param {Model} model @param {Float64Array} change @param {PriceRow} prices @param {number} law
 * @param {State} state @param {boolean[]} counts whether each charge counts
 * @returns {Sums} figures by model.names; waterfall payers x categories; byYear (net, social value, payers) x years
 */
function figuresOf(model, change, prices, law, state, counts) {
  const { data, K } = model;
  const [horizon, nPayers, nLines] = [state.horizon, data.payers.length, data.categories.length];
  const figures = new Float64Array(model.names.length);
  const waterfall = new Float64Array(nPayers * nLines);
  const byYear = new Float64Array((2 + nPayers) * horizon);
  const taken = teachersTaken(model, change, prices.released);
  const central = data.share_central[state.high_needs] ?? [];
  const councils = data.payers.findIndex((one) => one.name === "council_high_needs");
  const other = data.payers.findIndex((one) => one.name === "central_high_needs");
  const discount = data.years.map((_, y) => (1 + state.discount) ** -y);
  const grown = data.years.map((year) => (1 + prices.growth) ** (year - data.base_year_pay) - 1);
  data.charges.forEach((charge, c) => {
    if (!counts[c]) return;
    const [price, labour, payer] = [prices.price[c] ?? 0, prices.labour[c] ?? 0, charge.payer];
    const isOwn = charge.budget || !data.payers[payer]?.is_public;
    let [value, moved] = [0, 0];
    for (let y = 0; y < horizon; y++) {
      const quantity = charge.q === K ? (taken[y] ?? 0) : (change[y * K + charge.q] ?? 0);
      const amount = quantity * price * (1 + labour * (grown[y] ?? 0));
      const share = payer === councils ? (central[y] ?? 0) : 0;
      value += amount * (discount[y] ?? 0);
      moved += amount * (discount[y] ?? 0) * share;
      if (isOwn) {
        byYear[(2 + payer) * horizon + y] = (byYear[(2 + payer) * horizon + y] ?? 0) + amount * (1 - share);
        byYear[(2 + other) * horizon + y] = (byYear[(2 + other) * horizon + y] ?? 0) + amount * share;
      }
      if (!charge.transfer && charge.social) byYear[horizon + y] = (byYear[horizon + y] ?? 0) - amount;
    }
    const line = model.lines[c] ?? 0;
    if (isOwn) {
      waterfall[payer * nLines + line] = (waterfall[payer * nLines + line] ?? 0) + value - moved;
      waterfall[other * nLines + line] = (waterfall[other * nLines + line] ?? 0) + moved;
    }
    if (charge.category === "released_hours") figures[5] = (figures[5] ?? 0) - value;
    if (charge.transfer) return;
    if (charge.social && charge.side === "policy") figures[2] = (figures[2] ?? 0) + value;
    else if (charge.social) figures[3] = (figures[3] ?? 0) - value;
    if (data.payers[payer]?.is_public && charge.budget && charge.side === "consequence") {
      figures[4] = (figures[4] ?? 0) - value * (prices.cash[c] ?? 0);
    }
  });
  figures[1] = (figures[3] ?? 0) - (figures[2] ?? 0);
  data.payers.forEach((payer, p) => {
    const net = sumOf(waterfall.subarray(p * nLines, (p + 1) * nLines));
    figures[MONEY.length + p] = net;
    if (!payer.is_public) return;
    figures[0] = (figures[0] ?? 0) + net;
    for (let y = 0; y < horizon; y++) byYear[y] = (byYear[y] ?? 0) + (byYear[(2 + p) * horizon + y] ?? 0);
  });
  const more = new Float64Array(K);
  for (let n = 0; n < horizon * K; n++) more[n % K] = (more[n % K] ?? 0) + (change[n] ?? 0);
  outcomesInto(model, figures, more, law, state);
  const uses = Float64Array.from(data.uses, (one) => one.of.reduce((sum, k) => sum + (more[k] ?? 0), 0) / horizon);
  return { figures, waterfall, byYear, uses };
}

/** @param {Model} model @param {Float64Array} figures @param {Float64Array} more @param {number} law @param {State} state */
function outcomesInto(model, figures, more, law, state) {
  const { data } = model;
  const { horizon, scenario } = state;
  const before = remembered(model.kept, `before ${scenario} ${law} ${horizon}`, () => {
    const own = scenario ? storedPolicy(data, scenario).base : null;
    const base = (own ?? data.base)[law] ?? [];
    const sum = new Float64Array(model.K);
    for (let n = 0; n < horizon * model.K; n++) sum[n % model.K] = (sum[n % model.K] ?? 0) + (base[n] ?? 0);
    return sum;
  });
  const all = (/** @type {Float64Array} */ of, /** @type {number[]} */ places) => places.reduce((sum, k) => sum + (of[k] ?? 0), 0);
  data.outcomes.forEach((one, n) => {
    const place = MONEY.length + data.payers.length + n;
    const [top, added] = [all(before, one.of), all(more, one.of)];
    if (one.per.length === 0) {
      figures[place] = (one.scale * added) / horizon;
      return;
    }
    const bottom = all(before, one.per);
    const after = bottom + (one.per_baseline ? 0 : all(more, one.per));
    figures[place] = one.scale * ((top + added) / after - top / bottom);
  });
}

// -- the answer -------------------------------------------------------------------------------------------------------

/** Beliefs that were set, by their place: [engine, prices]. @param {Model} model @param {State} state @returns {[Map<number, number>, Map<number, number>]} */
function beliefsSet(model, state) {
  /** @type {[Map<number, number>, Map<number, number>]} */
  const found = [new Map(), new Map()];
  for (const [name, value] of Object.entries(state.beliefs)) {
    const belief = model.places.get(name);
    if (!belief) throw new Refused((model.data.refusals["no_belief"] ?? "").replace("{name}", name));
    found[belief.kind === "engine" ? 0 : 1].set(belief.column, value);
  }
  return found;
}

/** A row with some of its places set. @param {number[]} row @param {Map<number, number>} set */
function withSet(row, set) {
  if (set.size === 0) return row;
  const copy = row.slice();
  for (const [place, value] of set) copy[place] = value;
  return copy;
}

/** Controls in force; null for a stored policy that they do not cover. @param {PageData} data @param {State} state */
function controlsOf(data, state) {
  if (!state.scenario) return withOff(data, state.controls);
  const own = storedPolicy(data, state.scenario).controls;
  return own ? withOff(data, own) : null;
}

/**
 * One of the six answers to a state.
 * @param {Model} model @param {State} state @param {number} view @param {number} law @returns {Cell}
 */
function cellOf(model, state, view, law) {
  const { data } = model;
  const [engine, prices] = beliefsSet(model, state);
  const controls = controlsOf(data, state);
  const policy = controls ? policyOf(model, controls) : null;
  const counts = data.charges.map((one) => !one.lever || funderOf(data, one.lever, state) === one.funder);
  const named = state.scenario ? storedPolicy(data, state.scenario) : null;
  const isStored = Boolean(named && (named.stored || named.stored_as)) && engine.size === 0;
  if (!isStored && !policy) throw new Refused(refusalOf(data, state));
  const own = isStored
    ? Float64Array.from(storedChange(data, state.scenario, view, law))
    : changeOf(model, /** @type {Policy} */ (policy), askedOf(model, /** @type {Policy} */ (policy).controls, withSet(defaultsOf(model, view), engine)), view, law);
  const row = priceRow(model, withSet(model.prices.map((one) => one.values[view] ?? 0), prices));
  const point = figuresOf(model, own, row, law, state, counts);
  const basis = isStored ? "stored" : "emulated";
  if (!policy) return { basis, point, mean: null, low: null, high: null, drawn: [] };
  const rows = remembered(model.kept, `prices ${view} ${JSON.stringify([...prices])}`, () =>
    (data.prices_draws[view] ?? []).map((one) => priceRow(model, withSet(one, prices))));
  /** @type {Asked[]} */
  const asked = remembered(model.kept, `asked ${view} ${JSON.stringify([policy.controls, [...engine]])}`, () =>
    (data.beliefs_draws[view] ?? []).map((one) => askedOf(model, policy.controls, withSet(one, engine))));
  const drawn = asked.map((one, m) => figuresOf(model, changeOf(model, policy, one, view, law), /** @type {PriceRow} */ (rows[m]), law, state, counts));
  const size = errorSize(model, state);
  const ends = model.names.map((name, n) => {
    const noise = data.errors[name]?.noise;
    if (!noise) return [NaN, NaN];
    const values = drawn.map((one, m) => (one.figures[n] ?? 0) + size * (noise[m] ?? 0)).sort((a, b) => a - b);
    return [quantile(values, 0.1), quantile(values, 0.9)];
  });
  const end = (/** @type {number} */ which) => Float64Array.from(ends, (one) => one[which] ?? NaN);
  return { basis, point, mean: meanOf(drawn), low: end(0), high: end(1), drawn };
}

/** @param {Sums[]} drawn @returns {Sums} */
function meanOf(drawn) {
  const mean = (/** @type {"figures" | "waterfall" | "byYear" | "uses"} */ name) => {
    const sum = new Float64Array(drawn[0]?.[name].length ?? 0);
    for (const one of drawn) for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (one[name][n] ?? 0) / drawn.length;
    return sum;
  };
  return { figures: mean("figures"), waterfall: mean("waterfall"), byYear: mean("byYear"), uses: mean("uses") };
}

/** A point of sorted numbers, by straight lines between them. @param {number[]} sorted @param {number} share */
function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (high - low) * (place - below);
}

/** Ends of a course over the years: row 0 is net public cost, 1 social value, then payers. @param {Cell} cell @param {number} row @param {number} horizon @param {number} share */
function courseEnd(cell, row, horizon, share) {
  return Array.from({ length: horizon }, (_, y) =>
    quantile(cell.drawn.map((one) => one.byYear[row * horizon + y] ?? NaN).sort((a, b) => a - b), share));
}

/** What errors of the emulator grow with. @param {Model} model @param {State} state @returns {number} */
function errorSize(model, state) {
  const controls = controlsOf(model.data, state);
  if (!controls) return 0;
  const { place } = policyOf(model, controls);
  const { weights, power } = model.data.error_size;
  return sumOf(weights.map((one, i) => one * Math.abs(place[i] ?? 0))) ** power;
}

/** @param {PageData} data @param {State} state */
function refusalOf(data, state) {
  const own = storedPolicy(data, state.scenario);
  return (data.refusals["not_covered"] ?? "").replace("{title}", own.title).replace("{command}", own.command);
}

/** The whole answer: every view under every law. @param {Model} model @param {State} state @returns {Cell[][]} */
function answer(model, state) {
  return model.data.views.map((_, view) => model.data.laws.map((_, law) => cellOf(model, state, view, law)));
}
