// What the page says: sentences, what may be quoted, and what is handed over. No document here: text in, text out.

/**
 * @typedef {Record<string, any>} Words of templates/explore.yaml
 * @typedef {{view: number, law: number, cell: Cell, cells: Cell[][]}} Told
 */

/**
 * A sentence with its names in braces filled in.
 * @param {string} sentence
 * @param {Record<string, string | number>} words
 */
function filled(sentence, words) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in words ? String(words[name]) : whole));
}

/** @param {number} year @returns {string} */
function academicYear(year) {
  return `${year}/${String((year + 1) % 100).padStart(2, "0")}`;
}

/** @param {PageData} data @param {State} state @returns {string} */
function periodWords(data, state) {
  const first = data.years[0] ?? 0;
  return `${academicYear(first)} to ${academicYear(first + state.horizon - 1)}`;
}

/** @param {Words} words @param {PageData} data @param {State} state */
function basisWords(words, data, state) {
  return filled(words["basis"], { prices: data.price_base, discount: `${upToFigures(100 * state.discount, 3)} %` });
}

/**
 * One figure of a cell: its mean where there is one, else its point value, with its range.
 * @param {Model} model
 * @param {Cell} cell
 * @param {string} name
 */
function figureOf(model, cell, name) {
  const n = model.names.indexOf(name);
  const at = (/** @type {ArrayLike<number> | null | undefined} */ of) => of?.[n] ?? NaN;
  return {
    value: cell.mean ? at(cell.mean.figures) : at(cell.point.figures),
    low: at(cell.low),
    high: at(cell.high),
    point: at(cell.point.figures),
  };
}

/** @param {PageData} data @param {State} state @returns {Stored | null} */
function scenarioOf(data, state) {
  return data.scenarios.find((one) => one.name === state.scenario) ?? null;
}

/** A range of numbers with its unit once. @param {number} low @param {number} high @param {string} unit */
function rangeWithUnit(low, high, unit) {
  const pound = /^GBP\b/.test(unit) ? "£" : "";
  return `${pound}${upToFigures(low, 3)} to ${withUnit(Number(high.toPrecision(3)), unit)}`;
}

/** The policy in words. @param {PageData} data @param {State} state @returns {string} */
function policyWords(data, state) {
  const own = scenarioOf(data, state);
  const controls = controlsOf(data, state);
  if (!controls) return own?.description ?? "";
  const asked = controlsInWords(data, controls);
  if (!own) return asked ? `${asked}${funderWords(state)}.` : "";
  return `${own.title}${asked ? `: ${asked}` : ""}${funderWords(state)}.`;
}

/** @param {State} state */
function funderWords(state) {
  return state.funder === "national_grant" ? ", paid by a national grant" : "";
}

/** A setting of a control as part of a sentence. @param {Control} control @param {number} value */
function controlWords(control, value) {
  const number = control.unit === "calendar year" ? String(value) : upToFigures(value);
  return control.words.replace(/\{(:g)?\}/, number);
}

/** @param {PageData} data @param {Record<string, number>} controls @returns {string} */
function controlsInWords(data, controls) {
  const at = (/** @type {string} */ name) => controls[name] ?? 0;
  const say = (/** @type {string} */ name) => {
    const control = data.controls.find((one) => one.name === name);
    return control ? controlWords(control, at(name)) : "";
  };
  /** @type {string[]} */
  const parts = [];
  const least = Math.min(at("least_hours"), at("most_hours"));
  const phases = ["primary", "secondary"].filter((name) => at(name) > 0);
  if (phases.length && (at("hours_per_sen_pupil") > 0 || least > 0)) {
    const hours = [
      at("hours_per_sen_pupil") > 0 ? say("hours_per_sen_pupil") : "",
      least > 0 ? `at least ${upToFigures(least)} hours a week` : "",
    ].filter(Boolean);
    const cap = at("hours_per_sen_pupil") > 0 && least < at("most_hours") ? `, ${say("most_hours")}` : "";
    const where = phases.length === 2 ? "" : ` in ${phases[0]} schools`;
    const size = at("smallest_school") > 0 ? ` with ${upToFigures(at("smallest_school"))} pupils or more` : "";
    const covers = where ? `${where}${size}` : size ? ` in schools${size}` : "";
    parts.push(`SENCO time of ${hours.join(", and ")}${cap}${covers}`);
  }
  if (at("shared_below") >= FEWEST_SHARING) parts.push(say("shared_below"));
  if (at("administrator_hours") > 0) parts.push(say("administrator_hours"));
  if (at("assistant_hours_per_sen_pupil") > 0) parts.push(say("assistant_hours_per_sen_pupil"));
  if (at("leadership_seat") > 0) parts.push(say("leadership_seat"));
  if (!parts.length) return "";
  const years = at("phase_in_years");
  return `${joined(parts)}; ${say("start")}${years > 1 ? ` ${say("phase_in_years")}` : ", all schools at once"}`;
}

