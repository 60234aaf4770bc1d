// What changed the answer and what would turn it: asked in slices while the page stays awake, then shown.

/** Mean net public cost of a state in the view and law in front. @param {Page} page @param {State} state */
function netOf(page, state) {
  const { model } = page;
  const cell = cellOf(model, state, viewOf(page), lawOf(page));
  return front(model, cell).figures[0] ?? 0;
}

/** What differs from where the page opened. @param {Page} page */
function changes(page) {
  const { data, words, opening } = page;
  /** @type {{key: string, title: string, kind: string, apply: (state: State) => State}[]} */
  const found = [];
  const [from, to] = [controlsOf(data, opening), controlsOf(data, page.shown)];
  if (page.shown.scenario !== opening.scenario && (!from || !to)) {
    found.push({
      key: "policy",
      title: words["changed"]["policy"],
      kind: words["changed"]["policy"],
      apply: (state) => ({ ...state, scenario: page.shown.scenario, controls: page.shown.controls }),
    });
  } else if (from && to) {
    for (const one of data.controls) {
      const value = to[one.name] ?? one.off;
      if (value !== from[one.name])
        found.push({
          key: one.name,
          title: one.title,
          kind: words["groups"][one.group] ?? one.group,
          apply: (state) => ({
            ...state,
            scenario: "",
            controls: { ...withOff(data, controlsOf(data, state) ?? {}), [one.name]: value },
          }),
        });
    }
  }
  for (const [name, value] of Object.entries(page.shown.beliefs)) {
    const belief = data.beliefs.find((one) => one.name === name);
    found.push({
      key: `b.${name}`,
      title: belief?.title ?? name,
      kind: words["changed"][belief?.kind ?? "engine"],
      apply: (state) => ({ ...state, beliefs: { ...state.beliefs, [name]: value } }),
    });
  }
  for (const key of /** @type {const} */ (["funder", "high_needs", "horizon", "discount"])) {
    if (page.shown[key] !== opening[key])
      found.push({
        key,
        title: words["counted"][key],
        kind: words["changed"]["counted"],
        apply: (state) => ({ ...state, [key]: page.shown[key] }),
      });
  }
  return found;
}

/** @param {Page} page @returns {Generator<void, {from: number, to: number, steps: {title: string, value: number}[]} | null, void>} */
function* changedSteps(page) {
  const { opening } = page;
  const found = changes(page);
  if (!found.length) return null;
  const players = playersOf(found);
  const at = (/** @type {boolean[]} */ inside) => {
    const keys = new Set(players.flatMap((one, i) => (inside[i] ? one.keys : [])));
    return netOf(
      page,
      found.reduce((state, one) => (keys.has(one.key) ? one.apply(state) : state), /** @type {State} */ (opening)),
    );
  };
  const shares = yield* shapley(players.length, at);
  return {
    from: at(players.map(() => false)),
    to: at(players.map(() => true)),
    steps: players.map((one, i) => ({ title: one.title, value: shares[i] ?? 0 })),
  };
}

