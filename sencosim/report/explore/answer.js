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
 *   funders: Record<string, string>, levers: string[], command: string, law: string, cautions: string[],
 *   stored: number[][][] | null, stored_as: string, base: number[][] | null,
 *   chance: Record<string, (number | null)[][]> | null}} Stored stored and chance are by law and view, base by law; both of
 *   years x quantities. Chance is the standard error of a stored figure.
 * @typedef {(name: string) => number} Chance NaN where it is not known
 * @typedef {{name: string, title: string, unit: string, favourable: string, definition: string, of: number[],
 *   per: number[], scale: number, per_baseline: boolean}} Outcome
 * @typedef {{r2: number, bands: number[][], power: number, share_inside: number, n: number, refused: boolean,
 *   noise: number[]}} Trust bands by view and law; noise is in shares of them
 * @typedef {{scenario: string, controls: Record<string, number>, funder: string, beliefs: Record<string, number>,
 *   high_needs: string, horizon: number, discount: number}} State
 * @typedef {{code: number, name: string, region: string, neighbours: number[], schools: number, pupils: number,
 *   figures: Record<string, Record<string, number>>}} Council
 * @typedef {{schema: number, hash: string, made: Record<string, any>, cautions: string[], years: number[], base_year_pay: number,
 *   price_base: string, discount_default: number,
 *   views: {name: string, title: string, label: string, description: string}[], laws: {name: string, title: string}[],
 *   payers: {name: string, title: string, words: string, is_public: boolean}[], categories: {name: string, title: string}[],
 *   quantities: {name: string, unit: string}[], controls: Control[], beliefs: Belief[],
 *   not_here: {name: string, title: string}[],
 *   schools: Record<"phase" | "low" | "high" | "sen" | "today" | "weight", number[]>, timing: {knots: number[], shapes: Rows},
 *   features: {policy: string[], terms: number[][]}, emulator: {P: Rows, V: Rows},
 *   anchors: {scenarios: string[], places: Rows, weights: Rows, scale: number[], length: number},
 *   scenarios: Stored[], base: number[][], drift_secondary: number, charges: Charge[], prices_draws: Rows[], beliefs_draws: Rows[],
 *   outcomes: Outcome[], errors: Record<string, Trust>, error_size: {weights: number[]},
 *   uses: {name: string, words: string, of: number[]}[], share_central: Record<string, number[]>,
 *   teachers: {added: number, released: number[], hours_a_year: number}, funders: Record<string, string>,
 *   funded_levers: string[], quantile_levels: number[], frontier: {aims: Record<string, any>[], current: boolean} | null,
 *   councils: ({rows: Council[]} & Record<string, any>) | null,
 *   refusals: Record<string, string>}} PageData
 *
 * @typedef {{controls: Record<string, number>, place: number[], shares: number[], times: number[][], isNone: boolean,
 *   correction: (view: number, law: number) => Float64Array}} Policy what is asked, worked out once for all draws
 * @typedef {{released: number, unit: Float64Array, cash: Float64Array}} PriceRow price of a charge by year, part that is cash
 * @typedef {Record<"q" | "payer" | "line", Int32Array> & Record<"isOwn" | "isSocial" | "isPolicy" | "isReleased" |
 *   "isCash" | "isPublic", Uint8Array>} ChargeTable a column each; isPublic is of payers
 * @typedef {{figures: Float64Array, waterfall: Float64Array, byYear: Float64Array, uses: Float64Array}} Sums
 * @typedef {{basis: "stored" | "emulated", asked: number, chance: Chance, error: Chance, point: Sums, mean: Sums | null,
 *   low: Float64Array | null, high: Float64Array | null, drawn: Sums[]}} Cell error: what 80 % of held-out runs were within
 * @typedef {{data: PageData, K: number, Y: number, R: number, S: number, P: Float64Array, V: Float64Array,
 *   engine: Belief[], prices: Belief[], names: string[], places: Map<string, Belief>, today: number[], terms: Int32Array,
 *   charges: ChargeTable,
 *   gaps: Float64Array[][][], kept: Map<string, any>}} Model
 */

