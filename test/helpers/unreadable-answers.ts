import type { S3Client } from '@aws-sdk/client-s3';

/**
 * What a broken server or proxy sends instead of a body, with the status 200 and intact framing.
 */
export const UNREADABLE = {
  'cut in the middle': (body: string) => body.slice(0, Math.floor(body.length / 2)),
  'text of a proxy': () => 'OK',
  'document of a proxy': () => '<html><body>OK</body></html>',
} as const;
export type Unreadable = keyof typeof UNREADABLE;

/**
 * Replaces the body of answers of status 200. The server has executed the request.
 *
 * @param choose decides for each answer; `undefined` leaves it as it is
 */
export function replaceBodies(
  s3: S3Client,
  choose: (operation: string) => Unreadable | undefined,
): void {
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as {
          statusCode: number;
          body: AsyncIterable<Uint8Array>;
          headers: Record<string, string>;
        };
        const kind = choose(commandName.replace(/Command$/, ''));
        if (kind === undefined || response.statusCode !== 200) {
          return result;
        }
        const chunks: Uint8Array[] = [];
        for await (const chunk of response.body) {
          chunks.push(chunk);
        }
        const body = Buffer.from(UNREADABLE[kind](Buffer.concat(chunks).toString()));
        return { ...result, response: Object.assign(response, { body: new Uint8Array(body) }) };
      },
    { step: 'deserialize', priority: 'low', name: 'replaceBodies', override: true },
  );
}
