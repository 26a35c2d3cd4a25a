/**
 * Every command runs this before anything else, so that an old Node.js is told in a sentence. Any
 * Node.js can read it. 20.15 and 22.2 brought zlib.crc32, without which no checksum of S3 can be
 * computed: 20.14 waits forever and says nothing.
 * https://nodejs.org/docs/latest-v22.x/api/zlib.html#zlibcrc32data-value
 */
'use strict';
(function () {
  var parts = process.versions.node.split('.').map(Number);
  var isEnough =
    parts[0] > 22 || (parts[0] === 22 && parts[1] >= 2) || (parts[0] === 20 && parts[1] >= 15);
  if (!isEnough) {
    console.error(
      'Node.js ' +
        process.versions.node +
        ' is too old for this command: install 20.15 or newer, of a line with long-term support (20, 22, 24), and repeat.',
    );
    process.exit(2);
  }
})();
