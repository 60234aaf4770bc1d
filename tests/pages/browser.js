// What every look at a page in a headless browser needs: the browser, a page of a size, faults that axe finds, its print.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

/** Tools of a folder of modules, with the version of axe. @param {string} modules */
function toolsIn(modules) {
  const load = createRequire(path.join(modules, "package.json"));
  return { puppeteer: load("puppeteer-core"), axe: fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8"), version: load("axe-core/package.json").version };
}

/** Use a browser, print what comes of it as JSON, and close it, whatever happens. */
async function used(puppeteer, chromium, profile, use) {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await puppeteer.launch({ executablePath: chromium, headless: true, userDataDir: profile, args });
  try {
    process.stdout.write(JSON.stringify(await use(browser)));
  } catch (fault) {
    console.error(fault);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** A page of a size, not yet gone anywhere. */
async function pageOf(browser, { width = 1280, height = 900, dark = false, script = true } = {}) {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  if (!script) await page.setJavaScriptEnabled(false);
  return page;
}

/** Faults that axe finds with everything unfolded. */
async function faults(page, axe, tags) {
  await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
  const session = await page.createCDPSession();
  await session.send("Page.setBypassCSP", { enabled: true });
  await session.send("Runtime.evaluate", { expression: axe });
  return page.evaluate(async (kept) => {
    const found = await window.axe.run(document, { runOnly: kept, resultTypes: ["violations"] });
    return found.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.any.map((any) => any.message).join(" ")}`)]);
  }, tags);
}

/** Pages of a PDF, and the size of the first. [points] */
function pagesOf(pdf) {
  const content = Buffer.from(pdf).toString("latin1");
  const box = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(content);
  return { n: (content.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length, size: box ? [Math.round(Number(box[1])), Math.round(Number(box[2]))] : [] };
}

module.exports = { toolsIn, used, pageOf, faults, pagesOf };