const STEPS = [0.05, 0.15, 0.4];
const FEWEST_SHARING = 30;
const FREED = 0.7;
const [TOGETHER, ABOVE, SHARING, BESIDE] = [8, 11, 12, 13]; // places among the features of a policy
const EARLY_YEARS = 3;
const [DRIFT, COMPLIANCE] = ["hours_drift_primary", "legal_floor_compliance"];
const [YEARS_OF_DRIFT, MOST_HOURS] = [5, 32.4];
const HOURS_OF_TODAY = ["hours_intercept_primary", "hours_intercept_secondary"];
const MONEY = ["net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving", "released_hours_worth"];
const MOST_KEPT = 40; // policies and prices that are remembered

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
  const sorted = (/** @type {string} */ kind) =>
    data.beliefs.filter((one) => one.kind === kind).sort((a, b) => a.column - b.column);
  /** @type {Model} */
  const model = {
    data,
    K: data.quantities.length,
    Y: data.years.length,
    R: data.emulator.V.length,
    S: data.timing.shapes[0]?.length ?? 0,
    P: Float64Array.from(data.emulator.P.flat()),
    V: Float64Array.from(data.emulator.V.flat()),
    engine: sorted("engine"),
    prices: sorted("price"),
    names: [
      ...MONEY,
      ...data.payers.map((one) => `payer_net.${one.name}`),
      ...data.outcomes.map((one) => `outcome.${one.name}`),
    ],
    places: new Map(data.beliefs.map((one) => [one.name, one])),
    today: [],
    terms: Int32Array.from(data.features.terms.flat()),
    charges: chargeTable(data),
    gaps: [],
    kept: new Map(),
  };
  model.today = HOURS_OF_TODAY.map((name) => placeOfBelief(model, name));
  model.gaps = data.anchors.scenarios.map((name) => gapsAt(model, storedPolicy(data, name)));
  return model;
}

/** Charges as columns, which are read thousands of times. @param {PageData} data @returns {ChargeTable} */
function chargeTable(data) {
  const categories = data.categories.map((one) => one.name);
  const flags = (/** @type {(one: Charge) => boolean} */ is) => Uint8Array.from(data.charges, (one) => Number(is(one)));
  const isPublic = (/** @type {Charge} */ one) => data.payers[one.payer].is_public;
  return {
    q: Int32Array.from(data.charges, (one) => one.q),
    payer: Int32Array.from(data.charges, (one) => one.payer),
    line: Int32Array.from(data.charges, (one) => categories.indexOf(one.category)),
    isOwn: flags((one) => one.budget || !isPublic(one)),
    isSocial: flags((one) => one.social && !one.transfer),
    isPolicy: flags((one) => one.side === "policy"),
    isReleased: flags((one) => one.category === "released_hours"),
    isPublic: Uint8Array.from(data.payers, (one) => Number(one.is_public)),
    isCash: flags((one) => isPublic(one) && one.budget && one.side === "consequence" && !one.transfer),
  };
}

/** @param {PageData} data @param {string} name @returns {Stored} */
function storedPolicy(data, name) {
  const found = data.scenarios.find((one) => one.name === name);
  if (!found) throw new Error(`No policy of the name ${name} is stored.`);
  return found;
}

/**
 * What a stored policy changed in its runs.
 * @param {PageData} data
 * @param {string} name
 * @param {number} view
 * @param {number} law
 * @returns {number[]}
 */
function storedChange(data, name, view, law) {
  return storedPolicy(data, storedPolicy(data, name).stored_as || name).stored?.[law]?.[view] ?? [];
}

/** Point values of the beliefs that the engine reads. @param {Model} model @param {number} view */
function defaultsOf(model, view) {
  return model.engine.map((one) => one.values[view] ?? 0);
}

/**
 * Stored results of an anchor less what is emulated at it.
 * @param {Model} model
 * @param {Stored} own
 * @returns {Float64Array[][]}
 */
function gapsAt(model, own) {
  const controls = withOff(model.data, own.controls ?? {});
  const times = timeFunctions(model, sharesJoined(model, controls));
  return model.data.views.map((_view, view) => {
    const asked = askedOf(model, controls, defaultsOf(model, view));
    return model.data.laws.map((_law, law) => {
      const kept = storedChange(model.data, own.name, view, law);
      return emulated(model, asked, times, view, law).map((one, n) => kept[n] - one);
    });
  });
}

