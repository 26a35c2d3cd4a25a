import { type awscdk, Component, github } from 'projen';

/**
 * A workflow that somebody starts by hand: it runs `npm run verify:aws` in an account for tests, and keeps what it said.
 * The role trusts GitHub's OIDC provider and this repository only.
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export class VerifyWorkflow extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const workflow = project.github!.addWorkflow('verify-aws');
    workflow.on({
      workflowDispatch: {
        inputs: {
          role: { description: 'ARN of the role to assume, in an account for tests', required: true, type: 'string' },
          region: { description: 'Region in which cdk bootstrap was run', required: true, type: 'string' },
          only: { description: 'Scenarios whose name has this word; all if empty', required: false, type: 'string' },
        },
      },
    });
    workflow.addJob('verify', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: github.workflows.JobPermission.READ, idToken: github.workflows.JobPermission.WRITE },
      tools: { node: { version: '24' } },
      timeoutMinutes: 60,
      // Inputs reach scripts as variables only, so that no input is read as a command.
      env: { ROLE: '${{ inputs.role }}', REGION: '${{ inputs.region }}', ONLY: '${{ inputs.only }}' },
      steps: [
        { uses: 'actions/checkout@v7', with: { 'persist-credentials': false } },
        { run: 'npm ci' },
        { run: 'npx projen bundle' },
        {
          // The exchange happens once, and the credentials hold for an hour: the token itself expires before the clean-up.
          name: 'Assume the role',
          run: [
            'umask 077',
            'token=$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" | jq -r .value)',
            'credentials=$(aws sts assume-role-with-web-identity --region "$REGION" --role-arn "$ROLE" --role-session-name verify-aws '
              + '--duration-seconds 3600 --web-identity-token "$token" --query Credentials --output json)',
            'mkdir -p ~/.aws',
            'jq -r \'"[verify]\\naws_access_key_id = \\(.AccessKeyId)\\naws_secret_access_key = \\(.SecretAccessKey)\\naws_session_token = \\(.SessionToken)"\' '
              + '<<< "$credentials" > ~/.aws/credentials',
          ].join('\n'),
        },
        {
          name: 'Verify',
          run: 'set -o pipefail\nnpm run --silent verify:aws -- --profile verify --region "$REGION" --yes --only "$ONLY" 2>&1 | tee transcript.txt',
        },
        { name: 'Clean up what is left', if: 'always()', run: 'set -o pipefail\nnpm run --silent verify:aws -- --clean-up 2>&1 | tee -a transcript.txt' },
        { if: 'always()', uses: 'actions/upload-artifact@v7', with: { name: 'verify-aws-transcript', path: 'transcript.txt' } },
      ],
    });
  }
}
