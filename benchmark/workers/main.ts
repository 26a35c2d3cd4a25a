/** usage: node main.js CONTENDER ENDPOINT CONCURRENCY OBJECTS_PER_SECOND ASSETS */
import { handlerInstance, ours, handlersSideBySide, packs } from './handler';
import { predecessor } from './predecessor';
import { rawFloor } from './raw-floor';
import { sdkFloor } from './sdk-floor';

const [contender, endpoint, concurrency, objectsPerSecond, assets] = process.argv.slice(2);
const contenders: Record<string, () => Promise<void>> = {
  'raw-floor': () => rawFloor(endpoint, Number(concurrency)),
  'sdk-floor': () => sdkFloor(endpoint, Number(concurrency)),
  predecessor: () => predecessor(endpoint),
  ours: () => ours(endpoint, Number(objectsPerSecond), assets),
  'ours-side-by-side': () =>
    handlersSideBySide(endpoint, Number(concurrency), Number(objectsPerSecond), assets),
  packs: () => packs(endpoint, Number(objectsPerSecond), assets),
  'packs-side-by-side': () =>
    handlersSideBySide(endpoint, Number(concurrency), Number(objectsPerSecond), assets, true),
  'one-that-packs': () => handlerInstance(Number(objectsPerSecond), assets, true),
  'one-of-ours': () => handlerInstance(Number(objectsPerSecond), assets),
};

contenders[contender]().then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