/** What the reader calls the policy in a sentence. @param {Words} words @param {PageData} data @param {State} state */
function policyName(words, data, state) {
  const own = scenarioOf(data, state);
  return own ? `“${own.title}”${funderWords(state)}` : words["own_policy"];
}

/** @param {PageData} data @param {State} state @returns {string[]} */
function beliefsInWords(data, state) {
  return Object.entries(state.beliefs).map(([name, value]) => {
    const belief = data.beliefs.find((one) => one.name === name);
    return belief ? `${belief.title}: ${withUnit(value, belief.unit)}` : name;
  });
}

/** A number with its unit, shares as they are read. @param {number} value @param {string} unit */
function withUnit(value, unit) {
  const told = unit.replace(/^share( |$)/, "").replace(/\bGBP\b/g, "£");
  if (told.startsWith("£")) return `£${upToFigures(value)}${told.slice(1)}`;
  return `${upToFigures(value)} ${told}`.trim();
}

/** @param {Words} words @param {Model} model @param {Shown} shown @param {Told} told @returns {string} */
function answerSentence(words, model, shown, told) {
  const { data } = model;
  const net = figureOf(model, told.cell, "net_public_cost");
  if (net.value === 0 && net.point === 0) return words["nothing"];
  const ends = Number.isFinite(net.low) ? [net.low, net.high] : [];
  const sentence = filled(ends.length ? words["answer"] : words["answer_no_range"], {
    view: data.views[told.view]?.name ?? "",
    law: lawWords(words, data, told.law),
    policy: policyName(words, data, shown),
    does: net.value > 0 ? "costs" : "saves",
    amount: money(Math.abs(net.value), ends),
    period: periodWords(data, shown),
    interval: words["interval"],
    range: moneyRange(net.value, net.low, net.high),
    basis: basisWords(words, data, shown),
  });
  const lead = words["lead"];
  return lead ? `${lead}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` : sentence;
}

/** @param {Words} words @param {PageData} data @param {number} law */
function lawWords(words, data, law) {
  const own = data.laws[law];
  return words["laws"][own?.name ?? ""] ?? own?.title ?? "";
}

/** @param {Model} model @param {Cell} cell @returns {Sums} what stands first */
function front(model, cell) {
  return cell.mean ?? cell.point;
}

/**
 * A figure as it may be shown: where the emulator is refused, the stored value of a stored policy, or nothing.
 * @param {Words} words @param {Model} model @param {Cell} cell @param {string} name
 */
function shownFigure(words, model, cell, name) {
  const [found, status] = [figureOf(model, cell, name), statusOf(words, model, cell, name)];
  if (status.kind !== "refused") return { ...found, status };
  if (cell.basis !== "stored") return { ...found, value: NaN, low: NaN, high: NaN, point: NaN, status };
  return {
    ...found,
    value: found.point,
    low: NaN,
    high: NaN,
    status: { kind: "exact", words: storedWords(words, cell, name), band: 0 },
  };
}

/**
 * How a stored figure is known: at one value of each input, with what chance leaves open.
 * @param {Words} words
 * @param {Cell} cell
 * @param {string} name
 */
function storedWords(words, cell, name) {
  const error = cell.chance(name);
  const told = name.startsWith("outcome.") ? upToFigures(error, 2) : money(error);
  return Number.isFinite(error) ? filled(words["status"]["stored_chance"], { error: told }) : words["status"]["stored"];
}

