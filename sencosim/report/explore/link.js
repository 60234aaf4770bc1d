// What the page shows, as the part of its address after #: with the schema, the data it was made on and what it answered,
// so that a link opened on other data can set both answers side by side.

const SCHEMA = "1";

/**
 * @typedef {State & {view: string, law: string, council: string}} Shown what is asked, and which answer is in front
 * @typedef {{hash: string, answer: [number, number, number] | null, embed: boolean, faults: string[]}} Origin
 */

/**
 * Only what differs from where the page opens is written.
 * @param {Shown} shown @param {Shown} opening @param {string} hash
 * @param {[number, number, number] | null} answer net public cost with its range [GBP]
 * @param {boolean} [embed]
 * @returns {string}
 */
function toFragment(shown, opening, hash, answer, embed = false) {
  const parts = new URLSearchParams({ v: SCHEMA, data: hash });
  for (const key of /** @type {const} */ (["view", "law", "council", "scenario", "funder", "high_needs"])) {
    if (shown[key] !== opening[key] || key === "scenario") parts.set(key, shown[key]);
  }
  for (const key of /** @type {const} */ (["horizon", "discount"])) {
    if (shown[key] !== opening[key]) parts.set(key, String(shown[key]));
  }
  if (shown.scenario === "") for (const [name, value] of Object.entries(shown.controls)) parts.set(`c.${name}`, String(value));
  for (const [name, value] of Object.entries(shown.beliefs)) parts.set(`b.${name}`, String(value));
  if (answer) parts.set("net", answer.map((one) => (one / 1e6).toPrecision(5)).join("_"));
  return `${embed ? "embed&" : ""}${parts.toString()}`;
}

/**
 * @param {string} fragment without its #
 * @param {Shown} opening @param {PageData} data
 * @returns {[Shown, Origin]}
 */
function fromFragment(fragment, opening, data) {
  const parts = new URLSearchParams(fragment);
  /** @type {string[]} */
  const faults = [];
  const shown = { ...opening, controls: { ...opening.controls }, beliefs: /** @type {Record<string, number>} */ ({}) };
  const version = parts.get("v");
  if (version !== null && version !== SCHEMA) faults.push(`The link is of version ${version}; this page reads version ${SCHEMA}.`);
  const choose = (/** @type {"view" | "law" | "council" | "scenario" | "funder" | "high_needs"} */ key, /** @type {string[]} */ known) => {
    const asked = parts.get(key);
    if (asked === null) return;
    if (known.includes(asked)) shown[key] = asked;
    else faults.push(`The link asks for ${key.replace("_", " ")} “${asked}”, which this page does not have.`);
  };
  choose("view", data.views.map((one) => one.name));
  choose("law", data.laws.map((one) => one.name));
  choose("council", ["", ...(data.councils?.rows ?? []).map((one) => String(one.code))]);
  choose("scenario", ["", ...data.scenarios.map((one) => one.name)]);
  choose("funder", ["", "schools", "national_grant"]);
  choose("high_needs", ["councils_then_central", "councils", "shared"]);
  const within = (/** @type {string} */ key, /** @type {string} */ title, /** @type {number} */ low, /** @type {number} */ high) => {
    const value = Number(parts.get(key));
    if (!Number.isFinite(value)) faults.push(`The link's ${title} is not a number.`);
    const kept = Math.min(high, Math.max(low, Number.isFinite(value) ? value : low));
    if (kept !== value && Number.isFinite(value)) faults.push(`The link's ${title}, ${upToFigures(value)}, is outside what this page covers; it shows ${upToFigures(kept)}.`);
    return kept;
  };
  if (parts.has("horizon")) shown.horizon = Math.round(within("horizon", "number of years", 1, data.years.length));
  if (parts.has("discount")) shown.discount = within("discount", "discount rate", 0, MOST_DISCOUNT);
  const chosen = data.scenarios.find((one) => one.name === shown.scenario);
  if (chosen?.controls) shown.controls = { ...chosen.controls };
  for (const [key, value] of parts) {
    const [kind, name] = [key.slice(0, 2), key.slice(2)];
    if (kind !== "c." && kind !== "b.") continue;
    const known = (kind === "c." ? data.controls : data.beliefs).find((one) => one.name === name);
    if (!known) faults.push(`The link sets “${name}” to ${value}, which this page does not have.`);
    else if (kind === "c." && shown.scenario === "") shown.controls[name] = within(key, known.title, known.low, known.high);
    else if (kind === "b.") shown.beliefs[name] = within(key, known.title, known.low, known.high);
  }
  const told = (parts.get("net") ?? "").split("_").map((one) => Number(one) * 1e6);
  const answer = told.length === 3 && told.every(Number.isFinite) ? /** @type {[number, number, number]} */ (told) : null;
  return [shown, { hash: parts.get("data") ?? data.hash, answer, embed: parts.has("embed"), faults }];
}

const MOST_DISCOUNT = 0.1;
