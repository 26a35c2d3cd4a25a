/**
 * Writes stack traces with the names and lines of the sources. The map of the bundle is 1.3 MB of
 * JSON, which Node's `--enable-source-maps` parses at each cold start. Here, it is read when the
 * first stack is. Each bundle runs this file before all others (projenrc/handlers.ts).
 */
import * as fs from 'node:fs';
import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';

/** https://nodejs.org/api/module.html#sourcemapfindentrylineoffset-columnoffset */
type NamedMapping = SourceMapping & { readonly name?: string };

let map: SourceMap | undefined;
let isRead = false;

/**
 * undici closes an idle connection with an error of this code, and Node.js reads the stack of each
 * error that ends a stream (lib/internal/streams/destroy.js). Nothing writes that stack, so it must
 * not cost what the map does.
 */
const IDLE_CONNECTION = 'UND_ERR_INFO';

/** V8 calls it when code reads `stack` (https://v8.dev/docs/stack-trace-api). */
Error.prepareStackTrace = (error, frames) => {
  const isWritten = (error as NodeJS.ErrnoException).code !== IDLE_CONNECTION;
  const lines = isWritten ? frames.map(describe) : frames.map(String);
  return [Error.prototype.toString.call(error), ...lines].join('\n    at ');
};

function describe(frame: NodeJS.CallSite, index: number, frames: NodeJS.CallSite[]): string {
  const origin = find(frame, frame.getLineNumber(), frame.getColumnNumber());
  if (!origin) {
    return String(frame);
  }
  const name = getName(frame, frames[index + 1]);
  const { originalSource, originalLine, originalColumn } = origin;
  // Relative to the map, which lies in the repository as deep as its bundle.
  const source = originalSource.replace(/^(\.\.\/)+/, '');
  const place = `${source}:${originalLine + 1}:${originalColumn + 1}`;
  const call = `${frame.isAsync() ? 'async ' : ''}${frame.isConstructor() ? 'new ' : ''}${name}`;
  return call ? `${call} (${place})` : place;
}

/** The function's name before it was made shorter: where it is declared, or where it was called. */
function getName(frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string {
  const declared = find(frame, frame.getEnclosingLineNumber(), frame.getEnclosingColumnNumber());
  const called = caller && find(caller, caller.getLineNumber(), caller.getColumnNumber());
  return declared?.name ?? called?.name ?? frame.getFunctionName() ?? '';
}

/** Undefined: the frame is not of this bundle, or its source is unknown. */
function find(frame: NodeJS.CallSite, line: number | null, column: number | null) {
  if (frame.getFileName() !== __filename || line === null || column === null) {
    return undefined;
  }
  const entry = readMap()?.findEntry(line - 1, column - 1);
  return entry && 'originalSource' in entry ? (entry as NamedMapping) : undefined;
}

/** A stack without sources is better than none. */
function readMap(): SourceMap | undefined {
  if (!isRead) {
    isRead = true;
    try {
      const payload = JSON.parse(fs.readFileSync(`${__filename}.map`, 'utf8')) as SourceMapPayload;
      map = new SourceMap(payload);
    } catch {
      // The asset was changed after the build.
    }
  }
  return map;
}