/**
 * @typedef {{kind: "known" | "rest" | "part" | "beside", title: string, words: string, verb: string, costs: number,
 *   saves: number, value: number, low: number, high: number, status: string}} PayerRow
 */

/**
 * Payers whose budgets change: known ones, what the other public ones pay together, these one by one, and those outside
 * the public purse. The first two kinds add up to the net.
 * @param {Words} words @param {Model} model @param {Told} told @returns {PayerRow[]}
 */
function payerRows(words, model, told) {
  const { cell } = told;
  const lines = model.data.categories.length;
  const all = model.data.payers.flatMap((payer, p) => {
    const own = Array.from(front(model, cell).waterfall.subarray(p * lines, (p + 1) * lines));
    if (own.every((one) => one === 0)) return [];
    const name = `payer_net.${payer.name}`;
    const found = shownFigure(words, model, cell, name);
    const isKnown = statusOf(words, model, cell, name).kind !== "refused";
    const costs = isKnown ? sumOf(own.filter((one) => one > 0)) : NaN;
    const saves = isKnown ? sumOf(own.filter((one) => one < 0)) : NaN;
    const kind = /** @type {PayerRow["kind"]} */ (payer.is_public ? (isKnown ? "known" : "part") : "beside");
    const verb = words["singular"].includes(payer.name) ? "s" : "";
    return [
      {
        kind,
        title: payer.title,
        words: payer.words,
        verb,
        costs,
        saves,
        value: found.value,
        low: found.low,
        high: found.high,
        status: found.status.words,
      },
    ];
  });
  const known = all.filter((one) => one.kind === "known");
  const parts = all.filter((one) => one.kind === "part");
  const value = figureOf(model, cell, "net_public_cost").value - sumOf(known.map((one) => one.value));
  const say = words["rest"];
  /** @type {PayerRow[]} */
  const rest = parts.length
    ? [
        {
          kind: "rest",
          title: say["title"],
          words: say["words"],
          verb: "",
          costs: Math.max(0, value),
          saves: Math.min(0, value),
          value,
          low: NaN,
          high: NaN,
          status: say["status"],
        },
      ]
    : [];
  return [...known, ...rest, ...parts, ...all.filter((one) => one.kind === "beside")];
}

const NAMED_FROM = 0.05;

/**
 * Everybody who pays a good part of it, who saves most, and all others together: what is said adds up to the net.
 * @param {Words} words
 * @param {Model} model
 * @param {Told} told
 */
function payersSentence(words, model, told) {
  const nets = payerRows(words, model, told).filter((one) => one.kind === "known" || one.kind === "rest");
  const sides = [1, -1].map((sign) => sumOf(nets.map((one) => Math.max(0, sign * one.value))));
  const least = NAMED_FROM * Math.max(...sides);
  if (!(least > 0)) return words["no_payers"];
  const known = nets.filter((one) => one.kind === "known");
  const lowest = Math.min(...known.map((one) => one.value));
  const saver = known.find((one) => one.value === lowest);
  const named = known.filter((one) => one.value >= least || (one === saver && one.value <= -least));
  const left = sumOf(nets.map((one) => one.value)) - sumOf(named.map((one) => one.value));
  const others = { words: words[named.length ? "others" : "all_payers"], verb: "", value: left, low: NaN, high: NaN };
  const said = [...named.sort((a, b) => b.value - a.value), ...(Math.abs(left) >= least ? [others] : [])];
  const saving = said.filter((one) => one.value < 0);
  const paying = said.filter((one) => one.value > 0);
  const amount = (/** @type {typeof others} */ one) =>
    money(Math.abs(one.value), Number.isFinite(one.low) ? [one.low, one.high] : []);
  const range = (/** @type {typeof others} */ one) =>
    Number.isFinite(one.low) ? ` (${moneyRange(one.value, one.low, one.high)})` : "";
  const parts = [
    ...paying.map((one) => `${one.words} pay${one.verb} ${amount(one)} more${range(one)}`),
    ...saving.map((one) => `${one.words} save${one.verb} ${amount(one)}${range(one)}`),
  ];
  const separate = paying.length && saving.length ? words["separate"] : "";
  return filled(words["payers"], { view: model.data.views[told.view]?.name ?? "", who: joined(parts), separate });
}

