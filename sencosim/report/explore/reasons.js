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
    .map((one) => ({ name: one.title, value: one.value, words: inMoney(one.value) }))
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

/** @param {Page} page */
function* evenRows(page) {
  const { data } = page;
  /** @type {{belief: Belief, even: number | null, now: number}[]} */
  const rows = [];
  for (const belief of beliefsInFront(page)) {
    const now = page.shown.beliefs[belief.name] ?? belief.values[viewOf(page)] ?? 0;
    const canAsk = !(belief.kind === "engine" && !controlsOf(data, page.shown));
    const even = canAsk
      ? yield* evenPoint(
          (value) => netOf(page, { ...page.shown, beliefs: { ...page.shown.beliefs, [belief.name]: value } }),
          belief.low,
          belief.high,
          now,
        )
      : null;
    rows.push({ belief, even, now });
  }
  return rows;
}

/** @param {Page} page @param {{belief: Belief, even: number | null, now: number}[]} found */
function showEven(page, found) {
  const { words, model } = page;
  if (!page.told) return;
  const net = figureOf(model, page.told.cell, "net_public_cost");
  const rows = found.map(({ belief, even, now }) => {
    const [low, high] = belief.bands[viewOf(page)] ?? [belief.low, belief.high];
    const say = (/** @type {number} */ value) => withUnit(value, belief.unit);
    const place = even === null ? "" : even >= low && even <= high ? words["even"]["inside"] : words["even"]["beyond"];
    const inWords =
      even === null ? words["even"]["none"] : filled(words["even"]["found"], { value: say(even), where: place });
    return { belief, even, now, low, high, say, words: inWords };
  });
  const turning = rows.filter((one) => one.even !== null);
  const title = turning.length
    ? filled(words["even"]["title"], {
        n: turning.length,
        of: rows.length,
        verb: net.value > 0 ? words["even"]["pays"] : words["even"]["costs"],
      })
    : filled(words["even"]["title_none"], {
        n: rows.length,
        verb: net.value > 0 ? words["even"]["pays"] : words["even"]["costs"],
      });
  const chart = {
    rows: rows.map((one) => ({
      name: one.belief.title,
      min: one.belief.low,
      max: one.belief.high,
      low: one.low,
      high: one.high,
      now: one.now,
      even: one.even,
      words: `now ${one.say(one.now)}; evidence ${one.say(one.low)} to ${one.say(one.high)}; ${one.words}`,
    })),
    told: title,
  };
  draw(page, "even", title, `${where(page, page.told)}. ${words["even"]["sub"]}`, (width, look) =>
    evenChart(chart, width, look),
  );
  fill(
    page,
    "even",
    rows.map((one) => [
      one.belief.title,
      one.say(one.now),
      `${one.say(one.low)} to ${one.say(one.high)}`,
      one.belief.grade,
      one.words,
    ]),
  );
  showTake(page);
}
