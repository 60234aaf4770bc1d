// Who pays, as the page says it, for states on standard input: for a test that sets it against Python's sentence.
"use strict";
const fs = require("fs");
const vm = require("vm");

const [folder, ...names] = process.argv.slice(2);
vm.runInThisContext(names.map((name) => fs.readFileSync(`${folder}/${name}`, "utf8")).join("\n"));
const { data, words, cases } = JSON.parse(fs.readFileSync(0, "utf8"));
const model = prepared(data);
const told = cases.map(({ state, view, law }) => {
  const cells = data.views.map((_, v) => data.laws.map((_, l) => cellOf(model, state, v, l)));
  return payersSentence(words, model, { view, law, cell: cells[view][law], cells });
});
process.stdout.write(JSON.stringify(told));