/** @param {PageData} data @param {Record<string, number>} controls @returns {Record<string, number>} */
function withOff(data, controls) {
  return { ...Object.fromEntries(data.controls.map((one) => [one.name, one.off])), ...controls };
}

// -- what a policy asks -----------------------------------------------------------------------------------------------

/**
 * Share of the schools of a group with fewer pupils than a limit.
 * @param {number} low
 * @param {number} high
 * @param {number} limit
 */
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
  const [each, most, smallest, limit] = [
    at("hours_per_sen_pupil"),
    at("most_hours"),
    at("smallest_school"),
    at("shared_below"),
  ];
  const least = Math.min(at("least_hours"), most);
  const isAsked = each > 0 || least > 0;
  const covers = [at("primary"), at("secondary")];
  const [hours, assistants] = [at("administrator_hours"), at("assistant_hours_per_sen_pupil")];
  const features = new Float64Array(data.features.policy.length);
  for (let i = 0; i < weight.length; i++) {
    const own = phase[i];
    if (limit >= FEWEST_SHARING && own === 0)
      features[SHARING] += weight[i] * shareOfGroupBelow(low[i], high[i], limit + 1);
    const isCovered = isAsked && covers[own] > 0;
    const covered = isCovered ? (1 - shareOfGroupBelow(low[i], high[i], smallest)) * weight[i] : 0;
    const [need, given] = [sen[i], today[i]];
    const now = clipped(given * scale[own] + (given > 0 ? YEARS_OF_DRIFT * drift[own] : 0), 0, MOST_HOURS);
    const asked = Math.min(Math.max(each * need, least), most);
    const added = Math.max(0, asked - now);
    const either = covered * added + (FREED * hours + assistants * need) * weight[i];
    features[own] += covered * added;
    for (let j = 0; j < STEPS.length; j++) {
      features[2 + 2 * j + own] += covered * Math.min(added, STEPS[j] * need);
      features[TOGETHER + j] += Math.min(either, STEPS[j] * need * weight[i]);
    }
    features[ABOVE] += Math.max(0, now - asked) * covered;
  }
  features.set([hours, Math.sqrt(hours), assistants, Math.sqrt(assistants), at("leadership_seat")], BESIDE);
  return features;
}

/**
 * What is asked under some beliefs: features of the policy, and beliefs from -1 to 1 over what the design covers.
 * @typedef {{features: Float64Array, z: number[]}} Asked
 * @param {Model} model @param {Record<string, number>} controls @param {ArrayLike<number>} beliefs @returns {Asked}
 */
function askedOf(model, controls, beliefs) {
  const scale = model.today.map((k) => Math.exp(beliefs[k] - model.engine[k].values[0]));
  const z = model.engine.map((one, k) => ((one.log ? Math.log(beliefs[k] ?? 1) : beliefs[k]) - one.middle) / one.half);
  const drift = [beliefs[placeOfBelief(model, DRIFT)], model.data.drift_secondary];
  const place = placeOfBelief(model, COMPLIANCE);
  const complies = beliefs[place] / model.engine[place].values[0];
  const features = policyFeatures(model.data, controls, scale, drift).map((one) => one * complies);
  return { features, z };
}

/** Its place among beliefs of its kind. @param {Model} model @param {string} name @returns {number} */
function placeOfBelief(model, name) {
  const found = model.places.get(name);
  if (!found) throw new Error(`The data have no belief of the name ${name}.`);
  return found.column;
}

/**
 * Share of the schools that have joined by year.
 * @param {Model} model
 * @param {Record<string, number>} controls
 * @returns {number[]}
 */
function sharesJoined(model, controls) {
  const [start, years] = [controls["start"] ?? 0, controls["phase_in_years"] ?? 1];
  const first = model.data.years[0] ?? 0;
  return model.data.years.map((_, y) => Math.floor(clipped((first + y - start + 1) / years, 0, 1) * 100 + 0.5) / 100);
}

/**
 * How the response to each year's joiners adds up.
 * @param {Model} model
 * @param {number[]} shares
 * @returns {number[][]} S x Y
 */
