/** Headless Chromium, driven through a pipe: what a page does, and how it looks. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface View {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  /** A phone: touch, and pixels of its own. */
  readonly mobile?: boolean;
  readonly scale?: number;
}

/** What a page did while it was loaded. */
export interface Visit {
  /** Of the console, and errors that nobody caught. */
  readonly messages: string[];
  /** Beside the page itself. */
  readonly requests: string[];
  /** `alert` and the like. */
  readonly dialogs: string[];
  evaluate<T>(expression: string): Promise<T>;
  /** A PNG: the whole page, or its beginning. */
  screenshot(whole?: boolean): Promise<Buffer>;
}

interface Message { id?: number; method?: string; params?: Record<string, any>; result?: Record<string, any>; error?: { message: string } }

const CANDIDATES = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'];
// Without these it asks its maker for updates and lists.
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--hide-scrollbars', '--force-color-profile=srgb', '--remote-debugging-pipe',
];

export function startChromium(): Chromium {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-'));
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
  return new Chromium(spawn(executable(), [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: [...stdio] }), profile);
}

export class Chromium {
  private id = 0;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private onEvent?: (method: string, params: Record<string, any>) => void;

  constructor(private readonly child: ChildProcess, private readonly profile: string) {
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop()!;
      for (const message of messages) { this.receive(JSON.parse(message) as Message); }
    });
  }

  /** Loads a file in a window of its own. */
  async visit(file: string, view: View): Promise<Visit> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const call = (method: string, params: object = {}) => this.send(method, params, sessionId as string);
    const url = `file://${path.resolve(file)}`;
    const messages: string[] = [];
    const requests: string[] = [];
    const dialogs: string[] = [];
    const loaded = new Promise<void>((resolve) => {
      this.onEvent = (method, params) => {
        if (method === 'Page.loadEventFired') { resolve(); }
        if (method === 'Runtime.consoleAPICalled') { messages.push(`${params.type}: ${JSON.stringify(params.args)}`); }
        if (method === 'Runtime.exceptionThrown') { messages.push(params.exceptionDetails.text as string); }
        if (method === 'Log.entryAdded') { messages.push(`${params.entry.level}: ${params.entry.text}`); }
        if (method === 'Network.requestWillBeSent' && params.request.url !== url) {
          requests.push(params.request.url as string);
        }
        if (method === 'Page.javascriptDialogOpening') {
          dialogs.push(params.message as string);
          void call('Page.handleJavaScriptDialog', { accept: true });
        }
      };
    });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) { await call(`${domain}.enable`); }
    await call('Emulation.setDeviceMetricsOverride', { width: view.width, height: view.height, deviceScaleFactor: view.scale ?? 1, mobile: view.mobile ?? false });
    await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: view.dark ? 'dark' : 'light' }] });
    await call('Page.navigate', { url });
    await loaded;
    return {
      messages,
      requests,
      dialogs,
      evaluate: async <T>(expression: string) => {
        const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
        if (exceptionDetails) { throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text); }
        return result.value as T;
      },
      screenshot: async (whole = true) => {
        const { data } = await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
        return Buffer.from(data as string, 'base64');
      },
    };
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    await this.send('Browser.close');
    await ended;
    fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  private send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, any>> {
    const id = ++this.id;
    (this.child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result!)));
    });
  }

  private receive(message: Message): void {
    if (message.id === undefined) { return this.onEvent?.(message.method!, message.params!); }
    this.waiting.get(message.id)?.(message);
    this.waiting.delete(message.id);
    return undefined;
  }
}

function executable(): string {
  const places = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of CANDIDATES) {
    if (!name) { continue; }
    if (path.isAbsolute(name)) { return name; }
    const found = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file));
    if (found) { return found; }
  }
  throw new Error('there is no Chromium on the PATH: install it (Debian: apt-get install chromium), or give its place in CHROMIUM');
}
