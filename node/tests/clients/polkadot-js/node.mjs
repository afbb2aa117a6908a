// Start the node for a test, and stop it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const programs = process.env.ALTHING_PROGRAMS ?? join(here, '../../../../target/debug');

/** Path of the wallet. */
export const wallet = join(programs, 'althing');

/** A dev chain of our own on a free port; resolves once it answers. */
export async function startNode() {
  const folder = mkdtempSync(join(tmpdir(), 'althing-js-'));
  const file = join(folder, 'config.json');
  const written = new Promise((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (name === 'config.json') {
        watcher.close();
        resolve();
      }
    });
  });
  const child = spawn(join(programs, 'althing-node'), ['dev', '--port', '0', '--config-out', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const failed = ended.then((code) => {
    throw new Error(`the node ended with ${code} before it answered`);
  });
  await Promise.race([written, failed]);
  failed.catch(() => {});
  const config = JSON.parse(readFileSync(file, 'utf8'));
  return {
    config,
    folder,
    async stop() {
      child.kill('SIGINT');
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
