// Loaded first by each process of a run under attack. Its clocks are ahead of those of the machine
// by what the file beside this one says, so that a pause of a second can be one of an hour. A real
// pause moves both clocks and makes timers due, as a jump does here. A machine that sleeps moves
// only the clock on the wall.
'use strict';
const fs = require('fs');
const path = require('path');
const promises = require('timers/promises');

const file = fs.openSync(path.join(__dirname, 'offsets'), 'r');
const numbers = new Float64Array(2);
const bytes = new Uint8Array(numbers.buffer);
const offset = (index) => {
  fs.readSync(file, bytes, 0, bytes.length, 0);
  return numbers[index];
};

const RealDate = Date;
const ahead = () => RealDate.now() + offset(0);
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [ahead()] : given));
  }
  static now() {
    return ahead();
  }
};

const realNow = performance.now.bind(performance);
const now = () => realNow() + offset(1);
performance.now = now;
const realTime = process.hrtime.bigint;
process.hrtime.bigint = () => realTime() + BigInt(Math.round(offset(1) * 1e6));

// When timers are due that are pending, by the monotonic clock.
const pending = new Map();
const { setTimeout: start, clearTimeout: stop, setInterval: repeat } = globalThis;
globalThis.setTimeout = (callback, milliseconds = 1, ...given) => {
  const timer = start(() => {
    pending.delete(timer);
    callback(...given);
  }, milliseconds);
  pending.set(timer, now() + milliseconds);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  pending.delete(timer);
  stop(timer);
};
promises.setTimeout = (milliseconds, value) =>
  new Promise((resolve) => globalThis.setTimeout(resolve, milliseconds, value));
AbortSignal.timeout = (milliseconds) => {
  const controller = new AbortController();
  globalThis
    .setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), milliseconds)
    .unref();
  return controller.signal;
};

let seen = offset(1);
const wake = () => {
  if (offset(1) === seen) return;
  seen = offset(1);
  for (const [timer, due] of pending) {
    const left = Math.max(1, due - now());
    if (timer._destroyed) {
      pending.delete(timer);
    } else if (left < timer._idleTimeout) {
      timer._idleTimeout = left;
      timer.refresh();
    }
  }
};
repeat(wake, 10).unref();
// Without a listener the signal would do the same. With one, the timers are seen at once.
process.on('SIGCONT', wake);