/**
 * Exact, emulated or refused: of a figure of a cell.
 * @param {Words} words @param {Model} model @param {Cell} cell @param {string} name
 * @returns {{kind: "exact" | "emulated" | "refused", words: string, band: number}}
 */
function statusOf(words, model, cell, name) {
  const trust = model.data.errors[name];
  if (!cell.mean) return { kind: "exact", words: storedWords(words, cell, name), band: 0 };
  if (cell.asked === 0) return { kind: "exact", words: words["status"]["exact"], band: 0 };
  if (!trust || trust.refused) return { kind: "refused", words: words["status"]["refused"], band: NaN };
  const band = cell.error(name);
  const told = name.startsWith("outcome.") ? upToFigures(band, 2) : money(band);
  return { kind: "emulated", words: filled(words["status"]["emulated"], { band: told }), band };
}

const FEWEST_DRAWS = 30;
const WIDEST_ERROR = 0.5; // of the width of the range
const LEAST_PLAUSIBLE = 0.05;

/**
 * Where what the reader set lies in the evidence of a view: its rank, and whether it is beyond all stored quantiles.
 * @param {PageData} data @param {State} state @param {number} view
 */
function placesInEvidence(data, state, view) {
  return Object.entries(state.beliefs).flatMap(([name, value]) => {
    const belief = data.beliefs.find((one) => one.name === name);
    const quantiles = belief?.quantiles[view];
    if (!belief || !quantiles) return [];
    const isBeyond = value < quantiles[0] || value > quantiles[quantiles.length - 1];
    return [{ belief, rank: shareBelow(value, quantiles, data.quantile_levels), isBeyond }];
  });
}

/**
 * Chance in the evidence of settings as far out as these; NaN where nothing was set.
 * @param {PageData} data
 * @param {State} state
 * @param {number} view
 */
function plausibility(data, state, view) {
  const places = placesInEvidence(data, state, view);
  return places.length ? jointPlausibility(places.map((one) => one.rank)) : NaN;
}

/**
 * Why nothing is offered for quoting; empty if it may be.
 * @param {Words} words
 * @param {Model} model
 * @param {Shown} shown
 * @param {Told} told
 * @returns {string[]}
 */
function mayNot(words, model, shown, told) {
  const { data } = model;
  const why = words["may_not"];
  const cautions = [...(scenarioOf(data, shown)?.cautions ?? []), ...data.cautions];
  const reasons = cautions.map((caution) => filled(why["caution"], { caution }));
  const net = figureOf(model, told.cell, "net_public_cost");
  const status = statusOf(words, model, told.cell, "net_public_cost");
  if (status.kind === "refused") reasons.push(why["refused"]);
  if (!told.cell.mean) reasons.push(why["no_range"]);
  else if (net.value === 0) reasons.push(why["nothing"]);
  else if (status.kind === "emulated" && !(status.band <= WIDEST_ERROR * (net.high - net.low))) {
    reasons.push(filled(why["emulator"], { band: money(status.band), share: perCent(WIDEST_ERROR) }));
  }
  const draws = told.cell.drawn.length;
  if (told.cell.mean && draws < FEWEST_DRAWS) reasons.push(filled(why["few"], { draws, least: FEWEST_DRAWS }));
  for (const { belief, isBeyond } of placesInEvidence(data, shown, told.view)) {
    if (isBeyond) reasons.push(filled(why["beyond"], { belief: belief.title }));
  }
  const chance = plausibility(data, shown, told.view);
  if (chance < LEAST_PLAUSIBLE)
    reasons.push(filled(why["together"], { chance: perCent(chance), least: perCent(LEAST_PLAUSIBLE) }));
  return reasons;
}

/** A sentence fit to quote. @param {Words} words @param {Model} model @param {Shown} shown @param {Told} told */
function quotable(words, model, shown, told) {
  const { data } = model;
  const set = beliefsInWords(data, shown);
  const what = scenarioOf(data, shown) ? "" : ` The policy: ${policyWords(data, shown)}`;
  const assumed = set.length ? ` Assumptions set by the author of this sentence: ${set.join("; ")}.` : "";
  return `${answerSentence(words, model, shown, told)}${what}${assumed} ${sourceWords(words, model, told)}`;
}

