// Shares of a change, turning points and joint plausibility as the page works them out, for a test against Python's.
"use strict";
const fs = require("fs");
const vm = require("vm");

const [folder, ...names] = process.argv.slice(2);
vm.runInThisContext(names.map((name) => fs.readFileSync(`${folder}/${name}`, "utf8")).join("\n"));
const { data, games, evens, places } = JSON.parse(fs.readFileSync(0, "utf8"));
const finished = (work) => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};
const model = data && prepared(data);
const netOf = (state, view, law) => {
  const cell = cellOf(model, state, view, law);
  return (cell.mean ?? cell.point).figures[0];
};
process.stdout.write(JSON.stringify({
  games: games.map(({ n, worths }) => finished(shapley(n, (inside) => worths[inside.reduce((set, is, i) => set + (is ? 2 ** i : 0), 0)]))),
  evens: evens.map(({ state, name, view, law }) => {
    const belief = data.beliefs.find((one) => one.name === name);
    const figure = (value) => netOf({ ...state, beliefs: { ...state.beliefs, [name]: value } }, view, law);
    const now = state.beliefs[name] ?? belief.values[view];
    return finished(evenPoint(figure, belief.low, belief.high, now));
  }),
  places: places.map((ranks) => jointPlausibility(ranks)),
}));
