const { transformSync } = require('esbuild');

/**
 * TypeScript to JavaScript for jest, file by file and without a look at types: `npm test` checks those in a step of their own.
 * jest keeps the results by the content of the file.
 */
module.exports = {
  process: (source, file) => transformSync(source, {
    sourcefile: file,
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
  }),
};
