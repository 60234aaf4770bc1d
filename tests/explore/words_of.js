// Numbers on standard input as the page writes them, for a test that sets them against Python's words.
"use strict";
const fs = require("fs");
const vm = require("vm");

const [folder, ...names] = process.argv.slice(2);
vm.runInThisContext(names.map((name) => fs.readFileSync(`${folder}/${name}`, "utf8")).join("\n"));
const cases = JSON.parse(fs.readFileSync(0, "utf8")).cases;
const told = cases.map(([value, low, high, share]) => [
  roundingStep(value, low, high), plain(value, roundingStep(value, low, high), true), money(value, [low, high]), money(value),
  costsOrSaves(value, [low, high]), moneyRange(value, low, high), perCent(share), rounded(value, 10),
]);
process.stdout.write(JSON.stringify(told));
