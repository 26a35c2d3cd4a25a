import type { HttpAnswer, SignedRequest } from './signed-http';
import { BUCKET, DAY, SOURCE } from '../dataset';

/** An object in the form in which the state machine passes it to the function. */
export interface Listed {
  readonly Key: string;
  readonly Etag: string;
  readonly LastModified: number;
  readonly Size: number;
  readonly StorageClass: string;
}

const FIELD = /<(\w+)>([^<]*)</g;

/** Lists the source. The next page is requested while one is processed. */
export async function* listPages(
  send: (request: SignedRequest) => Promise<HttpAnswer>,
): AsyncGenerator<Listed[]> {
  const ask = async (token?: string) => {
    const query = [
      ...(token === undefined ? [] : [`continuation-token=${encodeURIComponent(token)}`]),
      'list-type=2',
      `prefix=${encodeURIComponent(SOURCE)}`,
    ];
    const { status, body } = await send({
      method: 'GET',
      path: `/${BUCKET}`,
      query: query.join('&'),
    });
    if (status !== 200) {
      throw new Error(`the list was answered with ${status}: ${body.slice(0, 300)}`);
    }
    return body;
  };
  let next: Promise<string> | undefined = ask();
  while (next) {
    const page: string = await next;
    const [, token] = /<NextContinuationToken>([^<]*)</.exec(page) ?? [];
    next = token === undefined ? undefined : ask(text(token));
    yield [...page.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry]) => listed(entry));
  }
}

/**
 * Selects objects for contenders that do not select: the date is in the base name, without a digit
 * next to it.
 */
export function isOfTheDay({ Key }: Listed): boolean {
  return new RegExp(`(?<!\\d)${DAY}(?!\\d)[^/]*$`).test(Key);
}

export async function sideBySide<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (next < items.length) {
        await work(items[next++]);
      }
    }),
  );
}

function listed(entry: string): Listed {
  const fields = Object.fromEntries(
    Array.from(entry.matchAll(FIELD), ([, name, value]) => [name, value]),
  );
  return {
    Key: text(fields.Key),
    Etag: text(fields.ETag),
    LastModified: Date.parse(fields.LastModified) / 1000,
    Size: Number(fields.Size),
    StorageClass: fields.StorageClass,
  };
}

function text(xml: string): string {
  if (!xml.includes('&')) {
    return xml;
  }
  return xml
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
