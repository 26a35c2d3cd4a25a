/** What a person is asked at a terminal. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Returns what is typed. Ctrl-C, Ctrl-D and a terminal that closes are answers, too: nothing was
 * typed.
 *
 * @param signal rejects the answer, with its reason
 */
export async function ask(
  question: string,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<string> {
  const asking = createInterface({ input, output });
  try {
    return await new Promise<string>((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      asking.once('close', () => resolve(''));
      asking.question(question, resolve);
    });
  } finally {
    asking.close();
  }
}
