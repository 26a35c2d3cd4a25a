import type { Scenario } from '../scenarios';
import { resolve, resourcesOf, type Template, withValues } from './template';

// The package has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate = require('asl-validator') as (definition: object) => {
  readonly isValid: boolean;
  errorsText(separator: string): string;
};

interface State {
  readonly Type: string;
  readonly Label?: string;
  readonly Catch?: unknown;
  readonly Retry?: unknown;
  readonly ItemReader?: { readonly Resource: string };
  readonly ItemBatcher?: { readonly BatchInput?: unknown };
  readonly ItemSelector?: Record<string, unknown>;
  readonly ItemProcessor?: {
    readonly ProcessorConfig?: { readonly Mode?: string; readonly ExecutionType?: string };
  };
  readonly ResultWriter?: {
    readonly Resource: string;
    readonly Parameters?: Record<string, unknown>;
  };
}

/**
 * Returns what is wrong with the definitions of a template's state machines.
 *
 * @param mapLists whether the map lists, and not a function
 */
export function checkDefinitions(
  template: Template,
  { allowRestore, isPacked, isToldOfBatches }: Scenario,
  mapLists: boolean,
): string[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap(
    ([id, { Properties }]) => {
      const definition = JSON.parse(
        String(resolve(Properties!.DefinitionString, withValues(template))),
      ) as { States: Record<string, State> };
      const verdict = validate(definition);
      const problems = verdict.isValid ? [] : [`asl-validator: ${verdict.errorsText('; ')}`];
      const maps = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Map');
      const names = maps
        .map(([name]) => name)
        .sort()
        .join();
      const expected = [
        'ArchiveObjects',
        ...(isToldOfBatches ? [] : ['FinishBatches']),
        ...(allowRestore || isPacked ? ['RestoreObjects'] : []),
        'VerifyObjects',
      ].join();
      if (names !== expected) {
        problems.push(`has the Map states ${names}, not ${expected}`);
      }
      return [...problems, ...maps.flatMap(([name, map]) => checkMap(name, map, mapLists))].map(
        (problem) => `${id}: ${problem}`,
      );
    },
  );
}

function checkMap(name: string, map: State, mapLists: boolean): string[] {
  const lists = name === 'ArchiveObjects' && mapLists;
  const { Mode, ExecutionType } = map.ItemProcessor?.ProcessorConfig ?? {};
  const expectations: [boolean, string][] = [
    [map.Catch === undefined, 'the map has a Catch: it could not be redriven'],
    [map.ResultWriter?.Resource === 'arn:aws:states:::s3:putObject', 'the map has no ResultWriter'],
    ['Bucket' in (map.ResultWriter?.Parameters ?? {}), 'the ResultWriter has no bucket'],
    [
      map.ItemReader?.Resource === `arn:aws:states:::s3:${lists ? 'listObjectsV2' : 'getObject'}`,
      `the map reads ${map.ItemReader?.Resource}`,
    ],
    [
      (lists
        ? map.ItemBatcher?.BatchInput
        : (map.ItemSelector?.['BatchInput.$'] ?? map.ItemSelector?.BatchInput)) !== undefined,
      'the map has no BatchInput',
    ],
    [Mode === 'DISTRIBUTED', `the map is ${Mode}`],
    [ExecutionType === 'STANDARD', `the map's children are ${ExecutionType}`],
    [map.Label === name, `the map's label is ${map.Label}`],
  ];
  return expectations.filter(([met]) => !met).map(([, problem]) => `${name}: ${problem}`);
}
