/**
 * Draws the first screen of the README, for docs/results/front-door.md: `npx tsx
 * test/packaging/docs/pages/first-screens.ts NAME [ROOT]` writes docs/results/NAME-*.png. ROOT is another copy of the
 * repository, such as a worktree of an older commit.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { page, ROOT, withoutBadges } from './render';
import { startChromium, type View, visit } from '../../../helpers/chromium';
import { save } from '../../../helpers/page-checks';

const VIEWS: Record<string, View> = {
  light: { width: 1000, height: 800 },
  dark: { width: 1000, height: 800, dark: true },
  phone: { width: 390, height: 800, mobile: true },
};

async function draw(name: string, root: string): Promise<void> {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  console.log(`${readme.split(/\s+/).filter(Boolean).length} words`);
  const file = save(name, page('README.md', withoutBadges(readme), root));
  const browser = await startChromium();
  try {
    for (const [how, view] of Object.entries(VIEWS)) {
      const png = await (await visit(browser, file, view)).screenshot(false);
      fs.writeFileSync(path.join(ROOT, `docs/results/${name}-${how}.png`), png);
      console.log(`docs/results/${name}-${how}.png: ${Math.ceil(png.length / 1000)} kB`);
    }
  } finally {
    await browser.close();
  }
}

draw(process.argv[2]!, path.resolve(process.argv[3] ?? ROOT)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
