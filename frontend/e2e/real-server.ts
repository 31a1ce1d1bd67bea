import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A warehouse with a seeded session of ten minutes; SCREEN_E2E names a folder to keep it in. */
export class Warehouse {
  private readonly kept = process.env['SCREEN_E2E'];
  readonly folder = this.kept ?? mkdtempSync(join(tmpdir(), 'spymaster-e2e-'));

  /** Build the session with these levels, anew if it was built with others. */
  build(levels: string): void {
    const script = ['run', 'python', 'tests/stream/seeded.py', this.folder, levels];
    execFileSync('uv', script, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Remove the folder, unless it is one to keep. */
  remove(): void {
    if (!this.kept) {
      rmSync(this.folder, { recursive: true });
    }
  }
}

/** `spymaster serve`, as a process of its own. */
export class RealServer {
  private process: ChildProcess | null = null;
  port = 0;

  constructor(private readonly warehouse: Warehouse) {}

  /** Start, the second time on the port that it had. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<number> {
    const folder = join(this.warehouse.folder, 'warehouse');
    const args = ['run', 'spymaster', 'serve', '--warehouse', folder, '--port', `${this.port}`];
    const child = spawn('uv', args, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.process = child;
    const lines = createInterface({ input: child.stderr });
    this.port = await new Promise<number>((resolve, reject) => {
      const said: string[] = [];
      lines.on('line', (line) => {
        said.push(line);
        const port = /^serving http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (port) {
          resolve(Number(port));
        }
      });
      lines.on('close', () => reject(new Error(`spymaster serve ended: ${said.join(' ')}`)));
    });
    return this.port;
  }

  /** End the server and all that started it; SIGKILL leaves it no time to say good-bye. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child?.pid && child.exitCode === null) {
      const ended = once(child, 'exit');
      process.kill(-child.pid, signal);
      await ended;
    }
  }
}
