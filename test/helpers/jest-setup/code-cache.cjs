// Loaded first by each function instance of a sandbox in a jest run, of which there are thousands: the first instance of a function leaves what V8
// compiled, and the others load that, which saves a third of their start. V8 rejects what was not compiled from the same code with the same options.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const Module = require('module');
const path = require('path');
const vm = require('vm');

/** The handlers that tests write are smaller. */
const SMALLEST = 100_000;
const compile = Module.prototype._compile;

Module.prototype._compile = function compileOnce(content, filename, ...rest) {
  if (content.length < SMALLEST) { return compile.call(this, content, filename, ...rest); }
  // An empty module with the same source map: stack traces show TypeScript.
  compile.call(this, `\n${content.slice(content.lastIndexOf('//# sourceMappingURL='))}`, filename, ...rest);
  const file = path.join(__dirname, createHash('sha1').update(content).update(process.execArgv.join(' ')).digest('hex'));
  const cachedData = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  // Node.js 20 refuses import() in code from a cache. The other name has as many letters, so that the source map still fits.
  const code = content.replaceAll('import("node:', 'iMport("node:');
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname, iMport) {\n${code}\n})`, { filename, lineOffset: -1, cachedData });
  if (!cachedData) { afterAnswer(() => keep(script, file)); }
  const given = [this.exports, Module.createRequire(filename), this, filename, path.dirname(filename), (name) => import(name)];
  return script.runInThisContext().apply(this.exports, given);
};

function afterAnswer(callback) {
  const send = process.send;
  process.send = (message, ...rest) => {
    if (message.kind === 'result') {
      process.send = send;
      setImmediate(callback);
    }
    return send.call(process, message, ...rest);
  };
}

/** Keeps what is compiled once a handler has run, since V8 compiles a function when it is first called. */
function keep(script, file) {
  if (fs.existsSync(file)) { return; }
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, script.createCachedData());
  fs.renameSync(own, file);
}
