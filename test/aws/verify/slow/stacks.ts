/** CloudFormation in memory, as far as a verification asks it. */
import type { CloudFormation, FoundStack } from '../aws/cloudformation';

export class Stacks implements CloudFormation {
  private readonly byId = new Map<string, FoundStack & { name: string }>();
  private created = 0;

  constructor(
    private readonly where: { readonly account: string; readonly region: string },
    /** Deletes the resources. An error makes the deletion fail. */
    private readonly deleteResources: (id: string) => Promise<void>,
  ) {}

  /** Returns the id. */
  create(name: string, tags: Record<string, string>, status = 'CREATE_COMPLETE'): string {
    const { account, region } = this.where;
    this.created++;
    const uuid = `00000000-0000-4000-8000-${String(this.created).padStart(12, '0')}`;
    const id = `arn:aws:cloudformation:${region}:${account}:stack/${name}/${uuid}`;
    this.byId.set(id, { id, name, status, tags });
    return id;
  }

  /** The ids of the stacks that are there. */
  ids(): string[] {
    return this.living().map(({ id }) => id);
  }

  /** A stack that is deleted has no name any more, and is shown by its id. */
  async describe(nameOrId: string): Promise<FoundStack | undefined> {
    return this.byId.get(nameOrId) ?? this.living().find(({ name }) => name === nameOrId);
  }

  async delete(id: string): Promise<void> {
    const stack = this.byId.get(id);
    if (!stack) {
      throw new Error(`a stack is deleted by its id, not as ${id}`);
    }
    if (stack.status === 'DELETE_COMPLETE') {
      return;
    }
    const { status, reason } = await this.deleteResources(id).then(
      () => ({ status: 'DELETE_COMPLETE', reason: undefined }),
      (error: Error) => ({ status: 'DELETE_FAILED', reason: error.message }),
    );
    this.byId.set(id, { ...stack, status, reason });
  }

  private living() {
    return [...this.byId.values()].filter(({ status }) => status !== 'DELETE_COMPLETE');
  }
}