/** Where a figure is from, and how it is known. @param {Words} words @param {Model} model @param {Told} told */
function sourceWords(words, model, told) {
  const status = statusOf(words, model, told.cell, "net_public_cost").words;
  return filled(words["quote_source"], { hash: model.data.hash, status });
}

// -- handed over ------------------------------------------------------------------------------------------------------

/**
 * Levers of the controls, as a scenario writes them.
 * @param {PageData} data
 * @param {State} state
 * @returns {Record<string, any>}
 */
function leversOf(data, state) {
  const at = withOff(data, state.controls);
  const own = (/** @type {string} */ name) => at[name] ?? 0;
  const when = (/** @type {string} */ lever) => ({
    start: academicYear(own("start")),
    phase_in_years: own("phase_in_years"),
    ...(state.funder && state.funder !== "schools" && (data.funded_levers.includes(lever) || lever === "hours_schedule")
      ? { funded_by: state.funder }
      : {}),
  });
  /** @type {Record<string, any>} */
  const levers = {};
  const least = Math.min(own("least_hours"), own("most_hours"));
  const phases = ["primary", "secondary"].filter((name) => own(name) > 0);
  if (phases.length && (own("hours_per_sen_pupil") > 0 || least > 0)) {
    const formula = {
      hours_per_sen_pupil_per_week: own("hours_per_sen_pupil"),
      least_hours_per_week: least,
      most_hours_per_week: own("most_hours"),
    };
    levers["hours_schedule"] = {
      ...when("hours_schedule"),
      hours: { by_phase: Object.fromEntries(phases.map((name) => [name, { formula }])) },
      ...(own("smallest_school") > 0 ? { covers: { pupils_min: Math.round(own("smallest_school")) } } : {}),
    };
  }
  if (own("shared_below") >= FEWEST_SHARING)
    levers["shared_senco"] = { ...when("shared_senco"), roll_max: Math.round(own("shared_below")) };
  if (own("administrator_hours") > 0)
    levers["admin_support"] = { ...when("admin_support"), hours_per_week: own("administrator_hours") };
  if (own("assistant_hours_per_sen_pupil") > 0)
    levers["team"] = { ...when("team"), hours_per_sen_pupil_per_week: own("assistant_hours_per_sen_pupil") };
  if (own("leadership_seat") > 0) levers["slt_seat"] = { ...when("slt_seat"), pay_uplift: true };
  return levers;
}

/**
 * A tree as YAML: names, numbers, true and quoted words.
 * @param {Record<string, any>} tree
 * @param {number} [depth]
 * @returns {string}
 */
function asYaml(tree, depth = 0) {
  return Object.entries(tree)
    .map(([name, value]) => {
      const lead = `${"  ".repeat(depth)}${name}:`;
      if (value !== null && typeof value === "object") return `${lead}\n${asYaml(value, depth + 1)}`;
      return `${lead} ${typeof value === "string" ? JSON.stringify(value) : value}\n`;
    })
    .join("");
}

/** The scenario of what is set. @param {Words} words @param {PageData} data @param {State} state */
function scenarioYaml(words, data, state) {
  const own = scenarioOf(data, state);
  const overrides = Object.fromEntries(Object.entries(state.beliefs).map(([name, value]) => [name, { value }]));
  const tree = {
    schema: 1,
    extends: own ? own.name : "baseline",
    title: own ? `${own.title}, with my assumptions` : "My policy",
    description: policyWords(data, state) || words["nothing"],
    ...(own
      ? state.funder
        ? {
            levers: Object.fromEntries(
              own.levers
                .filter((one) => data.funded_levers.includes(one))
                .map((one) => [one, { funded_by: state.funder }]),
            ),
          }
        : {}
      : { levers: leversOf(data, state) }),
    ...(Object.keys(overrides).length ? { overrides } : {}),
    ...(state.horizon !== data.years.length
      ? { horizon: { first_year: academicYear(data.years[0] ?? 0), years: state.horizon } }
      : {}),
  };
  return asYaml(tree);
}

/** @param {PageData} data @param {State} state */
function commandOf(data, state) {
  const own = scenarioOf(data, state);
  const isPlain = own && !Object.keys(state.beliefs).length && !state.funder && state.horizon === data.years.length;
  return isPlain ? own.command : "sencosim run my_policy.yaml";
}

