/** usage: node main.js CONTENDER ENDPOINT CONCURRENCY OBJECTS_PER_SECOND ASSETS [DEVIATIONS] */
import { type Deviations, handlerInstance, ours, handlersSideBySide } from './handler';
import { predecessor } from './predecessor';
import { rawFloor } from './raw-floor';
import { sdkFloor } from './sdk-floor';

const [contender, endpoint, concurrency, objectsPerSecond, assets, json = '{}'] =
  process.argv.slice(2);
const deviations = JSON.parse(json) as Deviations;
const contenders: Record<string, () => Promise<void>> = {
  'raw-floor': () => rawFloor(endpoint, Number(concurrency)),
  'sdk-floor': () => sdkFloor(endpoint, Number(concurrency)),
  predecessor: () => predecessor(endpoint),
  ours: () => ours(endpoint, Number(objectsPerSecond), assets, deviations),
  'ours-side-by-side': () =>
    handlersSideBySide(endpoint, Number(concurrency), Number(objectsPerSecond), assets, deviations),
  packs: () => ours(endpoint, Number(objectsPerSecond), assets, { ...deviations, isPacking: true }),
  'packs-side-by-side': () =>
    handlersSideBySide(endpoint, Number(concurrency), Number(objectsPerSecond), assets, {
      ...deviations,
      isPacking: true,
    }),
  'one-of-ours': () => handlerInstance(Number(objectsPerSecond), assets, deviations),
};

contenders[contender]().then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
