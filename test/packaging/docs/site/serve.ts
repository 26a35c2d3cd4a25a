/**
 * Serves the built site as GitHub Pages does: below the name of the repository, and with pages
 * whose names lack `.html`.
 */
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { SITE_BASE } from '../../../../site/pages';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Returns the file for an address of the site, or undefined if there is none. */
export function findFile(folder: string, address: string): string | undefined {
  if (!address.startsWith(SITE_BASE)) {
    return undefined;
  }
  const file = path.join(folder, decodeURIComponent(address.slice(SITE_BASE.length)));
  const candidates = address.endsWith('/')
    ? [path.join(file, 'index.html')]
    : [file, `${file}.html`];
  return candidates.find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
}

export async function serve(folder: string): Promise<{ origin: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const file = findFile(folder, new URL(request.url!, 'http://localhost').pathname);
    response.writeHead(file ? 200 : 404, {
      'content-type': TYPES[path.extname(file ?? '.html')] ?? 'application/octet-stream',
    });
    response.end(file ? fs.readFileSync(file) : 'there is no such page');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