function timeFunctions(model, shares) {
  const { knots, shapes } = model.data.timing;
  const hat = (/** @type {number} */ j, /** @type {number} */ age) => {
    const [own, before, after] = [knots[j] ?? 0, knots[j - 1], knots[j + 1]];
    if (age === own) return 1;
    if (age < own) return before === undefined ? 1 : Math.max(0, (age - before) / (own - before));
    return after === undefined ? 1 : Math.max(0, (after - age) / (after - own));
  };
  const courses = knots.map((_knot, j) =>
    shares.map((_share, y) => {
      let sum = 0;
      for (let since = 0; since <= y; since++)
        sum += (shares[y - since] - (since < y ? shares[y - since - 1] : 0)) * hat(j, since);
      return sum;
    }),
  );
  const hatsAndTrend = [...courses, shares.map((share, y) => (share * y) / (shares.length - 1))];
  return Array.from({ length: model.S }, (_none, s) =>
    shares.map((_share, y) => hatsAndTrend.reduce((sum, course, j) => sum + course[y] * (shapes[j]?.[s] ?? 0), 0)),
  );
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
    return { controls, place, shares, correction, times: timeFunctions(model, shares), isNone };
  });
}

/**
 * Where a policy lies among others, at point values.
 * @param {Model} model
 * @param {Record<string, number>} controls
 * @param {number[]} shares
 */
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
  const near = places.map((place) => Math.exp((-0.5 * sumOf(place.map((one, i) => (one - at[i]) ** 2))) / length ** 2));
  return model.data.anchors.scenarios.map((_, n) => sumOf(near.map((one, i) => one * (weights[i]?.[n] ?? 0))));
}

/** @param {Model} model @param {number[]} weights @param {number} view @param {number} law @returns {Float64Array} */
function weighted(model, weights, view, law) {
  const sum = new Float64Array(model.Y * model.K);
  weights.forEach((weight, s) => {
    const gap = model.gaps[s]?.[view]?.[law] ?? sum;
    if (weight !== 0) for (let n = 0; n < sum.length; n++) sum[n] += weight * gap[n];
  });
  return sum;
}

// -- emulated ---------------------------------------------------------------------------------------------------------

/**
 * The polynomial: what a policy changes under some beliefs.
 * @param {Model} model @param {Asked} asked @param {number[][]} times @param {number} view @param {number} law
 * @returns {Float64Array} Y x K
 */
function emulated(model, asked, times, view, law) {
  const { R, Y, K, S, P, V } = model;
  const { features, z } = asked;
  const { terms } = model;
  const scores = new Float64Array(R);
  for (let n = 0; 5 * n < terms.length; n++) {
    const at = 5 * n; // feature of the policy, two beliefs, view or law, another feature
    const on = terms[at + 3];
    if (on >= 0 && (on === 3 ? law !== 1 : view !== on)) continue;
    let value = terms[at] >= 0 ? features[terms[at]] : 1;
    if (terms[at + 4] >= 0) value *= features[terms[at + 4]];
    if (terms[at + 1] >= 0) value *= z[terms[at + 1]];
    if (terms[at + 2] >= 0) value *= z[terms[at + 2]];
    if (value !== 0) for (let r = 0; r < R; r++) scores[r] += value * P[n * R + r];
  }
  const shaped = new Float64Array(S * K); // by shape of its course, then by year
  for (let r = 0; r < R; r++) {
    const score = scores[r];
    const from = r * S * K;
    if (score !== 0) for (let n = 0; n < S * K; n++) shaped[n] += score * V[from + n];
  }
  const change = new Float64Array(Y * K);
  for (let s = 0; s < S; s++) {
    for (let y = 0; y < Y; y++) {
      const size = times[s][y];
      if (size !== 0) for (let k = 0; k < K; k++) change[y * K + k] += size * shaped[s * K + k];
    }
  }
  return change;
}

/**
 * Emulated, and corrected towards stored policies near it.
 * @param {Model} model
 * @param {Policy} policy
 * @param {Asked} asked
 * @param {number} view
 * @param {number} law
 */
function changeOf(model, policy, asked, view, law) {
  if (policy.isNone) return new Float64Array(model.Y * model.K);
  const change = emulated(model, asked, policy.times, view, law);
  const correction = policy.correction(view, law);
  for (let n = 0; n < change.length; n++) change[n] += correction[n];
  return change;
}

