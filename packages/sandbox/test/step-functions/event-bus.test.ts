import { EventBus } from '../../src/step-functions/event-bus';

const RESOURCES = ['arn:aws:states:us-east-1:123456789012:execution:m:e'];

function bus(): EventBus {
  const app = { resolvable: () => new Set() };
  const machine = {
    scope: { stack: { environment: { account: '123456789012', region: 'us-east-1' } } },
  };
  return new EventBus({
    app,
    machine,
    clock: () => new Date('2026-11-24T01:02:03.456Z'),
  } as unknown as ConstructorParameters<typeof EventBus>[0]);
}

const ENTRY = { Source: 'mine', DetailType: 'Done', Detail: { count: 1 } };

test('an event is delivered as EventBridge does it', async () => {
  const it = bus();
  const { EventId } = it.put(ENTRY, RESOURCES);
  await it.delivered();
  expect(it.sent).toEqual([
    {
      version: '0',
      id: EventId,
      'detail-type': 'Done',
      source: 'mine',
      account: '123456789012',
      time: '2026-11-24T01:02:03Z',
      region: 'us-east-1',
      resources: RESOURCES,
      detail: { count: 1 },
    },
  ]);
});

test('its detail may be a text', () => {
  const it = bus();
  it.put({ ...ENTRY, Detail: '{"count":2}' }, RESOURCES);
  expect(it.sent).toEqual([expect.objectContaining({ detail: { count: 2 } })]);
});

test.each([
  [{ Source: undefined }, 'InvalidArgument'],
  [{ DetailType: '' }, 'InvalidArgument'],
  [{ Source: 'aws.states' }, 'NotAuthorizedForSourceException'],
  [{ Detail: 'no JSON' }, 'MalformedDetail'],
  [{ Detail: [1] }, 'MalformedDetail'],
  [{ Detail: { text: 'x'.repeat(256 * 1024) } }, 'InvalidArgument'],
])('%j is refused', (changed, ErrorCode) => {
  const it = bus();
  expect(it.put({ ...ENTRY, ...changed } as never, RESOURCES)).toEqual({
    ErrorCode,
    ErrorMessage: expect.any(String),
  });
  expect(it.sent).toEqual([]);
});
