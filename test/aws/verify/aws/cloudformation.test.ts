/** CloudFormation's answers: only one of them means that there is no stack. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CloudFormation, cloudFormationOnAws } from './cloudformation';

const ID = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/archiver-verify-1a2b3c4d/uuid';
/** As the API reference of DescribeStacks has it. */
const STACK = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
<Tags><member><Value>verify-1a2b3c4d</Value><Key>cdk-s3-dated-archiver</Key></member>
<member><Key>a&amp;b</Key><Value>&lt;c&gt;</Value></member></Tags>
<Outputs><member><OutputKey>MessagesUrl</OutputKey><OutputValue>x</OutputValue></member></Outputs>
<StackId>${ID}</StackId><StackStatus>DELETE_FAILED</StackStatus>
<StackStatusReason>The following resource(s) failed to delete: [Source].</StackStatusReason>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const error = (code: string, message: string) =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

let server: Server;
let cloudFormation: CloudFormation;
let answer: [status: number, text: string];
let asked: string[];
beforeEach(async () => {
  [answer, asked] = [[200, STACK], []];
  server = createServer((request, response) => {
    let body = '';
    request
      .on('data', (chunk: Buffer) => {
        body += String(chunk);
      })
      .on('end', () => {
        asked.push(body);
        response.writeHead(answer[0]).end(answer[1]);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cloudFormation = cloudFormationOnAws({
    region: 'eu-central-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a stack is read with its id, its status, the reason and its tags', async () => {
  expect(await cloudFormation.describe('archiver-verify-1a2b3c4d')).toEqual({
    id: ID,
    status: 'DELETE_FAILED',
    reason: 'The following resource(s) failed to delete: [Source].',
    tags: { 'cdk-s3-dated-archiver': 'verify-1a2b3c4d', 'a&b': '<c>' },
  });
  expect(asked).toEqual([
    'Version=2010-05-15&Action=DescribeStacks&StackName=archiver-verify-1a2b3c4d',
  ]);
});

test('a stack is deleted by its id', async () => {
  await cloudFormation.delete(ID);
  expect(Object.fromEntries(new URLSearchParams(asked[0]))).toEqual({
    Version: '2010-05-15',
    Action: 'DeleteStack',
    StackName: ID,
  });
});

test('only "does not exist" means that there is no stack', async () => {
  answer = [400, error('ValidationError', 'Stack with id archiver-verify-x does not exist')];
  expect(await cloudFormation.describe('archiver-verify-x')).toBeUndefined();
});

test.each<[number, string]>([
  [400, error('Throttling', 'Rate exceeded')],
  [403, error('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks')],
  [403, error('ExpiredToken', 'The security token included in the request is expired')],
  [400, error('ValidationError', '1 validation error detected: Value at stackName')],
  [500, error('InternalFailure', 'it does not exist')],
  [503, ''],
  [200, '<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult>'],
  [200, ''],
])('%i %s says nothing of the stack', async (status, text) => {
  answer = [status, text];
  await expect(cloudFormation.describe('archiver-verify-x')).rejects.toThrow();
});