// -- exact ------------------------------------------------------------------------------------------------------------

/** @param {Products} terms @param {ArrayLike<number>} row @returns {number} */
function sumOfProducts(terms, row) {
  let sum = 0;
  for (let n = 0; n < terms.length; n++) {
    let product = terms[n][0];
    const places = terms[n][1];
    for (let i = 0; i < places.length; i++) product *= row[places[i]];
    sum += product;
  }
  return sum;
}

/**
 * What every charge costs at some prices, year by year.
 * @param {Model} model
 * @param {ArrayLike<number>} row
 * @returns {PriceRow}
 */
function priceRow(model, row) {
  const { charges, years, base_year_pay: base } = model.data;
  const at = (/** @type {string} */ name) => row[placeOfBelief(model, name)];
  const grown = years.map((year) => (1 + at("real_pay_growth")) ** (year - base) - 1);
  const unit = new Float64Array(charges.length * years.length);
  for (let c = 0; c < charges.length; c++) {
    const [price, labour] = [sumOfProducts(charges[c].price, row), sumOfProducts(charges[c].labour, row)];
    for (let y = 0; y < years.length; y++) unit[c * years.length + y] = price * (1 + labour * grown[y]);
  }
  return {
    released: at("released_hours_value"),
    unit,
    cash: Float64Array.from(charges, (one) => sumOfProducts(one.cash, row)),
  };
}

/**
 * Who funds a lever: as the reader says, else as the scenario does.
 * @param {PageData} data
 * @param {string} lever
 * @param {State} state
 */
function funderOf(data, lever, state) {
  if (state.funder && data.funded_levers.includes(lever)) return state.funder;
  return (state.scenario ? storedPolicy(data, state.scenario).funders : data.funders)[lever] ?? "";
}

/**
 * Increase of teachers taken from classes, by year.
 * @param {Model} model
 * @param {Float64Array} change
 * @param {number} released
 */
function teachersTaken(model, change, released) {
  const { added, released: parts, hours_a_year: hours } = model.data.teachers;
  const taken = new Float64Array(model.Y);
  let before = 0;
  for (let y = 0; y < model.Y; y++) {
    let given = 0;
    for (const k of parts) given += change[y * model.K + k];
    const now = (change[y * model.K + added] - released * given) / hours;
    taken[y] = Math.max(0, now - before);
    before = now;
  }
  return taken;
}

/**
 * How the answer to a state is counted under a law: which charges count, discounting, who bears high needs, and the
 * levels that outcomes start from.
 * @typedef {{horizon: number, counts: boolean[], central: Float64Array, discount: Float64Array, before: {top: number,
 *   bottom: number}[]}} Counting
 * @param {Model} model @param {State} state @param {number} law @returns {Counting}
 */
function countingOf(model, state, law) {
  const { data, K } = model;
  const base = ((state.scenario && storedPolicy(data, state.scenario).base) || data.base)[law];
  const level = (/** @type {number[]} */ places) => {
    let sum = 0;
    for (const k of places) for (let y = 0; y < state.horizon; y++) sum += base[y * K + k];
    return sum;
  };
  return {
    horizon: state.horizon,
    counts: data.charges.map((one) => !one.lever || funderOf(data, one.lever, state) === one.funder),
    central: Float64Array.from(data.share_central[state.high_needs]),
    discount: Float64Array.from(data.years, (_, y) => (1 + state.discount) ** -y),
    before: data.outcomes.map((one) => ({ top: level(one.of), bottom: level(one.per) })),
  };
}

/**
 * Every figure from a change of quantities and prices.
 * @param {Model} model @param {Float64Array} change @param {PriceRow} prices @param {Counting} counting
 * @returns {Sums} figures by model.names; waterfall payers x categories; byYear (net public cost, social value) x years, not discounted
 */
