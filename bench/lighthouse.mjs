// What Lighthouse says of five pages on a phone with a slow connection (simulated), and what their first view weighs: the page and the stylesheets in its
// head, as they came over the wire. Medians of three runs. One more run slows the browser instead of simulating: Lighthouse's simulation counts everything
// that a fast browser had loaded by the largest paint.
//
//   npm install --no-save --prefix bench lighthouse@12 && node bench/lighthouse.mjs [http://localhost:5000]
//
// Without an address it builds the site and serves the sample clinic as if it were a real one, because search engines are kept out of a sample and
// Lighthouse takes points off for that. CHROME_PATH names the browser; Debian's Chromium is the default.
import lighthouse from "lighthouse";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, until } from "./serve.mjs";

const home = mkdtempSync(join(tmpdir(), "lighthouse-"));
const pages = ["/", "/services/iv-ketamine", "/blog/how-ketamine-works-in-the-brain", "/consultation", "/team"];
const runs = 3;
const port = 9333;

const site = process.argv[2] ? { address: process.argv[2], stop: () => {} } : await serve(5078);
const browser = spawn(process.env.CHROME_PATH ?? "/usr/bin/chromium",
  ["--headless=new", "--no-sandbox", `--remote-debugging-port=${port}`, `--user-data-dir=${join(home, "browser")}`, "about:blank"], { stdio: "ignore" });
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  await until(`http://127.0.0.1:${port}/json/version`, 40);
  for (const page of pages) {
    await fetch(site.address + page, { headers: { "accept-encoding": "br" } }); // the first request of a cached page has its Brotli form made
    await new Promise(resolve => setTimeout(resolve, 1000));
    const inHead = (await (await fetch(site.address + page)).text()).split("</head>")[0];
    const found = [];
    for (let run = 0; found.length < runs && run < 2 * runs; run++) {
      const { lhr } = await lighthouse(site.address + page,
        { port, logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices", "seo"] });
      if (lhr.audits.metrics.details) found.push(lhr); // on a busy machine, the browser's trace is sometimes incomplete (NO_NAVSTART)
    }
    const slowed = (await lighthouse(site.address + page, { port, logLevel: "error", onlyAudits: ["metrics"], throttlingMethod: "devtools",
      throttling: { requestLatencyMs: 150, downloadThroughputKbps: 1638.4, uploadThroughputKbps: 750, cpuSlowdownMultiplier: 4 },
    })).lhr.audits.metrics.details.items[0];
    const scores = Object.keys(found[0].categories).map(id => `${id} ${median(found.map(lhr => Math.round(lhr.categories[id].score * 100)))}`).join(", ");
    const metric = name => median(found.map(lhr => lhr.audits.metrics.details.items[0][name]));
    const first = found[0].audits["network-requests"].details.items.filter(({ resourceType, url }) => resourceType === "Document"
      || (resourceType === "Stylesheet" && !url.includes("/print.css") && inHead.includes(url.slice(site.address.length))));
    const kilobytes = bytes => (bytes / 1024).toFixed(1);
    const size = first.reduce((sum, request) => sum + request.transferSize, 0);
    console.log(`${page}: ${scores}; FCP ${(metric("firstContentfulPaint") / 1000).toFixed(2)} s, LCP ${(metric("largestContentfulPaint") / 1000).toFixed(2)} s`
      + `, with the connection and the processor really slowed ${(slowed.observedLargestContentfulPaint / 1000).toFixed(2)} s`
      + `, unthrottled ${metric("observedLargestContentfulPaint")} ms; CLS ${metric("cumulativeLayoutShift").toFixed(3)}; first view ${kilobytes(size)} KiB with headers`);
  }
} finally {
  browser.kill();
  site.stop();
  await new Promise(resolve => setTimeout(resolve, 500));
  rmSync(home, { recursive: true, force: true });
}
