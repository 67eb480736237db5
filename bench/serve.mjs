// The sample clinic on a free port, in a folder that goes away with it.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Waits until something answers there. */
export const until = async (address, tries) => {
  for (let i = 0; ; i++) {
    try {
      return await fetch(address);
    } catch (error) {
      if (i === tries) throw error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
};

/** Builds the site and serves the sample clinic as if it were a real one. */
export const serve = async port => {
  const home = mkdtempSync(join(tmpdir(), "site-"));
  cpSync(join(root, "content"), join(home, "content"), { recursive: true });
  const clinic = join(home, "content", "clinic.yml");
  writeFileSync(clinic, readFileSync(clinic, "utf8").replace(/^sample: true$/m, ""));
  const address = `http://127.0.0.1:${port}`;
  const site = spawn("dotnet", ["run", "--project", join(root, "src/Ketamine.Web"), "-c", "Release", "--", `--urls=${address}`,
    `--Content:Path=${join(home, "content")}`, `--Data:Path=${join(home, "data")}`, "--Limits:Enabled=false"], { stdio: "ignore", detached: true });
  const stop = () => {
    process.kill(-site.pid);
    setTimeout(() => rmSync(home, { recursive: true, force: true }), 500);
  };
  try {
    await until(address, 600);
  } catch (error) {
    stop();
    throw error;
  }
  return { address, stop };
};