function figuresOf(model, change, prices, counting) {
  const { data, K, Y } = model;
  const { q, payer, line, isOwn, isSocial, isPolicy, isReleased, isCash, isPublic } = model.charges;
  const { horizon, counts, central, discount } = counting;
  const [nPayers, nLines] = [data.payers.length, data.categories.length];
  const figures = new Float64Array(model.names.length);
  const waterfall = new Float64Array(nPayers * nLines);
  const byYear = new Float64Array(2 * horizon);
  const taken = teachersTaken(model, change, prices.released);
  const councils = data.payers.findIndex((one) => one.name === "council_high_needs");
  const other = data.payers.findIndex((one) => one.name === "central_high_needs");
  for (let c = 0; c < q.length; c++) {
    if (!counts[c]) continue;
    const isTaken = q[c] === K;
    const from = isTaken ? taken : change;
    const first = isTaken ? 0 : q[c];
    const step = isTaken ? 1 : K;
    const isNet = isOwn[c] && isPublic[payer[c]];
    let value = 0;
    let moved = 0;
    for (let y = 0; y < horizon; y++) {
      const amount = from[first + y * step] * prices.unit[c * Y + y];
      value += amount * discount[y];
      if (isNet) byYear[y] += amount;
      if (isSocial[c]) byYear[horizon + y] -= amount;
      if (payer[c] === councils) moved += amount * discount[y] * central[y];
    }
    if (isOwn[c]) {
      waterfall[payer[c] * nLines + line[c]] += value - moved;
      if (moved !== 0) waterfall[other * nLines + line[c]] += moved;
    }
    if (isReleased[c]) figures[5] -= value;
    if (isSocial[c]) figures[isPolicy[c] ? 2 : 3] += isPolicy[c] ? value : -value;
    if (isCash[c]) figures[4] -= value * prices.cash[c];
  }
  figures[1] = figures[3] - figures[2];
  data.payers.forEach((one, p) => {
    const net = sumOf(waterfall.subarray(p * nLines, (p + 1) * nLines));
    figures[MONEY.length + p] = net;
    if (!one.is_public) return;
    figures[0] += net;
  });
  const more = new Float64Array(K);
  for (let y = 0; y < horizon; y++) for (let k = 0; k < K; k++) more[k] += change[y * K + k];
  outcomesInto(model, figures, more, counting);
  const uses = Float64Array.from(data.uses, (one) => sumAt(more, one.of) / horizon);
  return { figures, waterfall, byYear, uses };
}

/** @param {Float64Array} values @param {number[]} places */
function sumAt(values, places) {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += values[places[i]];
  return sum;
}

/**
 * @param {Model} model
 * @param {Float64Array} figures
 * @param {Float64Array} more what changes, all years together
 * @param {Counting} counting
 */
function outcomesInto(model, figures, more, counting) {
  const { outcomes, payers } = model.data;
  for (let n = 0; n < outcomes.length; n++) {
    const one = outcomes[n];
    const place = MONEY.length + payers.length + n;
    const added = sumAt(more, one.of);
    if (one.per.length === 0) {
      figures[place] = (one.scale * added) / counting.horizon;
      continue;
    }
    const { top, bottom } = counting.before[n];
    const after = bottom + (one.per_baseline ? 0 : sumAt(more, one.per));
    figures[place] = one.scale * ((top + added) / after - top / bottom);
  }
}

// -- the answer -------------------------------------------------------------------------------------------------------

