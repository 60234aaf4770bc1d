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
  if (shown.scenario === "")
    for (const [name, value] of Object.entries(shown.controls)) parts.set(`c.${name}`, String(value));
  for (const [name, value] of Object.entries(shown.beliefs)) parts.set(`b.${name}`, String(value));
  if (answer) parts.set("net", answer.map((one) => (one / 1e6).toPrecision(5)).join("_"));
  return `${embed ? "embed&" : ""}${parts.toString()}`;
}

const MOST_DISCOUNT = 0.1;

/**
 * @param {string} fragment without its #
 * @param {Shown} opening @param {PageData} data
 * @returns {[Shown, Origin]}
 */
function fromFragment(fragment, opening, data) {
  const parts = new URLSearchParams(fragment);
  const shown = { ...opening, controls: { ...opening.controls }, beliefs: /** @type {Record<string, number>} */ ({}) };
  const version = parts.get("v") ?? SCHEMA;
  const faults = version === SCHEMA ? [] : [`The link is of version ${version}; this page reads version ${SCHEMA}.`];
  readChoices(parts, shown, data, faults);
  const chosen = data.scenarios.find((one) => one.name === shown.scenario);
  if (chosen?.controls) shown.controls = { ...chosen.controls };
  readNumbers(parts, shown, data, faults);
  const told = (parts.get("net") ?? "").split("_").map((one) => Number(one) * 1e6);
  const isWhole = told.length === 3 && told.every(Number.isFinite);
  const answer = isWhole ? /** @type {[number, number, number]} */ (told) : null;
  return [shown, { hash: parts.get("data") ?? data.hash, answer, embed: parts.has("embed"), faults }];
}

/** @param {URLSearchParams} parts @param {Shown} shown @param {PageData} data @param {string[]} faults */
function readChoices(parts, shown, data, faults) {
  const known = {
    view: data.views.map((one) => one.name),
    law: data.laws.map((one) => one.name),
    council: ["", ...(data.councils?.rows ?? []).map((one) => String(one.code))],
    scenario: ["", ...data.scenarios.map((one) => one.name)],
    funder: ["", "schools", "national_grant"],
    high_needs: Object.keys(data.share_central),
  };
  for (const key of /** @type {(keyof typeof known)[]} */ (Object.keys(known))) {
    const asked = parts.get(key);
    if (asked === null) continue;
    if (known[key].includes(asked)) shown[key] = asked;
    else faults.push(`The link asks for ${key.replace("_", " ")} “${asked}”, which this page does not have.`);
  }
}

/** @param {URLSearchParams} parts @param {Shown} shown @param {PageData} data @param {string[]} faults */
function readNumbers(parts, shown, data, faults) {
  for (const [key, text] of parts) {
    const [kind, name] = /^[cb]\./.test(key) ? [key.slice(0, 1), key.slice(2)] : ["", key];
    if (kind === "" && name !== "horizon" && name !== "discount") continue;
    const reach = reachOf(kind, name, data);
    if (!reach) {
      faults.push(`The link sets “${name}” to ${text}, which this page does not have.`);
      continue;
    }
    const value = numberWithin(text, reach, faults);
    if (name === "horizon") shown.horizon = Math.round(value);
    else if (name === "discount") shown.discount = value;
    else if (kind === "b") shown.beliefs[name] = value;
    else if (shown.scenario === "") shown.controls[name] = value;
  }
}

/** @param {string} kind @param {string} name @param {PageData} data @returns {{title: string, low: number, high: number} | undefined} */
function reachOf(kind, name, data) {
  if (name === "horizon") return { title: "number of years", low: 1, high: data.years.length };
  if (name === "discount") return { title: "discount rate", low: 0, high: MOST_DISCOUNT };
  return (kind === "c" ? data.controls : data.beliefs).find((one) => one.name === name);
}

/** @param {string} text @param {{title: string, low: number, high: number}} reach @param {string[]} faults */
function numberWithin(text, reach, faults) {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    faults.push(`The link's ${reach.title} is not a number.`);
    return reach.low;
  }
  const kept = clipped(value, reach.low, reach.high);
  const told = [upToFigures(value), upToFigures(kept)];
  if (kept !== value)
    faults.push(`The link's ${reach.title}, ${told[0]}, is outside what this page covers; it shows ${told[1]}.`);
  return kept;
}
