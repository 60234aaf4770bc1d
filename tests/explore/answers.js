// Answers of the page's arithmetic to states on standard input, for a test that sets them against Python's.
"use strict";
const fs = require("fs");
const vm = require("vm");

const [folder, ...names] = process.argv.slice(2);
vm.runInThisContext(names.map((name) => fs.readFileSync(`${folder}/${name}`, "utf8")).join("\n"));
const { data, cases } = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(answersOf(data, cases)));

// -- told: the same lines run in the browser -----------------------------------------------------------------------------
function answersOf(data, cases) {
  const model = prepared(data);
  const listed = (values) => (values === null ? null : Array.from(values));
  const sums = (of) => of && { figures: listed(of.figures), waterfall: listed(of.waterfall), by_year: listed(of.byYear), uses: listed(of.uses) };
  const told = cases.map(({ state, view, law }) => {
    try {
      const cell = cellOf(model, state, view, law);
      const course = cell.drawn.length ? [0.1, 0.9].map((share) => courseEnd(cell, 0, state.horizon, share)) : null;
      return { basis: cell.basis, asked: cell.asked, point: sums(cell.point), mean: sums(cell.mean), low: listed(cell.low), high: listed(cell.high), course };
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      return { refused: fault.message };
    }
  });
  return { names: model.names, told };
}
