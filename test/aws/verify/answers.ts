/**
 * Keeps the errors that AWS answered as they were, since no later request shows again what an
 * account answered once.
 */
import type { Answered } from './table';

interface Client {
  readonly middlewareStack: {
    add(middleware: unknown, options: { step: 'initialize'; name: string }): void;
  };
}

interface WithResponse extends Error {
  readonly $response?: { readonly statusCode?: number; readonly headers?: Record<string, string> };
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** At most as many per check: a loop that waits gets the same answer again and again. */
const MAX_ANSWERS = 20;

export class Answers {
  private kept: Answered[] = [];

  observe(client: object): void {
    const keep =
      (next: (args: object) => Promise<unknown>, { commandName }: { commandName?: string }) =>
      async (args: object) => {
        try {
          return await next(args);
        } catch (error) {
          this.keep(commandName ?? 'a call', error as WithResponse);
          throw error;
        }
      };
    (client as Client).middlewareStack.add(keep, { step: 'initialize', name: 'keepAnswers' });
  }

  /** Returns the errors since the last call. */
  take(): Answered[] {
    const taken = this.kept;
    this.kept = [];
    return taken;
  }

  private keep(call: string, { name, $response, $metadata }: WithResponse): void {
    if (this.kept.length >= MAX_ANSWERS) {
      return;
    }
    const status = $response?.statusCode ?? $metadata?.httpStatusCode;
    this.kept.push({
      call: call.replace(/Command$/, ''),
      status,
      code: name,
      headers: $response?.headers ?? {},
    });
  }
}