/** @param {Words} words @param {PageData} data @param {State} state */
function pythonOf(words, data, state) {
  const own = scenarioOf(data, state);
  if (own && commandOf(data, state) === own.command) {
    return `import sencosim as ss\n\nresult = ss.run(ss.load("${own.name}"))\nprint(result.summary())\n`;
  }
  const yaml = scenarioYaml(words, data, state).replace(/\\/g, "\\\\").replace(/"""/g, '\\"\\"\\"');
  const lines = ["from pathlib import Path", "", "import sencosim as ss", ""];
  lines.push(`Path("my_policy.yaml").write_text("""\\\n${yaml}""", encoding="utf-8")`);
  return [...lines, 'result = ss.run(ss.load("my_policy.yaml"))', "print(result.summary())", ""].join("\n");
}

/**
 * Every figure of the six answers, a row each.
 * @param {Words} words
 * @param {Model} model
 * @param {Shown} shown
 * @param {Told} told
 * @returns {string}
 */
function asCsv(words, model, shown, told) {
  const { data } = model;
  const quoted = (/** @type {string | number} */ one) =>
    /[",\n]/.test(String(one)) ? `"${String(one).replace(/"/g, '""')}"` : String(one);
  const rows = [
    ["data", "policy", "view", "baseline", "figure", "unit", "mean", "p10", "p90", "at_point_values", "status"],
  ];
  data.views.forEach((view, v) =>
    data.laws.forEach((law, l) => {
      const cell = told.cells[v]?.[l];
      if (!cell) return;
      for (const name of model.names) {
        const one = shownFigure(words, model, cell, name);
        const unit = data.outcomes.find((outcome) => name === `outcome.${outcome.name}`)?.unit ?? "GBP, present value";
        const shownAs = (/** @type {number} */ value) =>
          Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "";
        const hasMean = Number.isFinite(one.low);
        rows.push([
          data.hash,
          policyWords(data, shown),
          view.name,
          law.name,
          name,
          unit,
          hasMean ? shownAs(one.value) : "",
          shownAs(one.low),
          shownAs(one.high),
          shownAs(one.point),
          one.status.words,
        ]);
      }
    }),
  );
  return `${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`;
}

/**
 * The answer as a card that programs read.
 * @param {Words} words
 * @param {Model} model
 * @param {Shown} shown
 * @param {Told} told
 * @param {string} link
 */
function answerCard(words, model, shown, told, link) {
  const { data } = model;
  const net = figureOf(model, told.cell, "net_public_cost");
  const reasons = mayNot(words, model, shown, told);
  const status = statusOf(words, model, told.cell, "net_public_cost");
  return {
    card: 1,
    made_by: "sencosim explore",
    data: data.hash,
    question: words["question"],
    policy: policyWords(data, shown),
    state: /** @type {any} */ ({
      scenario: shown.scenario,
      controls: shown.scenario ? {} : shown.controls,
      funder: shown.funder,
      beliefs: shown.beliefs,
      high_needs: shown.high_needs,
      horizon: shown.horizon,
      discount: shown.discount,
    }),
    view: data.views[told.view]?.name,
    baseline: data.laws[told.law]?.name,
    period: periodWords(data, shown),
    basis: basisWords(words, data, shown),
    net_public_cost_gbp: {
      mean: told.cell.mean ? net.value : null,
      p10: finiteOr(net.low),
      p90: finiteOr(net.high),
      at_point_values: net.point,
      status: status.kind,
      emulator_error_80_gbp: finiteOr(status.band),
    },
    payers_gbp: payerRows(words, model, told).map((one) => ({
      payer: one.title,
      kind: one.kind,
      net: finiteOr(one.value),
      p10: finiteOr(one.low),
      p90: finiteOr(one.high),
      status: one.status,
    })),
    may_be_quoted: reasons.length === 0,
    why_not: reasons,
    sentence: reasons.length ? null : quotable(words, model, shown, told),
    command: commandOf(data, shown),
    link,
  };
}

/** @param {number} value */
function finiteOr(value) {
  return Number.isFinite(value) ? value : null;
}
