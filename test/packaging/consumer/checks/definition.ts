import type { Scenario } from '../scenarios';
import { resolve, resourcesOf, type Template, withValues } from './template';

// The package has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate = require('asl-validator') as (definition: object) => { readonly isValid: boolean; errorsText(separator: string): string };

interface State {
  readonly Type: string;
  readonly Label?: string;
  readonly Catch?: unknown;
  readonly Retry?: unknown;
  readonly ItemReader?: { readonly Resource: string };
  readonly ItemBatcher?: { readonly BatchInput?: unknown };
  readonly ItemProcessor?: { readonly ProcessorConfig?: { readonly Mode?: string; readonly ExecutionType?: string } };
  readonly ResultWriter?: { readonly Resource: string; readonly Parameters?: Record<string, unknown> };
}

/** Returns what is wrong with the definitions of a template's state machines. */
export function checkDefinitions(template: Template, { childType }: Scenario): string[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap(([id, { Properties }]) => {
    const definition = JSON.parse(String(resolve(Properties!.DefinitionString, withValues(template)))) as { States: Record<string, State> };
    const verdict = validate(definition);
    const problems = verdict.isValid ? [] : [`asl-validator: ${verdict.errorsText('; ')}`];
    const maps = Object.values(definition.States).filter(({ Type }) => Type === 'Map');
    if (maps.length !== 1) { problems.push(`has ${maps.length} Map states, not 1`); }
    return [...problems, ...maps.flatMap((map) => checkMap(map, childType ?? 'STANDARD'))].map((problem) => `${id}: ${problem}`);
  });
}

function checkMap(map: State, childType: string): string[] {
  const { Mode, ExecutionType } = map.ItemProcessor?.ProcessorConfig ?? {};
  const expectations: [boolean, string][] = [
    [map.Catch === undefined, 'the map has a Catch: it could not be redriven'],
    [map.ResultWriter?.Resource === 'arn:aws:states:::s3:putObject', 'the map has no ResultWriter'],
    ['Bucket' in (map.ResultWriter?.Parameters ?? {}), 'the ResultWriter has no bucket'],
    [map.ItemReader?.Resource === 'arn:aws:states:::s3:listObjectsV2', 'the map does not list a bucket'],
    [map.ItemBatcher?.BatchInput !== undefined, 'the map has no BatchInput'],
    [Mode === 'DISTRIBUTED', `the map is ${Mode}`],
    [ExecutionType === childType, `the map's children are ${ExecutionType}, not ${childType}`],
    [/^[\w-]{1,40}$/.test(map.Label ?? ''), `the map's label is ${map.Label}`],
  ];
  return expectations.filter(([met]) => !met).map(([, problem]) => problem);
}
