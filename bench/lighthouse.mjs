// What Lighthouse says of five pages on a phone with a slow connection (simulated), and what their first view weighs.
//
//   dotnet run --project src/Ketamine.Web -c Release        in one window
//   npm install --no-save --prefix bench lighthouse@12 && node bench/lighthouse.mjs [http://localhost:5000]
//
// CHROME_PATH names the browser; Debian's Chromium is the default. A sample clinic loses SEO points for "noindex", on purpose.
import lighthouse from "lighthouse";
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const base = process.argv[2] ?? "http://localhost:5000";
const pages = ["/", "/services/iv-ketamine", "/blog/how-ketamine-works-in-the-brain", "/consultation", "/about"];
const port = 9333;
const browser = spawn(process.env.CHROME_PATH ?? "/usr/bin/chromium",
  ["--headless=new", "--no-sandbox", `--remote-debugging-port=${port}`, `--user-data-dir=${mkdtempSync(join(tmpdir(), "lighthouse-"))}`, "about:blank"], { stdio: "ignore" });

try {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/json/version`);
      break;
    } catch (error) {
      if (tries === 40) throw error;
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  }

  for (const page of pages) {
    const { lhr } = await lighthouse(base + page, { port, logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices", "seo"] });
    const scores = Object.values(lhr.categories).map(category => `${category.id} ${Math.round(category.score * 100)}`).join(", ");
    const shown = name => lhr.audits[name].displayValue;
    const requests = lhr.audits["network-requests"].details.items;
    const first = requests.filter(request => request.resourceType === "Document" || (request.resourceType === "Stylesheet" && !request.url.includes("/print.css")));
    const bytes = first.reduce((sum, request) => sum + request.transferSize, 0);
    console.log(`${page}: ${scores}; LCP ${shown("largest-contentful-paint")}, CLS ${shown("cumulative-layout-shift")}, HTML and CSS ${(bytes / 1024).toFixed(1)} KiB`);
  }
} finally {
  browser.kill();
}