/** @param {Page} page @param {{from: number, to: number, steps: {title: string, value: number}[]} | null} found */
function showChanged(page, found) {
  const { data, words, model, opening } = page;
  part("section-changed").hidden = !found;
  if (!found || !page.told) return;
  const net = figureOf(model, page.told.cell, "net_public_cost");
  const inMoney = (/** @type {number} */ value) => money(value, [found.from, found.to], true);
  const steps = found.steps
    .map((one) => ({ name: one.title, value: one.value, words: money(one.value, [], true) }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const most = steps[0];
  const title = filled(words["changed"]["title"], {
    most: most ? most.name.charAt(0).toLowerCase() + most.name.slice(1) : "",
    from: money(found.from, [found.to]),
    to: money(found.to, [found.from]),
  });
  const start = {
    name: filled(words["changed"]["start"], { title: scenarioOf(data, opening)?.title ?? "" }),
    value: found.from,
    words: inMoney(found.from),
  };
  const chart = {
    start,
    steps,
    net: { name: words["changed"]["end"], value: found.to, low: net.low, high: net.high, words: inMoney(found.to) },
    told: title,
  };
  draw(page, "changed", title, `${where(page, page.told)}. ${words["changed"]["sub"]}`, (width, look) =>
    stepsChart(chart, width, look),
  );
  fill(
    page,
    "changed",
    steps.map((one) => [one.name, one.words]),
  );
  showTake(page);
}

/** Beliefs whose turning points are asked: those on the left. @param {Page} page */
function beliefsInFront(page) {
  const { data } = page;
  return [...page.beliefBoxes.keys()].flatMap((name) => data.beliefs.filter((one) => one.name === name));
}

/**
 * Where each of some beliefs would turn the answer, all else as it is set.
 * @typedef {{belief: Belief, now: number, even: number | null, isAsked: boolean}} EvenRow
 * @param {Page} page @param {Belief[]} beliefs @param {(done: number) => void} [tell]
 * @returns {Generator<void, EvenRow[], void>}
 */
function* evenRows(page, beliefs, tell = () => {}) {
  const { data } = page;
  /** @type {EvenRow[]} */
  const rows = [];
  for (const belief of beliefs) {
    const now = page.shown.beliefs[belief.name] ?? belief.values[viewOf(page)];
    const isAsked = belief.kind === "price" || controlsOf(data, page.shown) !== null;
    const figure = (/** @type {number} */ value) =>
      netOf(page, { ...page.shown, beliefs: { ...page.shown.beliefs, [belief.name]: value } });
    const even = isAsked ? yield* evenPoint(figure, belief.low, belief.high, now) : null;
    rows.push({ belief, now, even, isAsked });
    tell(rows.length);
  }
  return rows;
}

/** Look through every belief, and show those on the left and all that turn the answer. @param {Page} page */
function lookThroughAll(page) {
  const left = beliefsInFront(page);
  const n = page.data.beliefs.length;
  const tell = (/** @type {number} */ done) => {
    part("even-status").textContent = filled(page.words["even"]["looking"], { done, n });
  };
  inSlices(page, evenRows(page, page.data.beliefs, tell), page.round, (rows) => {
    const kept = rows.filter((one) => one.even !== null || left.includes(one.belief));
    showEven(page, kept, rows.length);
    part("even-status").textContent = page.words["even"]["looked"];
  });
}

/** @param {Page} page @param {EvenRow} row */
function evenWords(page, { belief, now, even, isAsked }) {
  const say = page.words["even"];
  const band = belief.bands[viewOf(page)];
  const told = (/** @type {number} */ value) => withUnit(value, belief.unit);
  const where = band && even !== null && even >= band[0] && even <= band[1] ? say["inside"] : say["beyond"];
  const answer =
    even === null ? say[isAsked ? "none" : "not_asked"] : filled(say["found"], { value: told(even), where });
  const evidence = band ? rangeWithUnit(band[0], band[1], belief.unit) : page.words["fixed"];
  return { now: told(now), evidence, answer };
}

/** @param {Page} page @param {EvenRow[]} rows @param {number} [of] beliefs that were looked through */
function showEven(page, rows, of = rows.length) {
  const { words, model, told } = page;
  if (!told) return;
  const say = words["even"];
  const verb = figureOf(model, told.cell, "net_public_cost").value > 0 ? say["pays"] : say["costs"];
  const n = rows.filter((one) => one.even !== null).length;
  const title = filled(n ? say["title"] : say["title_none"], { n, of, verb });
  const bars = rows.map((row) => {
    const [low, high] = row.belief.bands[viewOf(page)] ?? [row.now, row.now];
    const { now, evidence, answer } = evenWords(page, row);
    const { title: name, low: min, high: max } = row.belief;
    return {
      name,
      min,
      max,
      low,
      high,
      now: row.now,
      even: row.even,
      words: filled(say["row"], { now, evidence, answer }),
    };
  });
  const sub = `${where(page, told)}. ${say["sub"]}`;
  draw(page, "even", title, sub, (width, look) => evenChart({ rows: bars, told: title }, width, look));
  const cells = rows.map((row) => {
    const { now, evidence, answer } = evenWords(page, row);
    return [row.belief.title, now, evidence, row.belief.grade, answer];
  });
  fill(page, "even", cells);
  showTake(page);
}
