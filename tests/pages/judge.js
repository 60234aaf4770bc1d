// Judge pages in a headless browser: faults that axe finds, width on a phone, pages when printed. Printed as JSON.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const { pathToFileURL } = require("url");

const [modules, chromium, profile, asked] = process.argv.slice(2);
const load = createRequire(path.join(modules, "package.json"));
const puppeteer = load("puppeteer-core");
const { files, tags } = JSON.parse(asked);
const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = { wide: { width: 1280 }, phone: { width: 390 }, dark: { width: 1280, dark: true }, small_dark: { width: 320, dark: true } };

/** A page of a size, and what it asks of other places. */
async function opened(browser, file, { width, dark = false, script = true }) {
  const page = await browser.newPage();
  const requests = [];
  page.on("request", (one) => { if (!/^(data|blob):/.test(one.url())) requests.push(one.url()); });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  if (!script) await page.setJavaScriptEnabled(false);
  await page.goto(pathToFileURL(file).href);
  return { page, requests };
}

/** Faults that axe finds with everything unfolded. */
async function faults(page) {
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

async function judged(browser, file) {
  const found = { faults: {}, widths: {}, requests: [] };
  for (const [name, look] of Object.entries(LOOKS)) {
    const { page, requests } = await opened(browser, file, look);
    found.widths[name] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    found.faults[name] = await faults(page);
    found.requests = requests;
    await page.close();
  }
  const { page } = await opened(browser, file, { width: 1280, script: false });
  found.printed = pagesOf(await page.pdf({ preferCSSPageSize: true }));
  await page.close();
  return found;
}

/** Search and sorting of a report, and a link into what is folded. */
async function used(browser, file) {
  const { page } = await opened(browser, file, { width: 1280 });
  const shown = () => page.$$eval("details.part", (all) => all.filter((one) => one.checkVisibility()).map((one) => [one.id, one.open]));
  const first = await shown();
  await page.type("#search", "co-ordinator");
  const searched = await shown();
  const said = await page.$eval("#found", (one) => one.textContent);
  await page.$eval("#search", (one) => { one.value = ""; one.dispatchEvent(new Event("input")); });
  const again = await shown();
  const column = () => page.$$eval("#table-people tbody tr", (all) => all.map((row) => row.cells[0].textContent));
  await page.evaluate(() => { location.hash = "#table-people"; });
  await page.waitForFunction(() => document.getElementById("people").open);
  const orders = [await column()];
  for (let i = 0; i < 3; i++) {
    await page.$eval("#table-people thead th button", (one) => one.click());
    orders.push(await column());
  }
  await page.close();
  return { first, searched, said, again, orders };
}

(async () => {
  const browser = await puppeteer.launch({ executablePath: chromium, headless: true, userDataDir: profile, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
  try {
    const found = { version: load("axe-core/package.json").version, pages: {} };
    for (const [name, file] of Object.entries(files)) found.pages[name] = await judged(browser, file);
    if (files.run) found.used = await used(browser, files.run);
    process.stdout.write(JSON.stringify(found));
  } finally {
    await browser.close();
  }
})().catch((fault) => {
  console.error(fault);
  process.exitCode = 1;
});
