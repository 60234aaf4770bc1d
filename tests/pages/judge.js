// Judge pages in a headless browser: faults that axe finds, width on a phone, pages when printed. Printed as JSON.
"use strict";
const { pathToFileURL } = require("url");
const { toolsIn, used, pageOf, faults, pagesOf } = require("./browser.js");

const [modules, chromium, profile, asked] = process.argv.slice(2);
const { puppeteer, axe, version } = toolsIn(modules);
const { files, tags, looks } = JSON.parse(asked);
const LOOKS = { wide: { width: 1280 }, phone: { width: 390 }, small_dark: { width: 320, dark: true } };

/** A page of a size, and what it asks of other places. */
async function opened(browser, file, look) {
  const page = await pageOf(browser, look);
  const requests = [];
  page.on("request", (one) => { if (!/^(data|blob):/.test(one.url())) requests.push(one.url()); });
  await page.goto(pathToFileURL(file).href);
  return { page, requests };
}

async function judged(browser, file) {
  const found = { faults: {}, widths: {}, requests: {} };
  for (const name of looks) {
    const { page, requests } = await opened(browser, file, LOOKS[name]);
    found.widths[name] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    found.faults[name] = await faults(page, axe, tags);
    found.requests[name] = requests;
    await page.close();
  }
  const { page } = await opened(browser, file, { width: 1280, script: false });
  found.printed = pagesOf(await page.pdf({ preferCSSPageSize: true }));
  await page.close();
  return found;
}

/** Search and sorting of a report, and a link into what is folded. */
async function searched(browser, file) {
  const { page } = await opened(browser, file, { width: 1280 });
  const shown = () => page.$$eval("details.part", (all) => all.filter((one) => one.checkVisibility()).map((one) => [one.id, one.open]));
  const first = await shown();
  await page.type("#search", "co-ordinator");
  const found = await shown();
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
  return { first, searched: found, said, again, orders };
}

used(puppeteer, chromium, profile, async (browser) => {
  const found = { version, pages: {} };
  for (const [name, file] of Object.entries(files)) found.pages[name] = await judged(browser, file);
  if (files.run) found.used = await searched(browser, files.run);
  return found;
});