/**
 * Beliefs that were set, by their place: [engine, prices].
 * @param {Model} model
 * @param {State} state
 * @returns {[Map<number, number>, Map<number, number>]}
 */
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
  const counting = countingOf(model, state, law);
  const named = state.scenario ? storedPolicy(data, state.scenario) : null;
  const isStored = Boolean(named && (named.stored || named.stored_as)) && engine.size === 0;
  if (!isStored && !policy) throw new Refused(refusalOf(data, state));
  const own = isStored
    ? Float64Array.from(storedChange(data, state.scenario, view, law))
    : changeOf(
        model,
        /** @type {Policy} */ (policy),
        askedOf(model, /** @type {Policy} */ (policy).controls, withSet(defaultsOf(model, view), engine)),
        view,
        law,
      );
  const row = priceRow(
    model,
    withSet(
      model.prices.map((one) => one.values[view] ?? 0),
      prices,
    ),
  );
  const point = figuresOf(model, own, row, counting);
  const basis = isStored ? "stored" : "emulated";
  const told = named?.stored_as ? storedPolicy(data, named.stored_as) : named;
  const chance = (/** @type {string} */ name) => (isStored ? (told?.chance?.[name]?.[law]?.[view] ?? NaN) : NaN);
  const none = () => 0;
  if (!policy) return { basis, asked: 0, chance, error: none, point, mean: null, low: null, high: null, drawn: [] };
  const rows = remembered(model.kept, `prices ${view} ${JSON.stringify([...prices])}`, () =>
    (data.prices_draws[view] ?? []).map((one) => priceRow(model, withSet(one, prices))),
  );
  const changes = changesOf(model, policy, engine, view, law);
  const drawn = changes.map((one, m) => figuresOf(model, one, /** @type {PriceRow} */ (rows[m]), counting));
  const asked = askedBy(model, state);
  const error = (/** @type {string} */ name) => {
    const trust = data.errors[name];
    return trust ? (trust.bands[view]?.[law] ?? NaN) * asked ** trust.power : NaN;
  };
  const [low, high] = [new Float64Array(model.names.length).fill(NaN), new Float64Array(model.names.length).fill(NaN)];
  const values = new Float64Array(drawn.length);
  model.names.forEach((name, n) => {
    if (!(name in data.errors)) return;
    const [{ noise }, size] = [data.errors[name], error(name)];
    for (let m = 0; m < drawn.length; m++) values[m] = drawn[m].figures[n] + size * noise[m];
    values.sort();
    low[n] = quantile(values, 0.1);
    high[n] = quantile(values, 0.9);
  });
  return { basis, asked, chance, error, point, mean: meanOf(drawn), low, high, drawn };
}

/**
 * What a policy changes in every draw of what the reader left open.
 * @param {Model} model @param {Policy} policy @param {Map<number, number>} engine beliefs that were set
 * @param {number} view @param {number} law
 * @returns {Float64Array[]}
 */
function changesOf(model, policy, engine, view, law) {
  const key = JSON.stringify([view, policy.controls, [...engine]]);
  return remembered(model.kept, `changes ${law} ${key}`, () => {
    /** @type {Asked[]} */
    const asked = remembered(model.kept, `asked ${key}`, () =>
      model.data.beliefs_draws[view].map((one) => askedOf(model, policy.controls, withSet(one, engine))),
    );
    return asked.map((one) => changeOf(model, policy, one, view, law));
  });
}

/** @param {Sums[]} drawn @returns {Sums} */
function meanOf(drawn) {
  const mean = (/** @type {Float64Array[]} */ all) => {
    const sum = new Float64Array(all[0].length);
    for (const one of all) for (let n = 0; n < sum.length; n++) sum[n] += one[n];
    return sum.map((one) => one / all.length);
  };
  return {
    figures: mean(drawn.map((one) => one.figures)),
    waterfall: mean(drawn.map((one) => one.waterfall)),
    byYear: mean(drawn.map((one) => one.byYear)),
    uses: mean(drawn.map((one) => one.uses)),
  };
}

/**
 * A point of sorted numbers, by straight lines between them.
 * @param {ArrayLike<number>} sorted
 * @param {number} share
 */
function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (high - low) * (place - below);
}

/**
 * Ends of a course over the years: row 0 is net public cost, 1 social value.
 * @param {Cell} cell
 * @param {number} row
 * @param {number} horizon
 * @param {number} share
 */
function courseEnd(cell, row, horizon, share) {
  return Array.from({ length: horizon }, (_, y) =>
    quantile(Float64Array.from(cell.drawn, (one) => one.byYear[row * horizon + y]).sort(), share),
  );
}

/** What errors of the emulator grow with: all that a policy asks. @param {Model} model @param {State} state */
function askedBy(model, state) {
  const controls = controlsOf(model.data, state);
  if (!controls) return 0;
  const { place } = policyOf(model, controls);
  return sumOf(model.data.error_size.weights.map((one, i) => one * Math.abs(place[i])));
}

/** @param {PageData} data @param {State} state */
function refusalOf(data, state) {
  const own = storedPolicy(data, state.scenario);
  return (data.refusals["not_covered"] ?? "").replace("{title}", own.title).replace("{command}", own.command);
}

/** The whole answer: every view under every law. @param {Model} model @param {State} state @returns {Cell[][]} */
function answer(model, state) {
  return model.data.views.map((_view, view) => model.data.laws.map((_law, law) => cellOf(model, state, view, law)));
}
